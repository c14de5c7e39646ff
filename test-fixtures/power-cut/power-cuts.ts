import { createHash } from 'node:crypto';
import { accessSync, constants, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Draw } from '../fuzz/draw.ts';
import { CUT_NAMES, type Cut, cutPower } from './cuts.ts';
import { Disk, type Image } from './disk.ts';
import { judgeImage, type Moment, type Verdict } from './judge-image.ts';
import type { Recording } from './recording.ts';
import { type Told, toldIn } from './told.ts';

export interface PowerCuts {
  /** At most; two that leave the same at the same moment count once. */
  readonly images: number;
  readonly seed: number;
  /** A folder for the image that is being judged. */
  readonly scratch: string;
}

export interface PowerCutReport {
  readonly images: number;
  readonly operations: number;
  /** Steps that were told as committed. */
  readonly told: number;
  readonly byCut: Readonly<Record<Cut, number>>;
  readonly lost: readonly string[];
  readonly corrupt: readonly string[];
}

/** A new folder for images: in memory where that can be, since nobody cuts the power while they are judged. */
export function scratchFolder(): string {
  const memory = '/dev/shm';
  try {
    accessSync(memory, constants.W_OK);
    return mkdtempSync(join(memory, 'jdpos-image-'));
  } catch {
    return mkdtempSync(join(tmpdir(), 'jdpos-image-'));
  }
}

/** Cuts the power again and again within a recorded run, and judges what each time is left of the queue. */
export function powerCuts(recording: Recording, { images, seed, scratch }: PowerCuts): PowerCutReport {
  const draw = new Draw(seed);
  const disk = new Disk(recording.folder, () => draw.oneIn(3));
  const told = toldIn(recording);
  const moments = momentsIn(told);
  const seen = new Set<string>();
  const byCut = Object.fromEntries(CUT_NAMES.map((name) => [name, 0])) as Record<Cut, number>;
  const found: Record<Verdict['kind'], string[]> = { kept: [], lost: [], corrupt: [] };

  let cuts = 0;
  for (const [at, operation] of recording.operations.entries()) {
    disk.do(operation);
    // Spread evenly: by now so many of all.
    const due = Math.floor((images * (at + 1)) / recording.operations.length);
    const moment = moments(at + 1);
    for (; cuts < due; cuts++) {
      const cut = CUT_NAMES[cuts % CUT_NAMES.length] ?? 'nothing';
      const image = cutPower(disk, cut, draw);
      const name = nameOf(image, moment);
      if (seen.has(name)) continue;
      seen.add(name);
      byCut[cut]++;
      const verdict = judgeImage(image, recording.folder, moment, join(scratch, String(cuts)));
      if (verdict.kind !== 'kept') found[verdict.kind].push(`operation ${at + 1}, ${cut}: ${verdict.why}`);
    }
  }
  const { lost, corrupt } = found;
  return { images: seen.size, operations: recording.operations.length, told: told.length, byCut, lost, corrupt };
}

/** What had been told after so many operations; asked in rising order. */
function momentsIn(told: readonly Told[]): (operations: number) => Moment {
  let by = 0;
  return (operations) => {
    while ((told[by]?.after ?? Number.POSITIVE_INFINITY) <= operations) by++;
    return { earlier: told.slice(0, Math.max(0, by - 1)), last: told[by - 1], next: told[by] };
  };
}

function nameOf({ files, folders }: Image, { last }: Moment): string {
  const hash = createHash('sha256').update(`${last?.after} ${folders.join()}`);
  for (const [path, bytes] of files) if (!path.endsWith('/told')) hash.update(path).update(bytes);
  return hash.digest('hex');
}

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { constants, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type After, afterMs } from '../driver-tools.ts';
import type { LineEvents } from '../line/byte-line.ts';
import { lineStanding } from '../line/line-standing.ts';
import { majorOf, seenByOthers } from './seen-by-others.ts';

interface InputDeviceParts {
  /** A device file below /dev/input, or a pipe with a name that gives the same. */
  readonly device: string;
  readonly events: LineEvents;
  readonly after?: After;
}

type Reading = ChildProcessByStdio<null, Readable, null>;

const LOOK_MS = 250;
const LOOK_AGAIN_MS = 1_000;
const INPUT_MAJOR = 13;
const GONE = new Set(['ENOENT', 'ENXIO', 'ENODEV']);

/**
 * Reads an input device until `close`, and looks for it again after it was pulled. The reading is done by cat(1): a read of such
 * a device lasts until a key is pressed, and would hold a thread of this process, and the process itself at its end.
 * `open` comes with a word where others read it too.
 */
export function openInputDevice({ device, events, after = afterMs }: InputDeviceParts): {
  close(): Promise<void>;
} {
  const standing = lineStanding(events, () => {}, { after });
  let reading: Reading | undefined;
  let callOff = (): void => {};

  const later = (ms: number): void => {
    if (!standing.isOver) callOff = after(ms, () => void look());
  };
  const refuse = (why: string): void => {
    standing.become('refused', why);
    later(LOOK_AGAIN_MS);
  };

  const look = async (): Promise<void> => {
    const found = await stat(device).catch(() => undefined);
    if (found !== undefined && !isInput(found)) return refuse('it is no input device');
    const failure = found === undefined ? 'ENOENT' : await failureToOpen(device);
    if (found === undefined || (failure !== undefined && GONE.has(failure))) {
      standing.become('unplugged');
      standing.startAfresh();
      return later(LOOK_MS);
    }
    if (failure !== undefined) return refuse(failure);
    const remark = found.isFIFO() ? undefined : await seenByOthers(found.rdev);
    if (!standing.isOver) read(remark);
  };

  const read = (remark: string | undefined): void => {
    const child = spawn('cat', [device], { stdio: ['ignore', 'pipe', 'ignore'] });
    reading = child;
    child.stdout.on('data', (chunk: Buffer) => {
      if (!standing.isOver) events.bytes(chunk);
    });
    child.once('spawn', () => standing.become('open', remark));
    child.once('error', ({ message }) => {
      reading = undefined;
      refuse(message);
    });
    child.once('close', () => {
      if (reading !== child) return;
      reading = undefined;
      standing.become('unplugged');
      later(Math.max(LOOK_MS, standing.retryMs()));
    });
  };

  void look();
  return {
    close: async () => {
      standing.end();
      callOff();
      await ended(reading);
    },
  };
}

const isInput = (found: Stats): boolean =>
  found.isFIFO() || (found.isCharacterDevice() && majorOf(found.rdev) === INPUT_MAJOR);

/** The code of what the system says; undefined when it can be opened. */
async function failureToOpen(device: string): Promise<string | undefined> {
  try {
    const file = await open(device, constants.O_RDONLY | constants.O_NONBLOCK);
    await file.close();
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

async function ended(child: Reading | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  if (child.kill('SIGKILL')) await gone;
}

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { memoryStorage } from '../card/index.ts';
import { Draw } from '../fuzz/draw.ts';
import { startChild } from '../sandbox/child.ts';
import { FakeClearing } from '../scenarios/fake-clearing.ts';
import type { Payment } from '../scenarios/sandbox-under-test.ts';
import { openTray } from '../tray/index.ts';
import { until } from '../until.ts';
import { type Books, compareBooks, type SentBatch } from './compare.ts';
import { openSoakDevices, type SoakDevices } from './devices.ts';
import { type Growth, growthOf, type Measured } from './growth.ts';
import type { Sample } from './sample.ts';
import { SHOPPING_CARDS, sellCalmly, sellOnce, type World } from './sell.ts';
import { cardRandom, pcscdStand, type Stand, socketStand } from './stand.ts';
import type { TerminalQuestion, TerminalSettings } from './terminal-settings.ts';
import { Till } from './till.ts';

export interface SoakOptions {
  /** Empty folder that other users can pass through. */
  readonly dir: string;
  readonly taps: number;
  readonly seed: number;
  readonly reader: 'pcsc' | 'in-process';
  readonly samples: number;
  readonly say: (line: string) => void;
  /** Ends it early, with the report. */
  readonly signal: AbortSignal;
}

export interface SoakReport {
  readonly payments: number;
  readonly byState: Readonly<Record<string, number>>;
  readonly happened: Readonly<Record<string, number>>;
  readonly samples: readonly Measured[];
  /** Undefined when there were too few samples. */
  readonly growth: readonly Growth[] | undefined;
  readonly books: Books;
  /** Stuck readers, crashes; none is good. */
  readonly faults: readonly string[];
}

/** How long a payment may be quiet. pcscd looks for cards every 400 ms, and is looked for itself after 100 ms and more. */
const QUIET_MS = { 'in-process': 1_500, pcsc: 3_000 } as const;
const AT_REST_WITHIN_MS = 15_000;
const DELIVERED_WITHIN_MS = 60_000;

/**
 * One terminal sells for a long time while cards tear and readers are pulled: then it must hold no more than at the start,
 * nothing may be stuck, and every fen must be where it belongs.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { dir, reader } = options;
  const clearing = await FakeClearing.start();
  const stand = reader === 'pcsc' ? await pcscdStand(dir) : await socketStand(dir);
  const devices = await openSoakDevices();
  try {
    return await soakTerminal(options, clearing, { stand, devices });
  } finally {
    await devices.close();
    await stand.close();
    await clearing.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function soakTerminal(
  options: SoakOptions,
  clearing: FakeClearing,
  { stand, devices }: { readonly stand: Stand; readonly devices: SoakDevices },
): Promise<SoakReport> {
  const { dir, say } = options;
  const faults: string[] = [];
  const settings: TerminalSettings = {
    stateDir: join(dir, 'agent'),
    clearingUrl: clearing.url,
    reader: stand.readers,
    devices: devices.settings,
  };
  for (const folder of ['agent', 'run']) mkdirSync(join(dir, folder), { mode: 0o700 });
  const terminal = startChild({
    name: 'terminal',
    module: fileURLToPath(import.meta.resolve('./terminal-process.js')),
    settings,
    runDir: join(dir, 'run'),
    env: {
      ...process.env,
      ...(stand.readers.kind === 'pcsc' && { PCSCLITE_CSOCK_NAME: stand.readers.pcscdSocket }),
    },
    say: (line) => {
      faults.push(line);
      say(line);
    },
    answer: () => Promise.reject(new Error('nothing to ask')),
  });
  const ask = <T>(what: TerminalQuestion['do']): Promise<T> => terminal.ask({ do: what }) as Promise<T>;
  try {
    await terminal.ready;
    const till = await Till.open(await ask<string>('where'));
    await till.ready();
    const tray = openTray({ storageOf: () => memoryStorage(), random: cardRandom });
    const happened: Record<string, number> = {};
    const world: World = {
      tray,
      stand,
      till,
      devices,
      quietMs: QUIET_MS[options.reader],
      happened: (what) => {
        happened[what] = (happened[what] ?? 0) + 1;
      },
    };
    const centre = heardBy(clearing);
    const before = tray.list();
    const { told, samples } = await sellAll(world, options, () => ask<Sample>('sample'), centre, faults);
    faults.push(...devices.misunderstood().map((bytes) => `a device does not understand ${bytes}`));
    const after = tray.list();
    till.close();
    await terminal.stop();
    say('comparing');
    const books = compareBooks({ stateDir: dir, before, after, told, sent: centre.sent });
    const byState: Record<string, number> = {};
    for (const { state } of told.values()) byState[state] = (byState[state] ?? 0) + 1;
    return { payments: told.size, byState, happened, samples, growth: growthOf(samples), books, faults };
  } finally {
    await terminal.stop();
  }
}

type Told = Map<string, Pick<Payment, 'state' | 'record'>>;

async function sellAll(
  world: World,
  { taps, seed, samples: count, say, signal }: SoakOptions,
  sample: () => Promise<Sample>,
  centre: ReturnType<typeof heardBy>,
  faults: string[],
): Promise<{ told: Told; samples: readonly Measured[] }> {
  const told: Told = new Map();
  const samples: Measured[] = [];
  const keep = ({ id, state, record }: Payment): void => {
    told.set(id, { state, ...(record && { record }) });
  };
  const every = Math.max(1, Math.floor(taps / count));
  const startedMs = performance.now();
  for (let n = 0; n < taps && !signal.aborted; n++) {
    keep(await sellOnce(world, Draw.ofInput(seed, n)));
    if ((n + 1) % every !== 0) continue;
    centre.forget();
    await atRest(world, faults);
    const taken = { payments: n + 1, ...(await sample()) };
    samples.push(taken);
    say(line(taken, (n + 1) / ((performance.now() - startedMs) / 1_000)));
  }
  // What is undecided is found out when its card comes by.
  for (const card of SHOPPING_CARDS) keep(await sellCalmly(world, card));
  const delivered = async (): Promise<true | undefined> =>
    (await world.till.status()).queue.unacknowledgedCount === 0 ? true : undefined;
  await until('everything to be delivered', delivered, DELIVERED_WITHIN_MS).catch((error: Error) =>
    faults.push(error.message),
  );
  centre.forget();
  return { told, samples };
}

const MIB = 1024 * 1024;

const line = ({ payments, heapBytes, rssBytes, files, handles, listeners }: Measured, perS: number): string =>
  `${payments} payments, ${perS.toFixed(1)} a second: heap ${(heapBytes / MIB).toFixed(1)} MiB, RSS ${(rssBytes / MIB).toFixed(0)} MiB, ${files} files, ${handles} handles, ${listeners} listeners`;

/** Every reader is there and empty again, but for the SAM, and every device is there and works. */
async function atRest({ till }: World, faults: string[]): Promise<void> {
  let last: readonly string[] = [];
  const rests = async (): Promise<true | undefined> => {
    const { readers, devices = [] } = await till.status();
    last = [
      ...readers
        .filter(({ role, state }) => state !== (role === 'sam' ? 'card' : 'empty'))
        .map(({ name, state }) => `${name} ${state}`),
      ...devices
        .filter(({ state }) => state !== 'ready')
        .map(({ kind, name, state, detail }) => `${kind} at ${name} ${state} (${detail})`),
    ];
    return last.length === 0 ? true : undefined;
  };
  await until('readers and devices at rest', rests, AT_REST_WITHIN_MS).catch(() =>
    faults.push(`stuck: ${last.join(', ')}`),
  );
}

/** Keeps what the centre was sent of each batch, and lets go of the rest. */
function heardBy(clearing: FakeClearing): { readonly sent: Map<string, SentBatch>; forget(): void } {
  const sent = new Map<string, SentBatch>();
  return {
    sent,
    forget: () => {
      const batches = clearing.bodies<{
        seal: { batchId: string; totalMinor: number };
        records: readonly unknown[];
      }>('POST /v1/batches');
      for (const { seal, records } of batches)
        sent.set(seal.batchId, { records: records.length, totalMinor: seal.totalMinor });
      clearing.asked.length = 0;
    },
  };
}

import type { CardChannel, CardPresence, CardReader, CardReaders } from '../../drivers/index.ts';
import { type CardInterface, type CardReport, type InspectInput, inspect } from '../../emv/inspect/index.ts';
import { CliError } from './cli-error.ts';
import type { CliIo } from './io.ts';
import { printable } from './text.ts';

export interface InspectOptions {
  /** The reader's name, or a part of it. */
  readonly reader?: string;
  readonly interface?: CardInterface;
  /** How long a card is awaited. */
  readonly waitMs: number;
}

/** A card that has been inspected, and where. */
export interface Inspected {
  readonly reader: string;
  readonly over: CardInterface;
  readonly atr: Uint8Array;
  readonly report: CardReport;
}

/** A card that is silent for so long has left. Real cards take their time over the contacts. */
const EXCHANGE_MS = 3_000;

const namesOf = (readers: readonly CardReader[]): string =>
  readers.map(({ name }) => `"${printable(name)}"`).join(', ') || 'none';

/** The readers that come into question: those of the name, else all but those for SAMs. */
function wanted(readers: readonly CardReader[], name: string | undefined): readonly CardReader[] {
  const there = readers.filter(({ state }) => state !== 'unplugged');
  const fitting =
    name === undefined ? there.filter(({ role }) => role !== 'sam') : there.filter((one) => one.name.includes(name));
  if (fitting.length > 0) return fitting;
  if (name === undefined) {
    throw new CliError('no-reader', 'there is no card reader', 'Plug one in, and check that pcscd runs.');
  }
  throw new CliError('no-reader', `no reader is called ${JSON.stringify(name)}`, `There are: ${namesOf(there)}.`);
}

interface Found {
  readonly reader: CardReader;
  readonly presence: CardPresence;
}

const withCard = (readers: readonly CardReader[]): Found | undefined =>
  readers.flatMap((reader) => (reader.presence === undefined ? [] : [{ reader, presence: reader.presence }]))[0];

/** The card that is there, or the first that comes. */
async function awaitCard(readers: CardReaders, options: InspectOptions, io: CliIo): Promise<Found> {
  const fitting = wanted(readers.list(), options.reader);
  const there = withCard(fitting);
  if (there !== undefined) return there;
  io.err(`put a card on ${namesOf(fitting)} (Ctrl-C ends)`);
  const come = await arrival(readers, fitting, options.waitMs, io);
  if (come !== undefined) return come;
  throw new CliError('no-card', 'no card came', 'Run it again with the card on the reader.');
}

function arrival(
  readers: CardReaders,
  fitting: readonly CardReader[],
  waitMs: number,
  io: CliIo,
): Promise<Found | undefined> {
  return new Promise((resolve) => {
    const end = (found: Found | undefined): void => {
      unsubscribe();
      io.interrupted.removeEventListener('abort', stop);
      resolve(found);
    };
    const stop = (): void => end(undefined);
    const unsubscribe = readers.subscribe((event) => {
      if (event.kind === 'card-arrived' && fitting.includes(event.reader)) end(event);
    });
    io.interrupted.addEventListener('abort', stop);
    const there = withCard(fitting);
    if (io.interrupted.aborted) stop();
    else if (there !== undefined) end(there);
    else void io.sleep(waitMs).then(stop);
  });
}

/** PC/SC makes up ATRs of this form for contactless cards (part 3, §3.1.3.2.3): T=0 and T=1 announced, no other interface bytes. */
function interfaceOf(atr: Uint8Array): CardInterface {
  const [ts, t0 = 0, td1, td2] = atr;
  return ts === 0x3b && t0 >> 4 === 0x8 && td1 === 0x80 && td2 === 0x01 ? 'contactless' : 'contact';
}

/** Runs the inspection over an open channel. It asks nothing but exchanges. */
async function runInspection(input: InspectInput, channel: CardChannel): Promise<CardReport> {
  const step = inspect(input);
  let next = step.next();
  while (!next.done) {
    const request = next.value;
    if (request.name !== 'exchange') throw new Error(`an inspection asks for ${request.name}`);
    next = step.next(await channel.exchange(request.command, EXCHANGE_MS));
  }
  return next.value;
}

/**
 * Inspects the card on a reader, or the next one that comes. Throws CliError `no-reader`, `no-card` and `reader-in-use`.
 */
export async function inspectCard(
  readers: CardReaders,
  options: InspectOptions,
  input: Omit<InspectInput, 'over'>,
  io: CliIo,
): Promise<Inspected> {
  const { reader, presence } = await awaitCard(readers, options, io);
  const over = options.interface ?? interfaceOf(presence.atr);
  const channel = await presence.open();
  if (channel === undefined) {
    const next = 'End the program that uses the reader, or put the card on it again.';
    throw new CliError('reader-in-use', `the card on "${printable(reader.name)}" cannot be opened`, next);
  }
  try {
    const report = await runInspection({ ...input, over }, channel);
    return { reader: reader.name, over, atr: presence.atr, report };
  } finally {
    await channel.close();
  }
}

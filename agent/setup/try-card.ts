import {
  boundRole,
  type CardChannel,
  type CardPresence,
  type CardReader,
  type CardReaders,
  type ReaderRole,
} from '../../drivers/index.ts';
import { hex } from '../../emv/values/index.ts';
import type { Config } from '../config/schema.ts';
import type { Asker } from './asker.ts';
import { readersCome } from './readers-come.ts';
import { failed, ms, passed, skipped, spread, type TestResult } from './tests.ts';
import type { Trial } from './trials.ts';

/** SELECT of the directory of contactless applications, 2PAY.SYS.DDF01 (JR/T 0025.12): any card answers it, if only with 6A82. */
const SELECT_PPSE = hex('00A404000E325041592E5359532E444446303100');
const EXCHANGE_LIMIT_MS = 3_000;
const EXCHANGES = 10;

interface Arrived {
  readonly reader: CardReader;
  readonly presence: CardPresence;
}

/** What a reader will be for: the settings are not in force yet. */
export const roleOf = ({ name, port, role }: CardReader, { ports, roles }: Config['readers']): ReaderRole =>
  boundRole(port, ports) ?? roles[name] ?? role;

const NO_READER = 'there is no card reader: plug one in, and check that pcscd runs (jdpos doctor readers)';

const takesCards =
  (settings: Config['readers']) =>
  (reader: CardReader): boolean =>
    reader.state !== 'unplugged' && roleOf(reader, settings) !== 'sam';

/** Waits for a card, and exchanges commands with it. */
export const cardTrial = (
  asker: Asker,
  readers: CardReaders,
  settings: Config['readers'],
  monotonic: () => number,
): Trial => {
  const fits = takesCards(settings);
  const there = (): boolean => readers.list().some(fits);
  let tried = false;
  return {
    id: 'card',
    async attempt() {
      if (tried) await readersCome(readers, there, NAMED_WITHIN_MS);
      tried = true;
      return tryCard(asker, readers, fits, monotonic);
    },
    trouble: () => (there() ? undefined : NO_READER),
  };
};

/** A reader that was just plugged in is named a second or two later. */
const NAMED_WITHIN_MS = 6_000;

/** Waits for a card on any reader but a SAM's, and exchanges commands with it; it is not made to pay. */
async function tryCard(
  asker: Asker,
  readers: CardReaders,
  fits: (reader: CardReader) => boolean,
  monotonic: () => number,
): Promise<TestResult> {
  if (!readers.list().some(fits)) return failed('card', NO_READER);
  if (!asker.attended) return skipped('card', 'nobody is there to tap a card');
  const arrived = await asker.waiting('Tap a card, and leave it on the reader', (stop) => arrival(readers, fits, stop));
  if (arrived === 'no-reader') return failed('card', 'the reader has gone: plug it in');
  if (arrived === undefined) return skipped('card', 'no card was tapped');
  return exchange(arrived, monotonic);
}

/** The card that lies on one of those readers, or comes to it; `no-reader` when the last of them goes. */
export async function arrival(
  readers: CardReaders,
  fits: (reader: CardReader) => boolean,
  stop: AbortSignal,
): Promise<Arrived | 'no-reader' | undefined> {
  const fitting = (): readonly CardReader[] => readers.list().filter((one) => fits(one) && one.state !== 'unplugged');
  const there = fitting().find(({ presence }) => presence !== undefined);
  if (there?.presence !== undefined) return { reader: there, presence: there.presence };
  return new Promise((resolve) => {
    const end = (found?: Arrived | 'no-reader'): void => {
      unsubscribe();
      stop.removeEventListener('abort', none);
      resolve(found);
    };
    const none = (): void => end();
    const unsubscribe = readers.subscribe((event) => {
      if (event.kind === 'card-arrived' && fits(event.reader)) end(event);
      else if (fitting().length === 0) end('no-reader');
    });
    if (stop.aborted) none();
    else if (fitting().length === 0) end('no-reader');
    else stop.addEventListener('abort', none);
  });
}

async function exchange({ reader, presence }: Arrived, monotonic: () => number): Promise<TestResult> {
  const begun = monotonic();
  const channel = await presence.open();
  if (channel === undefined) return failed('card', `the card on ${reader.name} does not answer, or has gone`);
  try {
    const opened = monotonic() - begun;
    const took = await exchangeTimes(channel, monotonic);
    if (took.length < EXCHANGES) return failed('card', `the card left after ${took.length} exchanges; hold it still`);
    return passed('card', reader.name, [
      ms('card connected', opened),
      ms('first exchange', took[0] ?? 0),
      ...spread('exchange', took.slice(1)),
    ]);
  } finally {
    await channel.close();
  }
}

/** Fewer than asked for when the card left. */
async function exchangeTimes(channel: CardChannel, monotonic: () => number): Promise<readonly number[]> {
  const took: number[] = [];
  while (took.length < EXCHANGES) {
    const begun = monotonic();
    const answer = await channel.exchange(SELECT_PPSE, EXCHANGE_LIMIT_MS);
    if (answer.kind !== 'answered') break;
    took.push(monotonic() - begun);
  }
  return took;
}

import type { CardPresence, CardReader, CardReaders, ReaderEvent } from '../../drivers/index.ts';
import { hex } from '../../emv/values/index.ts';
import type { CliIo } from './io.ts';
import { type Judged, judgeRounds, type RoundTimes, type Verdict } from './reader-expectations.ts';

/** SELECT PPSE (JR/T 0025.12 §6.4): every contactless card answers something to it, and is not made to pay. */
const SELECT_PPSE = hex('00A404000E325041592E5359532E444446303100');
const EXCHANGES = 10;
const EXCHANGE_MS = 3_000;
/** How long a hand is waited for. */
const HAND_MS = 30_000;

/** What went wrong in a round, and what it may be. */
const FAULTS = {
  'no-arrival': 'the reader told of no card: is the card for this kind of reader, and laid on its middle?',
  'not-opened': 'the card was told of and could not be opened: does another program use the reader?',
  torn: 'the card left or fell silent during an exchange: hold it still; if it happens again, the reader is weak or far away',
  'no-removal': 'the reader did not tell that the card had gone',
  'reader-gone': 'the reader itself has gone, and the test ends: look at its cable, and at pcscd with jdpos doctor',
} as const;
type FaultCode = keyof typeof FAULTS;

interface ReaderFault {
  /** From 1. */
  readonly round: number;
  readonly code: FaultCode;
  readonly advice: string;
}

export interface ReaderTest {
  readonly reader: string;
  readonly rounds: readonly RoundTimes[];
  readonly judged: readonly Judged[];
  readonly faults: readonly ReaderFault[];
  readonly verdict: Verdict;
}

/** Has somebody lay a card on a reader and take it away so many times, and measures. Ends early when it is interrupted. */
export async function testReader(
  readers: CardReaders,
  reader: CardReader,
  count: number,
  io: CliIo,
): Promise<ReaderTest> {
  const rounds: RoundTimes[] = [];
  const faults: ReaderFault[] = [];
  for (let round = 1; round <= count && !io.interrupted.aborted; round++) {
    const done = await oneRound(readers, reader, `${round} of ${count}`, io);
    if (typeof done !== 'string') rounds.push(done);
    // One that was broken off says nothing of the reader.
    else if (!io.interrupted.aborted) faults.push({ round, code: done, advice: FAULTS[done] });
    if (done === 'reader-gone') break;
  }
  const judged = judgeRounds(rounds);
  return { reader: reader.name, rounds, judged, faults, verdict: verdictOf(judged, faults) };
}

function verdictOf(judged: readonly Judged[], faults: readonly ReaderFault[]): Verdict {
  const verdicts = judged.map(({ verdict }) => verdict);
  if (faults.length > 0 || judged.length === 0 || verdicts.includes('faulty')) return 'faulty';
  return verdicts.includes('slow') ? 'slow' : 'good';
}

async function oneRound(
  readers: CardReaders,
  reader: CardReader,
  which: string,
  io: CliIo,
): Promise<RoundTimes | FaultCode> {
  const measured = await measure(readers, reader, which, io);
  return reader.state === 'unplugged' ? 'reader-gone' : measured;
}

async function measure(
  readers: CardReaders,
  reader: CardReader,
  which: string,
  io: CliIo,
): Promise<RoundTimes | FaultCode> {
  await hasGone(readers, reader, 'take the card away', io);
  const calledAt = io.now();
  const card = await hasCome(readers, reader, `${which}: lay the card down`, io);
  if (card === undefined) return 'no-arrival';
  const arrivedAt = io.now();
  const measured = await exchanges(card, io);
  const takenAt = io.now();
  const gone = await hasGone(readers, reader, `${which}: take the card away`, io);
  if (typeof measured === 'string') return measured;
  if (!gone) return 'no-removal';
  return { arrivalMs: arrivedAt - calledAt, ...measured, removalMs: io.now() - takenAt };
}

async function exchanges(
  card: CardPresence,
  io: CliIo,
): Promise<Pick<RoundTimes, 'firstExchangeMs' | 'tenExchangesMs'> | 'not-opened' | 'torn'> {
  const openedAt = io.now();
  const channel = await card.open();
  if (channel === undefined) return 'not-opened';
  try {
    const times: number[] = [];
    for (let exchange = 0; exchange <= EXCHANGES; exchange++) {
      if ((await channel.exchange(SELECT_PPSE, EXCHANGE_MS)).kind === 'torn') return 'torn';
      times.push(io.now());
    }
    const [first = openedAt, last = openedAt] = [times[0], times.at(-1)];
    return { firstExchangeMs: first - openedAt, tenExchangesMs: last - first };
  } finally {
    await channel.close();
  }
}

async function hasCome(
  readers: CardReaders,
  reader: CardReader,
  call: string,
  io: CliIo,
): Promise<CardPresence | undefined> {
  await comesTrue(readers, () => reader.presence !== undefined || reader.state === 'unplugged', call, io);
  return reader.presence;
}

/** False when the card is not seen to go. */
function hasGone(readers: CardReaders, reader: CardReader, call: string, io: CliIo): Promise<boolean> {
  return comesTrue(readers, () => reader.state === 'empty' || reader.state === 'unplugged', call, io);
}

/** Calls for something and waits until the readers tell of it; false when it does not come to be in time. */
function comesTrue(readers: CardReaders, isSo: () => boolean, call: string, io: CliIo): Promise<boolean> {
  if (isSo()) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (): void => {
      unsubscribe();
      io.interrupted.removeEventListener('abort', end);
      resolve(isSo());
    };
    const unsubscribe = readers.subscribe((_: ReaderEvent) => {
      if (isSo()) end();
    });
    io.interrupted.addEventListener('abort', end);
    void io.sleep(HAND_MS).then(end);
    io.err(call);
    if (io.interrupted.aborted) end();
  });
}

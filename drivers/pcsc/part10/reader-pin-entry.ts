import { PurseSerial } from '../../../emv/values/index.ts';
import type { DriverLog } from '../../driver-tools.ts';
import type { CardPinEntry, CardReaders, ControlAnswer, PinEntry, ReaderControl } from '../../ports.ts';
import type { PinProperties } from './pin-properties.ts';
import { type PinPrompt, pinVerifyStructure } from './pin-structures.ts';
import { readerAbilities } from './reader-abilities.ts';

/** ISO 9564-1: a PIN has 4 to 12 digits. */
const MIN_DIGITS = 4;
const MAX_DIGITS = 12;

/** What typing may take from the first key on, and the reader afterwards to say that nobody did. */
const TYPING_S = 30;
const GRACE_MS = 5_000;
const MAX_TIMEOUT_S = 0xff;

/** So often a PIN of too few or too many digits is asked for again; the card has not seen it. */
const MAX_LENGTH_ERRORS = 3;

const OK_KEY = 0x02;
const ANY_CONDITION = 0x07;

/** Chinese, simplified (LANGID of Windows). */
const ZH_CN = 0x0804;

/** Status words that the reader gives in the card's place (PC/SC part 10; USB CCID 1.1, §6.1.11). */
const TIMED_OUT = 0x6400;
const CANCELLED = 0x6401;
const WRONG_LENGTH = 0x6403;
const BAD_STRUCTURE = 0x6b80;

export interface ReaderPinEntryParts {
  readonly readers: CardReaders;
  readonly log: DriverLog;
}

type Question = Parameters<NonNullable<PinEntry['verifyOnCard']>>[0];

/**
 * PIN entry at the reader that holds the card (PC/SC part 10, FEATURE_VERIFY_PIN_DIRECT): the reader puts the digits into VERIFY
 * and sends it, on the channel that is open; what comes back is the status word. The PIN never reaches this machine.
 * Plaintext PINs that the card checks, and nothing else: for the host, or enciphered for the card, it is `unavailable`.
 *
 * Its connection is taken while the reader waits for a PIN: nothing else gets through, FEATURE_ABORT neither. So when `signal`
 * aborts, the answer is `torn` at once and the channel is dead; the reader is `unresponsive` until its own time is up or
 * somebody presses its cancel key.
 */
export function readerPinEntry({ readers, log }: ReaderPinEntryParts): PinEntry {
  return {
    lacks: ['online', 'enciphered-for-card'],
    enterOnline: async () => ({ kind: 'unavailable' }),
    verifyOnCard: async (question) => {
      // A purse wants its PIN in another form (VERIFY with P2 = 00), and would count this one as a wrong one.
      if (question.enciphered || question.pan instanceof PurseSerial) return { kind: 'unavailable' };
      const reader = readers.list().find(({ role, control }) => role !== 'sam' && control?.inTap);
      if (reader?.control === undefined) return { kind: 'unavailable' };
      const { name } = reader;
      return verify(reader.control, question, (reason) => log('pin-entry-unavailable', { reader: name, reason }));
    },
  };
}

async function verify(control: ReaderControl, question: Question, tell: (why: string) => void): Promise<CardPinEntry> {
  const abilities = await readerAbilities(control);
  if (abilities.kind === 'torn') return { kind: 'torn' };
  const code = abilities.kind === 'known' ? abilities.features.get('verify-pin-direct') : undefined;
  if (abilities.kind !== 'known' || code === undefined) {
    tell(abilities.kind === 'unreadable' ? 'its list of features is unreadable' : 'it has no secure PIN entry');
    return { kind: 'unavailable' };
  }
  const prompt = promptFor(abilities.properties, question.timeoutMs);
  const timeoutMs = (prompt.timeoutS + prompt.typingS) * 1_000 + GRACE_MS;
  const command = { code, data: pinVerifyStructure(prompt), timeoutMs };
  for (let errors = 0; errors < MAX_LENGTH_ERRORS; errors++) {
    const entry = entryOf(await control.converse(command, question.signal), question.signal, tell);
    if (entry !== 'again') return entry;
  }
  return { kind: 'timed-out' };
}

/** Within what the reader says of itself; a reader that says nonsense is asked for what the standard has. */
function promptFor({ lcdLayout, entryValidation, minDigits, maxDigits }: PinProperties, timeoutMs: number): PinPrompt {
  const least = Math.max(MIN_DIGITS, minDigits ?? MIN_DIGITS);
  const most = Math.min(MAX_DIGITS, maxDigits || MAX_DIGITS);
  const timeoutS = Math.min(MAX_TIMEOUT_S, Math.max(1, Math.ceil(timeoutMs / 1_000)));
  return {
    ...(least <= most ? { minDigits: least, maxDigits: most } : { minDigits: MIN_DIGITS, maxDigits: MAX_DIGITS }),
    timeoutS,
    typingS: Math.min(TYPING_S, timeoutS),
    entryValidation: conditionAmong(entryValidation ?? OK_KEY),
    ...(lcdLayout && { display: { langId: ZH_CN } }),
  };
}

const conditionAmong = (known: number): number => (known & OK_KEY ? OK_KEY : known & ANY_CONDITION || OK_KEY);

function entryOf(answer: ControlAnswer, signal: AbortSignal, tell: (why: string) => void): CardPinEntry | 'again' {
  if (answer.kind === 'torn') return { kind: 'torn' };
  if (answer.kind === 'refused' && signal.aborted) return { kind: 'cancelled' };
  const sw = answer.kind === 'answered' ? statusWord(answer.bytes) : undefined;
  switch (sw) {
    case TIMED_OUT:
      return { kind: 'timed-out' };
    case CANCELLED:
      return { kind: 'cancelled' };
    case WRONG_LENGTH:
      return 'again';
    case undefined:
    case BAD_STRUCTURE:
      tell('it refuses to ask for a PIN');
      return { kind: 'unavailable' };
    default:
      return { kind: 'verified-on-reader', sw };
  }
}

/** VERIFY has no data in its answer. */
const statusWord = ([sw1, sw2, ...more]: Uint8Array): number | undefined =>
  sw1 === undefined || sw2 === undefined || more.length > 0 ? undefined : (sw1 << 8) | sw2;

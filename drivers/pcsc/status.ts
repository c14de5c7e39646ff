/** What a status word of SCardGetStatusChange says. `count` rises with every insertion and removal the service has seen. */
export type StatusSignal =
  | { readonly kind: 'unplugged' }
  | { readonly kind: 'absent' | 'present' | 'mute'; readonly count: number };

// PC/SC part 5 (ICC resource manager), SCARD_READERSTATE.
const UNKNOWN = 0x0004;
const UNAVAILABLE = 0x0008;
const EMPTY = 0x0010;
const PRESENT = 0x0020;
const MUTE = 0x0200;

/** Reads a status word; undefined when it says nothing about reader or card. */
export function readStatus(word: number): StatusSignal | undefined {
  if (word & (UNKNOWN | UNAVAILABLE)) return { kind: 'unplugged' };
  const count = word >>> 16;
  if (word & EMPTY) return { kind: 'absent', count };
  if (!(word & PRESENT)) return undefined;
  return { kind: word & MUTE ? 'mute' : 'present', count };
}

/** What a failed call to the service means. */
export type PcscFailure = 'no-card' | 'mute-card' | 'in-use' | 'unsupported' | 'reader-gone' | 'service-gone' | 'other';

const FAILURES: Readonly<Record<string, PcscFailure>> = {
  '8010000C': 'no-card', // SCARD_E_NO_SMARTCARD
  '80100069': 'no-card', // SCARD_W_REMOVED_CARD
  '80100065': 'mute-card', // SCARD_W_UNSUPPORTED_CARD
  '80100066': 'mute-card', // SCARD_W_UNRESPONSIVE_CARD
  '80100067': 'mute-card', // SCARD_W_UNPOWERED_CARD
  '8010000B': 'in-use', // SCARD_E_SHARING_VIOLATION
  '8010001F': 'unsupported', // SCARD_E_UNSUPPORTED_FEATURE, as pcsc-lite has it
  '80100022': 'unsupported', // the same, as Windows has it
  '80100009': 'reader-gone', // SCARD_E_UNKNOWN_READER
  '80100017': 'reader-gone', // SCARD_E_READER_UNAVAILABLE
  '80100013': 'service-gone', // SCARD_F_COMM_ERROR
  '8010001D': 'service-gone', // SCARD_E_NO_SERVICE
  '8010001E': 'service-gone', // SCARD_E_SERVICE_STOPPED
};

/** Reads the code that the native module puts at the end of its messages, as in `SCardConnect error: ….(0x8010000c)`. */
export function readFailure(error: unknown): PcscFailure {
  const code = error instanceof Error ? /\(0x([0-9a-f]{8})\)/i.exec(error.message)?.[1] : undefined;
  return FAILURES[code?.toUpperCase() ?? ''] ?? 'other';
}

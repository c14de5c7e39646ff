import { parseHex, toHex } from '../values/index.ts';

/** One command and the card's answer with its status word. An answer of less than two bytes: the card had left. */
export interface Exchange {
  readonly command: Uint8Array;
  readonly response: Uint8Array;
}

/** What was exchanged with a card, in order. */
export interface Recording {
  readonly exchanges: readonly Exchange[];
}

export type ReadRecording =
  | { readonly kind: 'recording'; readonly recording: Recording }
  /** `at`: where in the document, such as `exchanges[3].r`. */
  | { readonly kind: 'malformed'; readonly at: string; readonly problem: string };

/** Far above any transaction. */
const MAX_EXCHANGES = 1_000;
const MIN_COMMAND = 4;

const malformed = (at: string, problem: string): ReadRecording => ({ kind: 'malformed', at, problem });

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

const bytesOf = (value: unknown): Uint8Array | undefined => (typeof value === 'string' ? parseHex(value) : undefined);

/** Reads `{"exchanges": [{"c": hex, "r": hex}, …]}`, already parsed from JSON; other fields are left alone. Never throws. */
export function readRecording(document: unknown): ReadRecording {
  const list = fieldOf(document, 'exchanges');
  if (!Array.isArray(list)) return malformed('exchanges', 'expected a list');
  if (list.length > MAX_EXCHANGES) return malformed('exchanges', `more than ${MAX_EXCHANGES} of them`);
  const exchanges: Exchange[] = [];
  for (const [at, entry] of list.entries()) {
    const command = bytesOf(fieldOf(entry, 'c'));
    if (command === undefined || command.length < MIN_COMMAND) {
      return malformed(`exchanges[${at}].c`, 'expected a command in hex, 4 bytes at least');
    }
    const response = bytesOf(fieldOf(entry, 'r'));
    if (response === undefined) return malformed(`exchanges[${at}].r`, 'expected an answer in hex');
    exchanges.push({ command, response });
  }
  return { kind: 'recording', recording: { exchanges } };
}

/** As it stands in a file: `c` command, `r` answer, hex. */
export interface RecordingFile {
  readonly exchanges: readonly { readonly c: string; readonly r: string }[];
}

/** What a file of this recording holds. */
export function writeRecording({ exchanges }: Recording): RecordingFile {
  return { exchanges: exchanges.map(({ command, response }) => ({ c: toHex(command), r: toHex(response) })) };
}

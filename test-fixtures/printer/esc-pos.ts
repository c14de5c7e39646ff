/** One command of a job, or a run of characters, as a printer reads it. */
export type Operation =
  | { readonly kind: 'text'; readonly bytes: Uint8Array }
  | { readonly kind: 'line-feed' | 'initialise' | 'kanji-on' | 'cut' | 'paper-status' }
  | { readonly kind: 'centred' | 'emphasised' | 'double' | 'status-back'; readonly on: boolean };

type Read = { readonly operation: Operation; readonly length: number } | 'incomplete';

/** The commands that this printer has, by the bytes before their argument. */
const COMMANDS: readonly {
  readonly bytes: readonly number[];
  readonly argument?: boolean;
  readonly operation: (argument: number) => Operation | undefined;
}[] = [
  { bytes: [0x0a], operation: () => ({ kind: 'line-feed' }) },
  { bytes: [0x1b, 0x40], operation: () => ({ kind: 'initialise' }) },
  { bytes: [0x1c, 0x26], operation: () => ({ kind: 'kanji-on' }) },
  { bytes: [0x1b, 0x61], argument: true, operation: (n) => (n > 1 ? undefined : { kind: 'centred', on: n === 1 }) },
  { bytes: [0x1b, 0x45], argument: true, operation: (n) => (n > 1 ? undefined : { kind: 'emphasised', on: n === 1 }) },
  {
    bytes: [0x1d, 0x21],
    argument: true,
    operation: (n) => (n !== 0 && n !== 0x11 ? undefined : { kind: 'double', on: n === 0x11 }),
  },
  { bytes: [0x1d, 0x61], argument: true, operation: (n) => (n === 0 ? { kind: 'status-back', on: false } : undefined) },
  { bytes: [0x1d, 0x72], argument: true, operation: (n) => (n === 1 ? { kind: 'paper-status' } : undefined) },
  { bytes: [0x1d, 0x56, 66], argument: true, operation: () => ({ kind: 'cut' }) },
];

const spelt = (bytes: Uint8Array): string =>
  Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join(' ');

/**
 * Reads what stands first in the bytes: one command, or text up to the next. Throws on what is neither: this printer forgives
 * nothing.
 */
export function readOperation(bytes: Uint8Array): Read {
  const text = textLength(bytes);
  if (text === 'incomplete') return text;
  if (text > 0) return { operation: { kind: 'text', bytes: bytes.slice(0, text) }, length: text };
  for (const { bytes: name, argument = false, operation } of COMMANDS) {
    const length = name.length + (argument ? 1 : 0);
    if (!name.every((byte, at) => at >= bytes.length || bytes[at] === byte)) continue;
    if (bytes.length < length) return 'incomplete';
    const read = operation(bytes[name.length] ?? 0);
    if (read !== undefined) return { operation: read, length };
  }
  throw new Error(`no command of this printer: ${spelt(bytes)}`);
}

/** How many bytes are characters: one byte from 20 to 7E, or two from 81 40 on. */
function textLength(bytes: Uint8Array): number | 'incomplete' {
  let at = 0;
  for (;;) {
    const [first = 0, second] = bytes.subarray(at, at + 2);
    if (first >= 0x20 && first <= 0x7e) at += 1;
    else if (first < 0x81 || first === 0xff) return at;
    else if (second === undefined) return at === 0 ? 'incomplete' : at;
    else if (second < 0x40 || second === 0x7f || second === 0xff)
      throw new Error(`no character: ${spelt(bytes.subarray(at))}`);
    else at += 2;
  }
}

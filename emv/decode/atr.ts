import { toHex } from '../values/index.ts';
import { historicalBytes } from './atr-historical.ts';
import { type InterfaceByteAt, interfaceByte, protocolName } from './atr-interface.ts';
import { byteHex, bytesOf, type Decoded, type Decoder, decoded, malformed, type Words } from './words.ts';

/** TS (ISO/IEC 7816-3, §8.1). */
const CONVENTIONS: ReadonlyMap<number, string> = new Map([
  [0x3b, 'direct convention'],
  [0x3f, 'inverse convention'],
]);

const LETTERS = ['A', 'B', 'C', 'D'] as const;
/** TD announces a further group; an ATR of 32 bytes holds no more than these. */
const MAX_GROUPS = 8;

interface Interface {
  readonly words: readonly Words[];
  /** Where the historical bytes begin. */
  readonly end: number;
  readonly protocols: readonly number[];
}

/** The groups TAi TBi TCi TDi that T0 and each TD announce; the offset of the one that is missing. */
function readInterface(bytes: Uint8Array): Interface | { readonly missingAt: number; readonly name: string } {
  const words: Words[] = [];
  const protocols: number[] = [];
  let announced = (bytes[1] ?? 0) >> 4;
  let at = 2;
  for (let group = 1; group <= MAX_GROUPS && announced !== 0; group++) {
    const protocol = protocols.at(-1);
    const first = protocols.slice(1).indexOf(protocol ?? 0) === group - 3;
    const place: Omit<InterfaceByteAt, 'letter'> = { group, protocol, first };
    let next = 0;
    for (const [bit, letter] of LETTERS.entries()) {
      if ((announced & (1 << bit)) === 0) continue;
      const value = bytes[at++];
      if (value === undefined) return { missingAt: bytes.length, name: `T${letter}${group}` };
      words.push({
        name: `T${letter}${group}`,
        value: byteHex(value),
        meaning: interfaceByte({ ...place, letter }, value),
      });
      if (letter !== 'D') continue;
      next = value >> 4;
      protocols.push(value & 0x0f);
    }
    announced = next;
  }
  return { words, end: at, protocols };
}

/** TCK (ISO/IEC 7816-3, §8.2.5): all bytes from T0 on, together with it, give 00. */
function checkWords(bytes: Uint8Array): Words {
  const check = bytes.subarray(1, -1).reduce((sum, byte) => sum ^ byte, 0);
  const value = bytes.at(-1) ?? 0;
  return {
    name: 'TCK',
    value: byteHex(value),
    meaning: value === check ? 'right' : `wrong: the bytes before it give ${byteHex(check)}`,
  };
}

function finish(bytes: Uint8Array, { words, end, protocols }: Interface): Decoded {
  const [ts = 0, t0 = 0] = bytes;
  const count = t0 & 0x0f;
  const checked = protocols.some((protocol) => protocol !== 0);
  const length = end + count + (checked ? 1 : 0);
  if (bytes.length < length) {
    const what = bytes.length < end + count ? 'historical bytes are' : 'the check byte TCK is';
    return malformed(bytes.length, `${what} missing: an ATR that begins so has ${bytesOf(length)}`);
  }
  if (bytes.length > length) return malformed(length, `the ATR ends here; ${bytesOf(bytes.length - length)} follow`);
  const historical = bytes.subarray(end, end + count);
  const offered = protocols.filter((protocol, at) => protocol !== 15 && protocols.indexOf(protocol) === at);
  return decoded(
    { name: 'TS', value: byteHex(ts), meaning: CONVENTIONS.get(ts) ?? '' },
    { name: 'T0', value: byteHex(t0), meaning: `${bytesOf(count)} of history` },
    ...words,
    { name: 'Protocols', meaning: offered.length === 0 ? protocolName(0) : offered.map(protocolName).join(', ') },
    ...(count === 0
      ? []
      : [{ name: 'Historical bytes', value: toHex(historical), parts: historicalBytes(historical) }]),
    ...(checked ? [checkWords(bytes)] : []),
  );
}

/**
 * ATR (ISO/IEC 7816-3, §8.2): convention, interface bytes, historical bytes, check byte. For a contactless card it is the
 * one that PC/SC part 3 makes up, which names storage cards (`3B8F8001804F0C…`).
 */
export const answerToReset: Decoder = (bytes) => {
  if (!CONVENTIONS.has(bytes[0] ?? 0)) return malformed(0, 'an ATR begins with 3B or 3F');
  if (bytes.length < 2) return malformed(1, 'T0 is missing');
  const read = readInterface(bytes);
  if ('missingAt' in read) return malformed(read.missingAt, `${read.name}, which was announced, is missing`);
  return finish(bytes, read);
};

import { constants, createHash, createPublicKey, publicDecrypt } from 'node:crypto';
import type { TransactionInput } from '../../emv/kernel/index.ts';
import type { CaPublicKey } from '../../emv/oda/index.ts';
import { concat, toHex } from '../../emv/values/index.ts';
import { type Branch, leavesOf, readTree } from './tlv-tree.ts';

/*
 * Is there a proof that this card agreed to this payment? Asked once more, from the standards alone (EMV Book 2, §6;
 * JR/T 0025.12-2013 annex B) and by code that the kernel has no part in: what it finds wanting, the kernel must not approve.
 * RSA alone; the SM2 card is judged by its signed values (`sameSignedValues`).
 */

/** Everything that a terminal holds of a card when it approves; answers without their status words. */
export interface ChipFacts {
  readonly fci: Uint8Array;
  readonly pdolValues: Uint8Array;
  readonly gpoAnswer: Uint8Array;
  /** In the order of the AFL, the last one included. */
  readonly records: readonly { readonly sfi: number; readonly record: number; readonly data: Uint8Array }[];
}

type Values = ReadonlyMap<number, Uint8Array>;

const RSA_OBJECTS = { issuer: 0x90, icc: 0x9f46 } as const;
const TOLD_LENGTHS = new Map([
  [0x9f66, 4],
  [0x9f02, 6],
  [0x9f03, 6],
  [0x9f1a, 2],
  [0x95, 5],
  [0x5f2a, 2],
  [0x9a, 3],
  [0x9c, 1],
  [0x9f37, 4],
]);

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;
const sha1 = (bytes: Uint8Array): Uint8Array => createHash('sha1').update(bytes).digest();

/** The one value of each tag; undefined when a tag has two. */
function valuesOf(trees: readonly (readonly Branch[])[]): Values | undefined {
  const values = new Map<number, Uint8Array>();
  for (const { tag, value } of trees.flatMap(leavesOf)) {
    const known = values.get(tag);
    if (known !== undefined && !same(known, value)) return undefined;
    values.set(tag, value);
  }
  return values;
}

/** The body of the first data object at a path of tags; undefined when there is none. */
function inside(tree: readonly Branch[], ...[tag, ...deeper]: readonly number[]): Branch['body'] | undefined {
  const body = tree.find((branch) => branch.tag === tag)?.body;
  return deeper.length === 0 || body === undefined || body instanceof Uint8Array ? body : inside(body, ...deeper);
}

/** What the card was told; undefined when the PDOL asks for a value in another length than its own, or not of these bytes. */
function toldValues({ fci, pdolValues }: ChipFacts): Values | undefined {
  const pdol = inside(readTree(fci) ?? [], 0x6f, 0xa5, 0x9f38);
  if (!(pdol instanceof Uint8Array)) return undefined;
  const told = new Map<number, Uint8Array>();
  let from = 0;
  for (let at = 0; at < pdol.length; ) {
    let tag = pdol[at++] ?? 0;
    if (tag % 32 === 31) {
      let next: number;
      do {
        next = pdol[at++] ?? 0;
        tag = tag * 256 + next;
      } while (next >= 128);
    }
    const length = pdol[at++] ?? 0;
    if ((TOLD_LENGTHS.get(tag) ?? length) !== length) return undefined;
    told.set(tag, pdolValues.subarray(from, from + length));
    from += length;
  }
  return from === pdolValues.length ? told : undefined;
}

/** Blocks that have been recovered: most inputs leave the certificates as they are. */
const RECOVERED = new Map<string, Uint8Array | undefined>();
const MOST_KEPT = 4_096;

/** signature^e mod n; undefined when the signature is not below the modulus, or there is no such key. */
function recovered(modulus: Uint8Array, exponent: Uint8Array, signature: Uint8Array): Uint8Array | undefined {
  const name = Buffer.concat([modulus, exponent, signature]).toString('latin1');
  if (RECOVERED.has(name)) return RECOVERED.get(name);
  if (RECOVERED.size >= MOST_KEPT) RECOVERED.clear();
  const block = raised(modulus, exponent, signature);
  RECOVERED.set(name, block);
  return block;
}

function raised(modulus: Uint8Array, exponent: Uint8Array, signature: Uint8Array): Uint8Array | undefined {
  const [n, e] = [Buffer.from(modulus).toString('base64url'), Buffer.from(exponent).toString('base64url')];
  try {
    const key = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' });
    return publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, signature);
  } catch {
    return undefined;
  }
}

/** What was signed, from its format byte on and without its hash; undefined when header, trailer or hash are wrong. */
function opened(modulus: Uint8Array, exponent: Uint8Array, signature: Uint8Array | undefined, covered: Uint8Array) {
  const block = signature?.length === modulus.length ? recovered(modulus, exponent, signature) : undefined;
  const body = block?.subarray(1, -21);
  if (block === undefined || body === undefined) return undefined;
  const right =
    block[0] === 0x6a && block.at(-1) === 0xbc && same(sha1(concat(body, covered)), block.subarray(-21, -1));
  return right ? body : undefined;
}

/** The key in a certificate whose subject field has so many bytes; undefined when there is no such certificate. */
function certified(
  signer: { modulus: Uint8Array; exponent: Uint8Array },
  subjectLength: number,
  parts: { format: number; certificate: Uint8Array | undefined; remainder: Uint8Array | undefined } & {
    exponent: Uint8Array | undefined;
    covered: Uint8Array;
  },
) {
  const { format, certificate, remainder = new Uint8Array(), exponent, covered } = parts;
  if (exponent === undefined) return undefined;
  const body = opened(signer.modulus, signer.exponent, certificate, concat(remainder, exponent, covered));
  if (body?.[0] !== format) return undefined;
  const rest = body.subarray(1 + subjectLength);
  const length = rest[7] ?? 0;
  const modulus = concat(rest.subarray(9), remainder).subarray(0, length);
  return { subject: body.subarray(1, 1 + subjectLength), mmyy: toHex(rest.subarray(0, 2)), modulus, exponent };
}

const digitsOf = (bytes: Uint8Array): string => toHex(bytes).replace(/F+$/, '');

/** Is month MMYY this month or a later one? Two-digit years up to 49 are 20xx. */
function isValidIn(mmyy: string, { year, month }: { year: number; month: number }): boolean {
  const twoDigits = Number(mmyy.slice(2));
  const until = (twoDigits < 50 ? 2000 : 1900) + twoDigits;
  return until > year || (until === year && Number(mmyy.slice(0, 2)) >= month);
}

/** Template values of the records that the AFL marks as signed, then the AIP where 9F4A names it. */
function signedStatic({ records }: ChipFacts, values: Values): Uint8Array | undefined {
  const afl = values.get(0x94) ?? new Uint8Array();
  const parts: Uint8Array[] = [];
  let nth = 0;
  for (let at = 0; at + 3 < afl.length; at += 4) {
    const [, first = 0, last = 0, signed = 0] = afl.subarray(at, at + 4);
    for (let record = first; record <= last; record++, nth++) {
      const read = records[nth];
      if (read === undefined) return undefined;
      if (record - first >= signed) continue;
      const headLength = (read.data[1] ?? 0) > 0x80 ? 2 + (read.data[1] ?? 0) - 0x80 : 2;
      parts.push(read.sfi <= 10 ? read.data.subarray(headLength) : read.data);
    }
  }
  if (nth !== records.length) return undefined;
  const list = values.get(0x9f4a);
  return concat(...parts, ...(list === undefined ? [] : [values.get(0x82) ?? new Uint8Array()]));
}

/** What the dynamic signature must cover: version 00 the unpredictable number, version 01 also amount, currency and 9F69. */
function signedDynamic(values: Values, input: TransactionInput): Uint8Array | undefined {
  const card = values.get(0x9f69);
  if (card === undefined || card[0] === 0) return input.unpredictableNumber;
  if (card[0] !== 1) return undefined;
  const amount = Buffer.from(String(input.amount).padStart(12, '0'), 'hex');
  return concat(input.unpredictableNumber, amount, input.currencyCode, card);
}

function chain(facts: ChipFacts, values: Values, input: TransactionInput, caKeys: readonly CaPublicKey[]) {
  const name = inside(readTree(facts.fci) ?? [], 0x6f, 0x84);
  const rid = name instanceof Uint8Array ? name.subarray(0, 5) : undefined;
  const index = values.get(0x8f)?.[0];
  const ca = caKeys.find((key) => rid !== undefined && same(key.rid, rid) && key.index === index);
  if (ca?.algorithm !== 'rsa') return undefined;
  const issuer = certified(ca, 4, {
    format: 0x02,
    certificate: values.get(RSA_OBJECTS.issuer),
    remainder: values.get(0x92),
    exponent: values.get(0x9f32),
    covered: new Uint8Array(),
  });
  const covered = signedStatic(facts, values);
  if (issuer === undefined || covered === undefined) return undefined;
  const icc = certified(issuer, 10, {
    format: 0x04,
    certificate: values.get(RSA_OBJECTS.icc),
    remainder: values.get(0x9f48),
    exponent: values.get(0x9f47),
    covered,
  });
  if (icc === undefined || !isValidIn(issuer.mmyy, input.date) || !isValidIn(icc.mmyy, input.date)) return undefined;
  return { issuer, icc };
}

/** The values of a card's answers together; undefined when they contradict each other. */
export function valuesIn({ gpoAnswer, records }: ChipFacts): Values | undefined {
  return valuesOf([gpoAnswer, ...records.map(({ data }) => data)].map((answer) => readTree(answer) ?? []));
}

/**
 * The PAN that has proved to pay this amount with this unpredictable number; undefined without a proof. `caKeys` are the
 * roots that are to be believed, whatever the terminal believed.
 */
export function provenPan(facts: ChipFacts, input: TransactionInput, caKeys: readonly CaPublicKey[]) {
  const [values, told] = [valuesIn(facts), toldValues(facts)];
  if (values === undefined || told === undefined) return undefined;
  const amount = Buffer.from(String(input.amount).padStart(12, '0'), 'hex');
  const expected: readonly (readonly [number, Uint8Array])[] = [
    [0x9f02, amount],
    [0x9f37, input.unpredictableNumber],
    [0x5f2a, input.currencyCode],
  ];
  if (expected.some(([tag, value]) => !same(told.get(tag) ?? value, value))) return undefined;
  const keys = chain(facts, values, input, caKeys);
  const dynamic = signedDynamic(values, input);
  if (keys === undefined || dynamic === undefined || ((values.get(0x82)?.[0] ?? 0) & 0x20) === 0) return undefined;
  const signed = opened(keys.icc.modulus, keys.icc.exponent, values.get(0x9f4b), dynamic);
  if (signed?.[0] !== 0x05 && signed?.[0] !== 0x95) return undefined;
  const pan = digitsOf(keys.icc.subject);
  const track = toHex(values.get(0x57) ?? new Uint8Array()).split('D')[0];
  return pan === track && pan.startsWith(digitsOf(keys.issuer.subject)) ? pan : undefined;
}

/** What the SM2 card signs, and with what: a copy of it must give these as they are. */
const SIGNED_TAGS = [0x90, 0x9f46, 0x9f4b, 0x9f69, 0x82, 0x8f, 0x5a, 0x5f24];

/** Are all signed values those of the genuine card? For chains that `provenPan` cannot follow. */
export function sameSignedValues(facts: ChipFacts, genuine: ChipFacts): boolean {
  const [values, true_] = [valuesIn(facts), valuesIn(genuine)];
  return SIGNED_TAGS.every((tag) => {
    const [given, right] = [values?.get(tag), true_?.get(tag)];
    return given !== undefined && right !== undefined && same(given, right);
  });
}

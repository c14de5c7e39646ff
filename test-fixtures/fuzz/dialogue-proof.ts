import { createHash } from 'node:crypto';
import type { TransactionInput } from '../../emv/kernel/index.ts';
import type { CaPublicKey } from '../../emv/oda/index.ts';
import { concat, toHex } from '../../emv/values/index.ts';
import { chain, digitsOf, issuerOf, opened, signedStatic } from './chip-proof.ts';
import { type DialogueFacts, type Generated, toldIn } from './dialogue-facts.ts';
import { type Branch, leavesOf, readTree, writeTree } from './tlv-tree.ts';

/*
 * Has the card of a dialogue shown to be genuine? Once more from EMV Book 2, §5 and §6, and by code that the kernel has no part
 * in. RSA alone.
 */

type Method = 'sda' | 'dda' | 'cda';

const NUMBER = 0x9f37;
const SIGNATURE = 0x9f4b;
/** Format byte, hash algorithm, length. */
const DYNAMIC_AT = 3;
const DEFAULT_DDOL = Uint8Array.of(0x9f, 0x37, 0x04);

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const lengthOfNumber = (body: Uint8Array | undefined): number | undefined => {
  const length = body?.[DYNAMIC_AT];
  return body?.[0] === 0x05 && length !== undefined && length >= 2 && length <= 8 ? length : undefined;
};

function signatureIn(answer: Uint8Array): Uint8Array | undefined {
  const [template] = readTree(answer) ?? [];
  if (template === undefined) return undefined;
  return template.body instanceof Uint8Array
    ? template.body
    : leavesOf(template.body).find(({ tag }) => tag === SIGNATURE)?.value;
}

type IccKey = { readonly modulus: Uint8Array; readonly exponent: Uint8Array };

/** The signature over what INTERNAL AUTHENTICATE carried, this payment's number among it (§6.5). */
function signsNumber({ internal, values }: DialogueFacts, key: IccKey, input: TransactionInput): boolean {
  if (internal === undefined) return false;
  const told = toldIn(values?.get(0x9f49) ?? DEFAULT_DDOL, internal.sent, NUMBER);
  if (!told.includes(toHex(input.unpredictableNumber))) return false;
  return lengthOfNumber(opened(key.modulus, key.exponent, signatureIn(internal.answer), internal.sent)) !== undefined;
}

/** The objects of the answer but for the signature, as they stand in it. */
function signedObjects(answer: Uint8Array): Uint8Array {
  const [template] = readTree(answer) ?? [];
  const objects: readonly Branch[] = template === undefined || template.body instanceof Uint8Array ? [] : template.body;
  return writeTree(objects.filter(({ tag }) => tag !== SIGNATURE));
}

/** The signature over a cryptogram and everything that was said for it (§6.6). */
function signsCryptogram(
  { chip, generated }: DialogueFacts,
  nth: number,
  key: IccKey,
  input: TransactionInput,
): boolean {
  const { answer } = generated[nth] ?? { answer: new Uint8Array() };
  const body = opened(key.modulus, key.exponent, signatureIn(answer), input.unpredictableNumber);
  const length = lengthOfNumber(body);
  if (body === undefined || length === undefined || chip === undefined) return false;
  const rest = body.subarray(DYNAMIC_AT + 1 + length);
  const said = generated.slice(0, nth + 1).map(({ values }: Generated) => values);
  const hash = createHash('sha1')
    .update(concat(chip.pdolValues, ...said, signedObjects(answer)))
    .digest();
  const cid = leavesOf(readTree(answer) ?? []).find(({ tag }) => tag === 0x9f27)?.value[0];
  return rest[0] === cid && same(rest.subarray(9, 29), hash);
}

/** The methods by which the card has proved to be this PAN's, and that PAN. */
export function provedBy(
  facts: DialogueFacts,
  input: TransactionInput,
  caKeys: readonly CaPublicKey[],
): ReadonlyMap<Method, string> {
  const proved = new Map<Method, string>();
  const { chip, values } = facts;
  if (chip === undefined || values === undefined) return proved;
  const issuer = issuerOf(chip, values, input, caKeys);
  const covered = signedStatic(chip, values);
  const pan = digitsOf(values.get(0x5a) ?? new Uint8Array());
  if (issuer === undefined || covered === undefined || !pan.startsWith(digitsOf(issuer.subject))) return proved;
  if (opened(issuer.modulus, issuer.exponent, values.get(0x93), covered)?.[0] === 0x03) proved.set('sda', pan);
  const keys = chain(chip, values, input, caKeys);
  if (keys === undefined) return proved;
  const own = digitsOf(keys.icc.subject);
  if (signsNumber(facts, keys.icc, input)) proved.set('dda', own);
  if (facts.generated.some((_, nth) => signsCryptogram(facts, nth, keys.icc, input))) proved.set('cda', own);
  return proved;
}

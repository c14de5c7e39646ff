import { readUint, toHex } from '../values/index.ts';
import { type Decoder, decoded, malformed, ofLength, type Words } from './words.ts';

/** Byte 1 of a rule, bits 6 to 1 (EMV Book 3, annex C3; 20: PBOC). */
const METHODS: ReadonlyMap<number, string> = new Map([
  [0x00, 'fail CVM processing'],
  [0x01, 'plaintext PIN verified by the ICC'],
  [0x02, 'enciphered PIN verified online'],
  [0x03, 'plaintext PIN verified by the ICC, and signature'],
  [0x04, 'enciphered PIN verified by the ICC'],
  [0x05, 'enciphered PIN verified by the ICC, and signature'],
  [0x1e, 'signature'],
  [0x1f, 'no CVM required'],
  [0x20, 'cardholder identification document'],
  [0x3f, 'no CVM performed'],
]);

/** Byte 2. */
const CONDITIONS = [
  'always',
  'if unattended cash',
  'if not unattended cash, manual cash or cashback',
  'if the terminal supports the CVM',
  'if manual cash',
  'if purchase with cashback',
  'if in the application currency and under X',
  'if in the application currency and over X',
  'if in the application currency and under Y',
  'if in the application currency and over Y',
] as const;

/** 9F34, byte 3. */
const RESULTS = ['unknown (as for a signature or an online PIN)', 'failed', 'successful'] as const;

const TRY_NEXT = 0x40;
/** Amounts X and Y. */
const HEADER = 8;

const methodOf = (code: number): string => METHODS.get(code & 0x3f) ?? 'not named here';
const conditionOf = (code: number): string => CONDITIONS[code] ?? 'not named here';

function ruleWords(rule: Uint8Array, at: number): Words {
  const [method = 0, condition = 0] = rule;
  const otherwise = (method & TRY_NEXT) !== 0 ? 'try the next rule' : 'cardholder verification fails';
  return {
    name: `Rule ${at + 1}`,
    value: toHex(rule),
    meaning: `${methodOf(method)}, ${conditionOf(condition)}; if it fails: ${otherwise}`,
  };
}

/** CVM list, 8E: amounts X and Y, then rules of two bytes (EMV Book 3, §10.5). */
export const cvmList: Decoder = (bytes) => {
  if (bytes.length < HEADER) return malformed(bytes.length, 'a CVM list begins with two amounts of 4 bytes');
  if (bytes.length % 2 !== 0) return malformed(bytes.length - 1, 'a rule has 2 bytes; one byte is left over');
  const rules: Words[] = [];
  for (let at = HEADER; at < bytes.length; at += 2) rules.push(ruleWords(bytes.subarray(at, at + 2), rules.length));
  return decoded(
    { name: 'Amount X', value: toHex(bytes.subarray(0, 4)), meaning: String(readUint(bytes.subarray(0, 4))) },
    { name: 'Amount Y', value: toHex(bytes.subarray(4, 8)), meaning: String(readUint(bytes.subarray(4, 8))) },
    ...(rules.length > 0 ? rules : [{ name: 'Rules', meaning: 'none' }]),
  );
};

/** CVM results, 9F34: method, condition, result (EMV Book 4, annex A4). */
export const cvmResults: Decoder = ofLength(3, 'a CVM result', ([method = 0, condition = 0, result = 0]) =>
  decoded(
    { name: 'CVM performed', meaning: methodOf(method) },
    { name: 'Condition', meaning: method === 0x3f ? 'none' : conditionOf(condition) },
    { name: 'Result', meaning: RESULTS[result] ?? 'not named here' },
  ),
);

import { type IssuerApplicationData, parseIssuerApplicationData } from '../issuer/index.ts';
import { parseBcd, toHex } from '../values/index.ts';
import { byteHex, type Decoder, decoded, malformed, type Words } from './words.ts';

/** What a fault of the parser means, and the byte it is at. */
const FAULTS = {
  length: [0, 'the first byte is 07, and 7 bytes at least follow it'],
  'cvr-length': [3, 'the CVR begins with its length, 03'],
  'discretionary-length': [8, 'byte 9 is the number of the bytes after it'],
} as const;

const DECISIONS = { aac: 'AAC, declined', tc: 'TC, approved', arqc: 'ARQC, ask the host', rfu: 'RFU' } as const;
const SECOND_DECISIONS = { ...DECISIONS, 'not-requested': 'not requested' } as const;
const ALGORITHMS = { '3des': '3DES', sm4: 'SM4' } as const;

/** JR/T 0025.12-2018 annex D; type 06 has a name in no source. */
const AMOUNTS: ReadonlyMap<number, readonly string[]> = new Map([
  [1, ['Electronic cash balance']],
  [2, ['Cumulative total transaction amount']],
  [3, ['Electronic cash balance', 'Cumulative total transaction amount']],
  [4, ['Cumulative total transaction amount', 'Its limit']],
  [5, ['Available offline spending amount']],
]);

const sentence = (flag: string): string => `${flag.charAt(0).toUpperCase()}${flag.slice(1).replaceAll('-', ' ')}`;

function cvrWords({ cvr }: IssuerApplicationData, bytes: Uint8Array): Words {
  const { firstDecision, secondDecision, scriptCount, flags } = cvr;
  return {
    name: 'Card verification results (CVR)',
    value: toHex(bytes.subarray(3, 7)),
    parts: [
      { name: 'First GENERATE AC, or GPO', meaning: DECISIONS[firstDecision] },
      { name: 'Second GENERATE AC', meaning: SECOND_DECISIONS[secondDecision] },
      ...[...flags].map((flag) => ({ name: 'Set', meaning: sentence(flag) })),
      { name: 'Issuer script commands', meaning: String(scriptCount) },
    ],
  };
}

function discretionaryWords({ discretionaryData }: IssuerApplicationData, bytes: Uint8Array): Words[] {
  if (discretionaryData === undefined) return [];
  const name = 'Issuer discretionary data';
  const value = toHex(bytes.subarray(9));
  if (discretionaryData.kind === 'opaque') return [{ name, value, meaning: 'of a type or length that is not known' }];
  const { type, values, mac } = discretionaryData;
  const amounts = values.map((amount, at): Words => {
    const fen = parseBcd(amount);
    const meaning = fen === undefined ? 'no amount' : (fen / 100).toFixed(2);
    return { name: AMOUNTS.get(type)?.[at] ?? 'Amount', value: toHex(amount), meaning };
  });
  const parts = [{ name: 'Type', meaning: byteHex(type) }, ...amounts, { name: 'MAC', value: toHex(mac) }];
  return [{ name, value, meaning: 'believe it only where its MAC has been verified', parts }];
}

/** IAD of a PBOC card, 9F10 (JR/T 0025.5; JR/T 0025.12-2018 annex D). */
export const issuerApplicationData: Decoder = (bytes) => {
  const parsed = parseIssuerApplicationData(bytes);
  if (parsed.kind === 'malformed') {
    const [offset, problem] = FAULTS[parsed.reason];
    return malformed(Math.min(offset, bytes.length), `no IAD of a PBOC card: ${problem}`);
  }
  const { iad } = parsed;
  return decoded(
    { name: 'Derivation key index (DKI)', value: byteHex(iad.keyIndex) },
    {
      name: 'Cryptogram version (CVN)',
      value: byteHex(iad.cryptogramVersion),
      meaning: `version ${iad.cryptogramVersion}`,
    },
    cvrWords(iad, bytes),
    {
      name: 'Algorithm',
      value: byteHex(bytes[7] ?? 0),
      meaning: iad.algorithm === undefined ? 'not known' : ALGORITHMS[iad.algorithm],
    },
    ...discretionaryWords(iad, bytes),
  );
};

import { toHex } from '../values/index.ts';
import { byteHex, type Decoder, decoded, malformed, ofLength } from './words.ts';

/** 9F27, bits 8 and 7 (EMV Book 3, table 14). */
const CRYPTOGRAMS = ['AAC: declined', 'TC: approved offline', 'ARQC: the host is to be asked', 'RFU'] as const;
/** Bits 3 to 1. */
const ADVICE_REASONS: ReadonlyMap<number, string> = new Map([
  [0, 'no information given'],
  [1, 'service not allowed'],
  [2, 'PIN Try Limit exceeded'],
  [3, 'issuer authentication failed'],
]);

/** CID, 9F27. */
export const cryptogramInformation: Decoder = ofLength(1, 'the CID', ([cid = 0]) =>
  decoded(
    { name: 'Bits 8-7', meaning: CRYPTOGRAMS[cid >> 6] ?? 'RFU' },
    { name: 'Bit 4', meaning: (cid & 0x08) !== 0 ? 'advice required' : 'no advice required' },
    { name: 'Bits 3-1', meaning: ADVICE_REASONS.get(cid & 0x07) ?? 'RFU' },
  ),
);

/** 8A as terminal and host set it (EMV Book 4, annex A6; the host's codes as UnionPay's hosts use them). */
const RESPONSE_CODES: ReadonlyMap<string, string> = new Map([
  ['Y1', 'offline approved'],
  ['Z1', 'offline declined'],
  ['Y2', 'approved after a referral by the card'],
  ['Z2', 'declined after a referral by the card'],
  ['Y3', 'unable to go online, offline approved'],
  ['Z3', 'unable to go online, offline declined'],
  ['00', 'approved by the host'],
  ['10', 'approved by the host, for a part'],
  ['11', 'approved by the host, VIP'],
]);

/** ARC, 8A: two characters. */
export const authorisationResponse: Decoder = ofLength(2, 'the ARC', (bytes) => {
  const text = String.fromCharCode(...bytes);
  if (!/^[0-9A-Za-z]{2}$/.test(text)) return malformed(0, 'the ARC is two letters or digits');
  return decoded({ name: text, meaning: RESPONSE_CODES.get(text) ?? 'declined by the host, or a code of its own' });
});

const OPERATORS: ReadonlyMap<number, string> = new Map([
  [1, 'financial institution'],
  [2, 'merchant'],
  [3, 'cardholder'],
]);
const ENVIRONMENTS: ReadonlyMap<number, string> = new Map([
  [1, 'attended, online only'],
  [2, 'attended, offline with online capability'],
  [3, 'attended, offline only'],
  [4, 'unattended, online only'],
  [5, 'unattended, offline with online capability'],
  [6, 'unattended, offline only'],
]);

/** Terminal type, 9F35 (EMV Book 4, annex A1). */
export const terminalType: Decoder = ofLength(1, 'the terminal type', ([type = 0]) =>
  decoded(
    { name: 'Operated by', meaning: OPERATORS.get(type >> 4) ?? 'RFU' },
    { name: 'Environment', meaning: ENVIRONMENTS.get(type & 0x0f) ?? 'RFU' },
  ),
);

/** Application priority indicator, 87 (EMV Book 1, table 48). */
export const priorityIndicator: Decoder = ofLength(1, 'the priority indicator', ([priority = 0]) => {
  const order = priority & 0x0f;
  return decoded(
    { name: 'Order', meaning: order === 0 ? 'none' : order === 1 ? '1, the highest' : String(order) },
    {
      name: 'Confirmation by the cardholder',
      meaning: (priority & 0x80) !== 0 ? 'needed' : 'not needed',
    },
  );
});

/** Log entry, 9F4D and DF4D: where the log is, and how many records it has at most. */
export const logEntry: Decoder = ofLength(2, 'a log entry', ([sfi = 0, records = 0]) =>
  decoded({ name: 'File', meaning: `SFI ${sfi}` }, { name: 'Records', meaning: `${records} at most` }),
);

/** 9C (the values of a load: PBOC electronic cash). */
const TRANSACTION_TYPES: ReadonlyMap<number, string> = new Map([
  [0x00, 'purchase'],
  [0x01, 'cash'],
  [0x09, 'purchase with cashback'],
  [0x20, 'refund'],
  [0x30, 'balance inquiry'],
  [0x31, 'balance inquiry'],
  [0x60, 'load'],
  [0x62, 'load (variant of electronic cash)'],
  [0x63, 'load (variant of electronic cash)'],
]);

/** Transaction type, 9C. */
export const transactionType: Decoder = ofLength(1, 'the transaction type', ([type = 0]) =>
  decoded({ name: byteHex(type), meaning: TRANSACTION_TYPES.get(type) ?? 'not named here' }),
);

/** 9F62 (JR/T 0025.5). */
const DOCUMENTS = ['identity card', 'officer’s card', 'passport', 'entry permit', 'temporary identity card', 'other'];

/** Cardholder identification type, 9F62. */
export const documentType: Decoder = ofLength(1, 'the identification type', (bytes) =>
  decoded({ name: toHex(bytes), meaning: DOCUMENTS[bytes[0] ?? 0] ?? 'RFU' }),
);

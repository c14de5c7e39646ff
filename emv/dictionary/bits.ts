/** One named bit of a bit string. Bytes count from 1, bits from 8 (0x80) to 1, as in the standards. */
export interface BitName {
  readonly byte: number;
  readonly bit: number;
  readonly name: string;
}

type BitRow = readonly [byte: number, bit: number, name: string];

const names = (...rows: readonly BitRow[]): readonly BitName[] =>
  rows.map(([byte, bit, name]) => ({ byte, bit, name }));

/** 82 (EMV Book 3, annex C1; byte 2 bit 8: JR/T 0025.12-2013 §6.5.4). */
const AIP = names(
  [1, 7, 'SDA supported'],
  [1, 6, 'DDA supported'],
  [1, 5, 'Cardholder verification is supported'],
  [1, 4, 'Terminal risk management is to be performed'],
  [1, 3, 'Issuer authentication is supported'],
  [1, 1, 'CDA supported'],
  [2, 8, 'Contactless PBOC debit/credit selected'],
);

/** 95 (EMV Book 3, annex C5), each bit under the word by which the rules of debit/credit set it. */
export const TVR_BITS = {
  'offline-data-authentication-not-performed': [1, 8, 'Offline data authentication was not performed'],
  'sda-failed': [1, 7, 'SDA failed'],
  'icc-data-missing': [1, 6, 'ICC data missing'],
  'card-on-exception-file': [1, 5, 'Card appears on terminal exception file'],
  'dda-failed': [1, 4, 'DDA failed'],
  'cda-failed': [1, 3, 'CDA failed'],
  'sda-selected': [1, 2, 'SDA selected'],
  'different-application-versions': [2, 8, 'ICC and terminal have different application versions'],
  'expired-application': [2, 7, 'Expired application'],
  'application-not-yet-effective': [2, 6, 'Application not yet effective'],
  'service-not-allowed': [2, 5, 'Requested service not allowed for card product'],
  'new-card': [2, 4, 'New card'],
  'cardholder-verification-not-successful': [3, 8, 'Cardholder verification was not successful'],
  'unrecognised-cvm': [3, 7, 'Unrecognised CVM'],
  'pin-try-limit-exceeded': [3, 6, 'PIN Try Limit exceeded'],
  'pin-pad-not-present-or-not-working': [3, 5, 'PIN entry required and PIN pad not present or not working'],
  'pin-not-entered': [3, 4, 'PIN entry required, PIN pad present, but PIN was not entered'],
  'online-pin-entered': [3, 3, 'Online PIN entered'],
  'floor-limit-exceeded': [4, 8, 'Transaction exceeds floor limit'],
  'lower-consecutive-offline-limit-exceeded': [4, 7, 'Lower consecutive offline limit exceeded'],
  'upper-consecutive-offline-limit-exceeded': [4, 6, 'Upper consecutive offline limit exceeded'],
  'selected-randomly': [4, 5, 'Transaction selected randomly for online processing'],
  'merchant-forced-online': [4, 4, 'Merchant forced transaction online'],
  'default-tdol-used': [5, 8, 'Default TDOL used'],
  'issuer-authentication-failed': [5, 7, 'Issuer authentication failed'],
  'script-failed-before-final-generate-ac': [5, 6, 'Script processing failed before final GENERATE AC'],
  'script-failed-after-final-generate-ac': [5, 5, 'Script processing failed after final GENERATE AC'],
} as const satisfies Readonly<Record<string, BitRow>>;

/** 9B (EMV Book 3, annex C6). */
export const TSI_BITS = {
  'offline-data-authentication-performed': [1, 8, 'Offline data authentication was performed'],
  'cardholder-verification-performed': [1, 7, 'Cardholder verification was performed'],
  'card-risk-management-performed': [1, 6, 'Card risk management was performed'],
  'issuer-authentication-performed': [1, 5, 'Issuer authentication was performed'],
  'terminal-risk-management-performed': [1, 4, 'Terminal risk management was performed'],
  'script-processing-performed': [1, 3, 'Script processing was performed'],
} as const satisfies Readonly<Record<string, BitRow>>;

/** 9F66 as PBOC uses it; other schemes give the free bits other meanings. */
const TTQ = names(
  [1, 7, 'Contactless PBOC debit/credit supported'],
  [1, 6, 'qPBOC supported'],
  [1, 5, 'Contact PBOC supported'],
  [1, 4, 'Offline-only terminal'],
  [1, 3, 'Online PIN supported'],
  [1, 2, 'Signature supported'],
  [2, 8, 'Online cryptogram required'],
  [2, 7, 'CVM required'],
  [4, 8, 'fDDA version 01 supported'],
);

/** 9F6C. Byte 1, bits 4 to 1 and byte 2 are not confirmed for PBOC: they carry the meaning of the tag's origin. */
const CTQ = names(
  [1, 8, 'Online PIN required'],
  [1, 7, 'Signature required'],
  [1, 6, 'Go online if offline data authentication fails and the reader is online capable'],
  [1, 5, 'Switch interface if offline data authentication fails and the reader has a contact interface'],
  [1, 4, 'Go online if the application has expired'],
  [1, 3, 'Switch interface for cash transactions'],
  [1, 2, 'Switch interface for cashback transactions'],
  [1, 1, 'Not valid at contactless ATMs'],
  [2, 8, 'Consumer device CVM performed'],
  [2, 7, 'Issuer update processing supported at the point of sale'],
);

/** 9F07 (EMV Book 3, annex C2). */
const AUC = names(
  [1, 8, 'Valid for domestic cash transactions'],
  [1, 7, 'Valid for international cash transactions'],
  [1, 6, 'Valid for domestic goods'],
  [1, 5, 'Valid for international goods'],
  [1, 4, 'Valid for domestic services'],
  [1, 3, 'Valid for international services'],
  [1, 2, 'Valid at ATMs'],
  [1, 1, 'Valid at terminals other than ATMs'],
  [2, 8, 'Domestic cashback allowed'],
  [2, 7, 'International cashback allowed'],
);

/** 9F33 (EMV Book 4, annex A2; byte 2 bit 1: PBOC). */
const TERMINAL_CAPABILITIES = names(
  [1, 8, 'Manual key entry'],
  [1, 7, 'Magnetic stripe'],
  [1, 6, 'IC with contacts'],
  [2, 8, 'Plaintext PIN for ICC verification'],
  [2, 7, 'Enciphered PIN for online verification'],
  [2, 6, 'Signature (paper)'],
  [2, 5, 'Enciphered PIN for offline verification'],
  [2, 4, 'No CVM required'],
  [2, 1, 'Cardholder identification document'],
  [3, 8, 'SDA'],
  [3, 7, 'DDA'],
  [3, 6, 'Card capture'],
  [3, 4, 'CDA'],
);

/** 9F40 (EMV Book 4, annex A3). */
const ADDITIONAL_CAPABILITIES = names(
  [1, 8, 'Cash'],
  [1, 7, 'Goods'],
  [1, 6, 'Services'],
  [1, 5, 'Cashback'],
  [1, 4, 'Inquiry'],
  [1, 3, 'Transfer'],
  [1, 2, 'Payment'],
  [1, 1, 'Administrative'],
  [2, 8, 'Cash deposit'],
  [3, 8, 'Numeric keys'],
  [3, 7, 'Alphabetic and special character keys'],
  [3, 6, 'Command keys'],
  [3, 5, 'Function keys'],
  [4, 8, 'Print, attendant'],
  [4, 7, 'Print, cardholder'],
  [4, 6, 'Display, attendant'],
  [4, 5, 'Display, cardholder'],
  [4, 2, 'Code table 10'],
  [4, 1, 'Code table 9'],
  [5, 8, 'Code table 8'],
  [5, 7, 'Code table 7'],
  [5, 6, 'Code table 6'],
  [5, 5, 'Code table 5'],
  [5, 4, 'Code table 4'],
  [5, 3, 'Code table 3'],
  [5, 2, 'Code table 2'],
  [5, 1, 'Code table 1'],
);

const TVR = names(...Object.values(TVR_BITS));

/** Action codes have the bits of the TVR (EMV Book 3, §10.7). */
const TABLES: ReadonlyMap<number, readonly BitName[]> = new Map([
  [0x82, AIP],
  [0x95, TVR],
  [0x9b, names(...Object.values(TSI_BITS))],
  [0x9f07, AUC],
  [0x9f0d, TVR],
  [0x9f0e, TVR],
  [0x9f0f, TVR],
  [0x9f33, TERMINAL_CAPABILITIES],
  [0x9f40, ADDITIONAL_CAPABILITIES],
  [0x9f66, TTQ],
  [0x9f6c, CTQ],
]);

/**
 * The named bits of AIP (82), TVR (95), TSI (9B), AUC (9F07), action codes (9F0D, 9F0E, 9F0F), terminal capabilities (9F33,
 * 9F40), TTQ (9F66) or CTQ (9F6C); undefined for any other tag.
 */
export function bitNames(tag: number): readonly BitName[] | undefined {
  return TABLES.get(tag);
}

/** Is this bit set? A byte that is not there has no bit set. */
export function isBitSet(value: Uint8Array, byte: number, bit: number): boolean {
  return ((value[byte - 1] ?? 0) & (1 << (bit - 1))) !== 0;
}

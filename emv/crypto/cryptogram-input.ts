/**
 * Everything an application cryptogram covers, as the card saw it (JR/T 0025.5 and JR/T 0025.12 annex E).
 * Raw values of the named tags, without tag and length.
 */
export interface CryptogramInput {
  /** 9F02, 6 bytes n12, fen. */
  readonly amountAuthorised: Uint8Array;
  /** 9F03, 6 bytes n12, fen. */
  readonly amountOther: Uint8Array;
  /** 9F1A, 2 bytes n3. */
  readonly terminalCountryCode: Uint8Array;
  /** 95, 5 bytes. */
  readonly tvr: Uint8Array;
  /** 5F2A, 2 bytes n3. */
  readonly currencyCode: Uint8Array;
  /** 9A, 3 bytes YYMMDD. */
  readonly transactionDate: Uint8Array;
  /** 9C, 1 byte. */
  readonly transactionType: Uint8Array;
  /** 9F37, 4 bytes. */
  readonly unpredictableNumber: Uint8Array;
  /** 82, 2 bytes. */
  readonly aip: Uint8Array;
  /** 9F36, 2 bytes. */
  readonly atc: Uint8Array;
  /** 9F10, up to 32 bytes. */
  readonly issuerApplicationData: Uint8Array;
}

import type { CardRecord } from '../card-record.ts';
import type { DynamicSigner } from '../dynamic-signature.ts';

/** Full debit/credit of one application (JR/T 0025.5), as its issuer wrote it. */
export interface DebitCreditProfile {
  /** AIP and certificates differ by interface: over the contactless one AIP byte 2 bit 8 is set, and signed. */
  readonly files: { readonly contact: ApplicationFiles; readonly contactless: ApplicationFiles };
  /** 8C and 8D. */
  readonly cdol1: Uint8Array;
  readonly cdol2: Uint8Array;
  /** How GPO, INTERNAL AUTHENTICATE and GENERATE AC answer; a CDA answer is always 77. */
  readonly format: 0x77 | 0x80;
  readonly dda: boolean;
  readonly cda: boolean;
  /** Does it hold electronic cash (JR/T 0025.13), paid where the terminal says 9F7A = 01? */
  readonly electronicCash: boolean;
  /** How the issuer proves itself: EXTERNAL AUTHENTICATE, 91 among the values of CDOL2, or not at all. */
  readonly issuerAuthentication: 'external-authenticate' | 'cdol2' | 'none';
  /** Makes 9F4B for DDA and CDA. */
  readonly sign: DynamicSigner;
  /** The key that PINs are enciphered for: its own, or the card's; undefined when there is none. */
  readonly pinKey: PinKey | undefined;
  /** Digits, as issued. */
  readonly pin: string;
  /** What 9F17 is set to by a right PIN and by PIN UNBLOCK. */
  readonly pinTryLimit: number;
  /** The card's key for confidential script data, 16 bytes. */
  readonly encKey: Uint8Array;
  /** 5F28, 2 bytes. */
  readonly country: Uint8Array;
  /** What GET DATA gives and PUT DATA writes beside balance and limits, by tag: 9F52 9F53 9F54 9F56 9F58 9F59 9F5C. */
  readonly data: ReadonlyMap<number, Uint8Array>;
  readonly issued: {
    /** Never online before: 9F13 is 0. */
    readonly newCard: boolean;
    readonly pinTries: number;
  };
}

/** The application as one interface shows it. */
interface ApplicationFiles {
  /** 9F38; undefined: the card asks for nothing. Over the contactless interface the application's own PDOL is used. */
  readonly pdol: Uint8Array | undefined;
  /** 82, 2 bytes. */
  readonly aip: Uint8Array;
  /** 94 of an ordinary transaction, and of one with electronic cash: that one names the record with 9F74. */
  readonly afl: Uint8Array;
  readonly electronicCashAfl: Uint8Array;
  readonly records: readonly CardRecord[];
}

/** An RSA key that the card deciphers with. */
interface PinKey {
  /** Bytes of the modulus. */
  readonly length: number;
  /** Undefined when the block is none for this key. */
  decipher(block: Uint8Array): Uint8Array | undefined;
}

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
  /** How it proves itself to a terminal that says nothing of SM. */
  readonly algorithms: DebitCreditAlgorithms;
  /** How it does when the terminal supports SM (DF69 = 01); absent in a card that does not know SM. */
  readonly smAlgorithms?: DebitCreditAlgorithms;
  /** Digits, as issued. */
  readonly pin: string;
  /** What 9F17 is set to by a right PIN and by PIN UNBLOCK. */
  readonly pinTryLimit: number;
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

/** What one set of algorithms has for full debit/credit, beside its cryptogram. */
export interface DebitCreditAlgorithms {
  /** Makes 9F4B for DDA and CDA. */
  readonly sign: DynamicSigner;
  /** The key that PINs are enciphered for: its own, or the card's; undefined when there is none, as always under SM. */
  readonly pinKey: PinKey | undefined;
  /** The card's key for confidential script data, 16 bytes. */
  readonly encKey: Uint8Array;
}

/** The application as one interface shows it. */
export interface ApplicationFiles {
  /** 9F38; undefined: the card asks for nothing. Over the contactless interface the application's own PDOL is used. */
  readonly pdol: Uint8Array | undefined;
  /** 82, 2 bytes. */
  readonly aip: Uint8Array;
  /** Of both chains, where the card knows SM. */
  readonly records: readonly CardRecord[];
  readonly locators: FileLocators;
  /** Under SM: they name the SM2 chain in place of the RSA one. */
  readonly smLocators?: FileLocators;
}

interface FileLocators {
  /** 94 of an ordinary transaction. */
  readonly afl: Uint8Array;
  /** 94 of one with electronic cash: it names the record with 9F74. */
  readonly electronicCashAfl: Uint8Array;
}

/** An RSA key that the card deciphers with. */
interface PinKey {
  /** Bytes of the modulus. */
  readonly length: number;
  /** Undefined when the block is none for this key. */
  decipher(block: Uint8Array): Uint8Array | undefined;
}

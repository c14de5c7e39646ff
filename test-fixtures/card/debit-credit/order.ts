import type { TestCaName, TestKey, TestKeyName } from '../../pki/index.ts';
import type { DynamicSigner } from '../dynamic-signature.ts';
import type { DebitCreditProfile } from './profile.ts';

/** What full debit/credit is made from. What is left out is as in an ordinary card of the scheme. Data objects in hex. */
export interface DebitCreditOrder {
  /** SDA and DDA. A card with `cda` needs `dda` too; none at all is allowed. */
  readonly authentication?: readonly ('sda' | 'dda' | 'cda')[];
  /** Template of the answers: 77. */
  readonly format?: 0x77 | 0x80;
  /** 9F38 over the contacts: `9F7A01 9F0206 5F2A02` with electronic cash, none without; `DF6901` behind it in a card that knows SM. */
  readonly pdol?: string;
  readonly cdol1?: string;
  readonly cdol2?: string;
  readonly electronicCash?: boolean;
  /** EXTERNAL AUTHENTICATE. `cdol2` puts 91 (10 bytes) into the CDOL2. */
  readonly issuerAuthentication?: DebitCreditProfile['issuerAuthentication'];
  /** 8E; empty: the card asks for no cardholder verification. Online PIN, signature, none. */
  readonly cvmList?: string;
  /** Digits; 123456. */
  readonly pin?: string;
  /** 3. */
  readonly pinTryLimit?: number;
  /** Tries left at issue; the limit. 0: the PIN is blocked. */
  readonly pinTries?: number;
  /** Who deciphers PINs: the card's key, or one of its own with a certificate (9F2D); `none`. */
  readonly pinKey?: 'card' | 'none' | TestKeyName;
  /** 9F0E, 9F0D, 9F0F. */
  readonly issuerActionCodes?: { readonly denial?: string; readonly default?: string; readonly online?: string };
  /** Never online before, with ATC 0. */
  readonly newCard?: boolean;
  /** 9F52 9F53 9F54 9F56 9F58 9F59 9F5C; what is not named is not on the card, and not checked. */
  readonly data?: Readonly<Record<string, string>>;
  /** More data objects for the records: 9F14, 9F23 …; an empty value takes one away that would be there. */
  readonly records?: Readonly<Record<string, string>>;
  /** Certificate and SDA signature are over other static data than the card shows. */
  readonly forgedStaticData?: boolean;
}

/** What the application around it already knows. */
export interface CardFacts {
  readonly pan: string;
  readonly panSequence: number;
  readonly expiry: string;
  readonly applicationVersion: string;
  readonly chain: { readonly ca: TestCaName; readonly issuer: TestKeyName; readonly card: TestKeyName };
  readonly forger: ((certified: TestKey) => DynamicSigner) | undefined;
  /** Cards' keys for confidential script data; that for SM4 in a card that knows SM alone. */
  readonly encKey: Uint8Array;
  readonly smEncKey: Uint8Array | undefined;
}

import type { CardRecord, RecordPlace } from './card-record.ts';
import type { DebitCreditProfile } from './debit-credit/profile.ts';
import type { DynamicSigner } from './dynamic-signature.ts';
import type { CardAlgorithm } from './keys.ts';

export type { CardRecord } from './card-record.ts';

/** What was written into one application of a chip at personalisation. It never changes afterwards. */
export interface ApplicationProfile {
  /** 4F and 84, 5 to 16 bytes. */
  readonly aid: Uint8Array;
  /** 50, at most 16 characters of ASCII. */
  readonly label: string;
  /** 87, low nibble: 1 comes first. */
  readonly priority: number;
  /** 9F38. */
  readonly pdol: Uint8Array;
  /** 82, 2 bytes. */
  readonly aip: Uint8Array;
  /** 57, 19 bytes at most. */
  readonly track2: Uint8Array;
  /** 5F34, 1 byte. */
  readonly panSequence: Uint8Array;
  /** 94 of an offline approval. Its last record is the one whose reading takes the money. */
  readonly afl: Uint8Array;
  /** The records that are the same in every transaction. */
  readonly records: readonly CardRecord[];
  readonly dynamic: DynamicProfile;
  readonly cryptogram: CryptogramProfile;
  readonly risk: RiskProfile;
  /** GET DATA 9F79 and 9F5D, and 9F5D beside the cryptogram. */
  readonly showsBalance: boolean;
  /** Blocked by its issuer: SELECT warns with 6283, GPO is refused. */
  readonly blocked: boolean;
  /** n12 in fen, and the ATC, as the card leaves the issuer. */
  readonly issued: { readonly balance: number; readonly atc: number };
  /** Full debit/credit, over the contacts and over the contactless interface; a card without it knows qPBOC alone. */
  readonly debitCredit?: DebitCreditProfile;
}

/** How the card proves at every payment that it is no copy (fDDA, JR/T 0025.12 annex B). */
export interface DynamicProfile {
  readonly sign: DynamicSigner;
  /** The highest fDDA version the card knows. */
  readonly version: 0 | 1;
  /** Where 9F4B goes: beside the cryptogram, or into a record of the AFL (that record may be the last one). */
  readonly signatureIn: 'answer' | RecordPlace;
}

export interface CryptogramProfile {
  readonly algorithm: CardAlgorithm;
  /** Cryptogram version number. */
  readonly version: 1 | 17;
  /** Derivation key index, second byte of 9F10. */
  readonly keyIndex: number;
  /** The card's key for cryptograms, 16 bytes. */
  readonly acKey: Uint8Array;
  /** The card's key for MACs, 16 bytes. */
  readonly macKey: Uint8Array;
  /** Does 9F10 end with the balance and its MAC (issuer discretionary data of type 01)? */
  readonly withBalance: boolean;
}

export interface RiskProfile {
  /** 9F51, 2 bytes. */
  readonly currency: Uint8Array;
  /** 9F6B in fen: above it the cardholder must be verified. */
  readonly cvmLimit: number;
  /** 9F78 in fen: above it the card does not pay from its chip. */
  readonly singleLimit: number;
  /** 9F77 in fen. */
  readonly balanceLimit: number;
  /** 9F6D in fen. */
  readonly resetThreshold: number;
  readonly methods: { readonly onlinePin: boolean; readonly signature: boolean };
  /** 9F6C, 2 bytes, without the bits for PIN and signature, which the card sets itself. */
  readonly ctq: number;
  /** `online`: never pays from its chip. `decline`: refuses everything. */
  readonly policy: 'offline' | 'online' | 'decline';
}

/** A whole chip, as one of its interfaces shows it. */
export interface CardProfile {
  /** Which interface the reader uses; the ATR follows it. Over the contacts a card never does qPBOC. */
  readonly interface: 'contactless' | 'contact';
  /** Does it list its applications under the PSE, record by record in SFI 1? */
  readonly pse: boolean;
  /** Does it list its applications under the PPSE? */
  readonly ppse: boolean;
  /** A blocked card answers every SELECT with 6A81. */
  readonly blocked: boolean;
  /** In the order in which partial selection finds them. */
  readonly applications: readonly ApplicationProfile[];
  /** `contactless`, `t1`: an answer comes whole. `t0`: with 61xx and 6Cxx, as over the contacts. */
  readonly manners: 'contactless' | 't1' | 't0';
}

/** 9F38 as this interface of the chip shows it; undefined: the application asks for nothing. */
export function pdolOf(chip: CardProfile, application: ApplicationProfile): Uint8Array | undefined {
  return chip.interface === 'contact' ? application.debitCredit?.files.contact.pdol : application.pdol;
}

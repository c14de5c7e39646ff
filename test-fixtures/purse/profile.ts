import { derivedKey } from './cipher.ts';

/** The three master keys of a test scheme, 16 bytes each. */
export interface PurseMasterKeys {
  readonly purchase: Uint8Array;
  readonly load: Uint8Array;
  readonly tac: Uint8Array;
}

/** What makers do differently, or wrong. */
export interface PurseQuirks {
  /** MAC2 that no PSAM takes. */
  readonly wrongMac2?: boolean;
  /** GET TRANSACTION PROVE gives the codes of the transaction before, whatever number it is asked for. */
  readonly staleProof?: boolean;
  /** 6D00 to GET TRANSACTION PROVE. */
  readonly noProof?: boolean;
  /** Gives its codes and keeps its money. */
  readonly keepsBalance?: boolean;
  /** Takes more than it was asked for, fen. */
  readonly overcharges?: number;
  /** Its offline number never rises. */
  readonly stuckNumber?: boolean;
  /** Keeps no log. */
  readonly noLog?: boolean;
  /** Pays, and answers DEBIT with this word alone. */
  readonly debitsAndSays?: number;
  /** Pays, and answers DEBIT with this many bytes of data. */
  readonly debitLength?: number;
  /** Answers as over the contacts: 6Cxx to another Le than there is, 61xx before data that belong to a command with data. */
  readonly contacts?: boolean;
}

export interface PurseProfile {
  /** What is selected, one inside the other. */
  readonly names: readonly Uint8Array[];
  /** 30 bytes. */
  readonly file15: Uint8Array;
  readonly kind: 'ed' | 'ep';
  readonly interface: 'contactless' | 'contact';
  readonly keyIndex: number;
  readonly keyVersion: number;
  readonly purchaseKey: Uint8Array;
  readonly loadKey: Uint8Array;
  readonly tacKey: Uint8Array;
  /** Packed digits, filled with F. */
  readonly pin: Uint8Array;
  readonly balance: number;
  readonly offline: number;
  readonly online: number;
  readonly quirks: PurseQuirks;
}

/** A purse as its issuer hands it out. `file15`: whose serial number the keys are derived by. */
export function personalisePurse(
  order: Pick<PurseProfile, 'names' | 'file15' | 'pin' | 'balance'> &
    Partial<Pick<PurseProfile, 'kind' | 'interface' | 'offline' | 'online' | 'quirks' | 'keyVersion'>> & {
      readonly masterKeys: PurseMasterKeys;
    },
): PurseProfile {
  const { masterKeys, ...rest } = order;
  const x = order.file15.slice(12, 20);
  return {
    kind: 'ep',
    interface: 'contactless',
    offline: 0,
    online: 0,
    keyIndex: 1,
    keyVersion: 1,
    quirks: {},
    ...rest,
    purchaseKey: derivedKey(masterKeys.purchase, x),
    loadKey: derivedKey(masterKeys.load, x),
    tacKey: derivedKey(masterKeys.tac, x),
  };
}

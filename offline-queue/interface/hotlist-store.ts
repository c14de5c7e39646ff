import type { HotlistDebt } from '../../clearing/contract/record/index.ts';

export interface HotlistStore {
  /** By card token, 64 hex digits. */
  contains(token: string): boolean;
  /** What the card owes. */
  debts(token: string): readonly HotlistDebt[];
  /** `hash` names the list, where the host gave it a name; `debts`: how many are open, if any. */
  status(): { version: number; hash?: string; updatedAt?: string; entries: number; debts?: number };
  /** Applies a change or, with `full`, replaces the list; in one transaction, so it is for small ones. */
  apply(change: {
    version: number;
    full: boolean;
    add: readonly string[];
    remove: readonly string[];
    at: string;
  }): void;
  /** The host has said that the list is still the newest. */
  confirmed(at: string): void;
  /** A list or a change that is still arriving. It holds only once it is adopted. */
  arriving(): ArrivingHotlist | undefined;
  /** Lays a part aside. One without `after` begins anew; any other follows what has arrived. */
  stage(part: HotlistPart): void;
  /**
   * What has arrived as a whole holds from now on. `wrong-count`: it does not come to the cards that the host says; nothing has
   * changed then.
   */
  adopt(): 'adopted' | 'wrong-count';
  /** Forgets what has arrived. */
  discard(): void;
  /** One short step of clearing up behind an adopted list; false when there is nothing to do. */
  tidy(): boolean;
}

/** Of a list that is arriving. */
export interface ArrivingHotlist {
  readonly from: number;
  readonly to: number;
  readonly full: boolean;
  readonly hash?: string;
  /** Everything up to this token has arrived. */
  readonly through?: string;
  readonly complete: boolean;
  /** How much has arrived. */
  readonly rows: number;
}

/** A part of a change from one version to another: what it says of the tokens behind `after` up to `through`. */
export interface HotlistPart {
  readonly from: number;
  readonly to: number;
  readonly full: boolean;
  readonly hash?: string;
  /** Cards on the list at `to`. */
  readonly expected?: number;
  /** RFC 3339: when the host was asked. That of the first part is the moment of the list. */
  readonly at: string;
  readonly after?: string;
  /** Absent: it is the last part. */
  readonly through?: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
  readonly debts: readonly HotlistDebt[];
}

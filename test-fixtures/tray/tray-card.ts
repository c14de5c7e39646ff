import type { ApplicationOrder, CardProfile } from '../card/index.ts';
import type { PurseQuirks } from '../purse/index.ts';

/** The same text in Chinese and in English. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** The account behind an application, at the centre, as the centre begins. */
interface AccountOrder {
  readonly balanceMinor: number;
  readonly hotlisted?: boolean;
}

/** What a person is told of a card. */
export interface Told {
  readonly id: string;
  readonly title: Bilingual;
  /** What to expect of it, in plain words. */
  readonly story: Bilingual;
}

/** One card of the tray, as data. */
export interface TrayCard extends Told {
  /** In the order in which the chip lists them. A card of another scheme has no account at the centre. */
  readonly applications: readonly (Omit<ApplicationOrder, 'masterKeys'> & { readonly account?: AccountOrder })[];
  readonly chip?: Partial<Pick<CardProfile, 'interface' | 'pse' | 'ppse' | 'blocked' | 'manners'>>;
}

/** A purse (ED or EP) of the tray, likewise. */
export interface TrayPurse extends Told {
  readonly kind?: 'ed' | 'ep';
  /** 20 digits. */
  readonly serial: string;
  readonly balance: number;
  readonly account: AccountOrder;
  readonly interface?: 'contact';
  readonly quirks?: PurseQuirks;
}

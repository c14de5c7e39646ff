import type { ApplicationOrder, CardProfile } from '../card/index.ts';

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

/** One card of the tray, as data. */
export interface TrayCard {
  readonly id: string;
  readonly title: Bilingual;
  /** What to expect of it, in plain words. */
  readonly story: Bilingual;
  /** In the order in which the chip lists them. A card of another scheme has no account at the centre. */
  readonly applications: readonly (Omit<ApplicationOrder, 'masterKeys'> & { readonly account?: AccountOrder })[];
  readonly chip?: Partial<Pick<CardProfile, 'interface' | 'pse' | 'ppse' | 'blocked' | 'manners'>>;
}

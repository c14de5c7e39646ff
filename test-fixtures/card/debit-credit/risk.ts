import { equalBytes } from '../../../emv/values/index.ts';
import { limitsNow } from '../limits.ts';
import type { Cryptogram } from './cvr.ts';
import { amountLimit, countLimit, dataObject } from './data-objects.ts';
import type { Here } from './here.ts';

/** What the terminal wants a cryptogram for. */
export interface Wanted {
  readonly cryptogram: Cryptogram;
  /** 9F02 in fen. */
  readonly amount: number;
  /** 5F2A. */
  readonly currency: Uint8Array;
}

/**
 * 9F52, application default action, as this card reads it. From memory of JR/T 0025.5: the sheet of facts has only the
 * example 6010.
 */
const ADA = {
  issuerAuthenticationFailedGoOnlineNext: 0x8000,
  issuerAuthenticationFailedDecline: 0x4000,
  issuerAuthenticationMissingDecline: 0x2000,
  newCardGoOnline: 0x0200,
  newCardDeclineOffline: 0x0100,
  pinTriesExceededBlock: 0x0080,
  pinTriesExceededBeforeDecline: 0x0040,
  pinTriesExceededBeforeGoOnline: 0x0020,
  pinTriesExceededBeforeDeclineOffline: 0x0010,
  scriptFailedGoOnline: 0x0008,
} as const;

/** Does the issuer want this of its card? */
export function defaultAction({ profile, memory }: Here, action: keyof typeof ADA): boolean {
  const [first = 0, second = 0] = dataObject(profile, memory, 0x9f52) ?? [];
  return (((first << 8) | second) & ADA[action]) !== 0;
}

/** What card risk management makes of the first GENERATE AC. */
interface FirstDecision {
  readonly cryptogram: Cryptogram;
  /** The chip pays it. */
  readonly electronicCash: boolean;
  readonly velocityExceeded: boolean;
}

/** Card risk management at the first GENERATE AC (JR/T 0025.5). The answer is never higher than what was wanted. */
export function decideFirst(here: Here, wanted: Wanted, electronicCash: boolean): FirstDecision {
  const velocityExceeded = !electronicCash && exceeds(here, wanted, LOWER_LIMITS);
  const settled = (cryptogram: Cryptogram): FirstDecision => ({
    cryptogram,
    electronicCash: electronicCash && cryptogram === 'tc',
    velocityExceeded,
  });
  if (wanted.cryptogram === 'aac' || here.memory.blocked || here.moment.card.blocked === true) return settled('aac');
  const noTriesLeft = here.stored.pinTries === 0;
  if (noTriesLeft && defaultAction(here, 'pinTriesExceededBeforeDecline')) return settled('aac');
  if (wanted.cryptogram === 'arqc' || velocityExceeded || mustGoOnline(here)) return settled('arqc');
  return settled(electronicCash && !chipMayPay(here, wanted.amount) ? 'arqc' : 'tc');
}

function mustGoOnline(here: Here): boolean {
  const { memory, stored } = here;
  const reasons = [
    memory.onlineNotCompleted,
    memory.issuerAuthenticationFailed && defaultAction(here, 'issuerAuthenticationFailedGoOnlineNext'),
    memory.lastOnlineAtc === 0 && defaultAction(here, 'newCardGoOnline'),
    stored.pinTries === 0 && defaultAction(here, 'pinTriesExceededBeforeGoOnline'),
    memory.scriptFailed && defaultAction(here, 'scriptFailedGoOnline'),
  ];
  return reasons.includes(true);
}

function chipMayPay({ application, stored }: Here, amount: number): boolean {
  return amount > 0 && amount <= stored.balance && amount <= limitsNow(application, stored).singleLimit;
}

/** May it approve offline now that the host could not be asked? */
export function mayApproveUnasked(here: Here, wanted: Wanted): boolean {
  const { memory, stored } = here;
  return ![
    upperLimitsExceeded(here, wanted),
    memory.lastOnlineAtc === 0 && defaultAction(here, 'newCardDeclineOffline'),
    stored.pinTries === 0 && defaultAction(here, 'pinTriesExceededBeforeDeclineOffline'),
  ].includes(true);
}

/** Consecutive transactions offline, abroad, and their amount: what sends the card online, and what stops it. */
const LOWER_LIMITS = { count: 0x9f58, abroad: 0x9f53, amount: 0x9f54 } as const;
const UPPER_LIMITS = { count: 0x9f59, abroad: undefined, amount: 0x9f5c } as const;

/** Too many or too much offline to go on so without the host. */
export const upperLimitsExceeded = (here: Here, wanted: Wanted): boolean => exceeds(here, wanted, UPPER_LIMITS);

function exceeds(
  here: Here,
  wanted: Wanted,
  tags: { count: number; abroad: number | undefined; amount: number },
): boolean {
  const { profile, memory, stored } = here;
  const over = (value: number, limit: number | undefined): boolean => limit !== undefined && value > limit;
  const home = isHome(here, wanted);
  return (
    over(stored.atc - memory.lastOnlineAtc, countLimit(profile, memory, tags.count)) ||
    (tags.abroad !== undefined && !home && over(memory.offlineAbroad + 1, countLimit(profile, memory, tags.abroad))) ||
    (home && over(memory.offlineAmount + wanted.amount, amountLimit(profile, memory, tags.amount)))
  );
}

/** In the card's own currency (9F51)? */
const isHome = ({ application }: Here, { currency }: Wanted): boolean =>
  equalBytes(currency, application.risk.currency);

/** The counters after an approval that nobody online has seen. */
export function countedOffline(here: Here, wanted: Wanted): { offlineAmount: number; offlineAbroad: number } {
  const { offlineAmount, offlineAbroad } = here.memory;
  return isHome(here, wanted)
    ? { offlineAmount: offlineAmount + wanted.amount, offlineAbroad }
    : { offlineAmount, offlineAbroad: offlineAbroad + 1 };
}

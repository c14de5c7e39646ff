import { type Fen, fen } from '../../emv/values/index.ts';
import { type DaySpending, dayRoom } from './day-breaker.ts';
import type { OfflinePolicy, StalenessStep } from './policy.ts';

/** What the terminal knows of itself at the moment of a tap. */
export interface OfflineFacts {
  readonly clock: 'trusted' | 'untrusted';
  /** Absent: the terminal never had one. */
  readonly hotlistAgeS?: number;
  readonly parametersAgeS?: number;
  readonly unacknowledgedSum: number;
  readonly unacknowledgedCount: number;
  /** Of the oldest; absent when there is none. */
  readonly unacknowledgedAgeS?: number;
  /** What the terminal has approved without the host today. */
  readonly today: DaySpending;
}

/**
 * A clock before the last record, before the hotlist was last confirmed or before the software was built is wrong (design 4.9).
 * All in epoch milliseconds.
 */
export function clockState(times: {
  now: number;
  builtAt: number;
  lastRecordAt?: number;
  hotlistConfirmedAt?: number;
}): 'trusted' | 'untrusted' {
  const { now, builtAt, lastRecordAt = 0, hotlistConfirmedAt = 0 } = times;
  return now < Math.max(builtAt, lastRecordAt, hotlistConfirmedAt) ? 'untrusted' : 'trusted';
}

function percentFor(steps: readonly StalenessStep[], ageS: number | undefined): number {
  if (ageS === undefined) return 0;
  return steps.find((step) => ageS <= step.upToS)?.percent ?? 0;
}

/** How much of a limit the age of hotlist and parameters leaves, 0 to 100; nothing under a clock that is wrong. */
export function percentLeft({ staleness }: OfflinePolicy, facts: OfflineFacts): number {
  if (facts.clock === 'untrusted') return 0;
  return Math.min(percentFor(staleness, facts.hotlistAgeS), percentFor(staleness, facts.parametersAgeS));
}

/** The same of a card's limits, which shrink with what waits for the centre as well. */
export function percentLeftOfCard(policy: OfflinePolicy, facts: OfflineFacts): number {
  const { maxUnacknowledgedSum, maxUnacknowledgedCount, fill } = policy;
  const filled = Math.max(
    part(facts.unacknowledgedSum, maxUnacknowledgedSum),
    part(facts.unacknowledgedCount, maxUnacknowledgedCount),
  );
  const byFill = fill.find((step) => filled * 100 <= step.upToPercent)?.percent ?? 0;
  return Math.min(percentLeft(policy, facts), byFill);
}

const part = (value: number, of: number): number => (value === 0 ? 0 : value / of);

/** What may still wait for the centre beside what does, fen. */
export function backlogRoom(policy: OfflinePolicy, facts: OfflineFacts): number {
  const isTooOld = (facts.unacknowledgedAgeS ?? 0) > policy.maxUnacknowledgedAgeS;
  if (isTooOld || facts.unacknowledgedCount >= policy.maxUnacknowledgedCount) return 0;
  return Math.max(0, policy.maxUnacknowledgedSum - facts.unacknowledgedSum);
}

/** The floor limit as age and backlog leave it, whatever was approved today. */
const standingFloor = (floor: Fen, policy: OfflinePolicy, facts: OfflineFacts): number =>
  Math.min(Math.floor((floor * percentLeft(policy, facts)) / 100), backlogRoom(policy, facts));

/**
 * The offline floor limit that holds now: the largest amount that may be approved without the host's word, 0 for none.
 * @param floor the limit of the parameters (DF19)
 */
export function effectiveFloor(floor: Fen, policy: OfflinePolicy, facts: OfflineFacts): Fen {
  return fen(Math.min(standingFloor(floor, policy, facts), dayRoom(policy.terminalDay, facts.today)));
}

export type Allowance<R extends string> =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly reason: R };

export type TerminalRefusal =
  | 'offline-limit'
  /** It might be approved, had the terminal not approved so much today: its breaker is open until the day ends. */
  | 'terminal-day-limit';

/** May this amount be approved offline, whoever's card it is? */
export function offlineDecision(
  amount: Fen,
  floor: Fen,
  policy: OfflinePolicy,
  facts: OfflineFacts,
): Allowance<TerminalRefusal> {
  if (amount === 0 || amount > standingFloor(floor, policy, facts)) return { kind: 'refused', reason: 'offline-limit' };
  if (amount > dayRoom(policy.terminalDay, facts.today)) return { kind: 'refused', reason: 'terminal-day-limit' };
  return { kind: 'allowed' };
}

import { type Fen, fen } from '../../emv/values/index.ts';

const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** How much of a floor limit is left when a list is so old. Beyond the last row nothing is (design 4.9). */
export interface StalenessStep {
  readonly upToS: number;
  readonly percent: number;
}

export const STALENESS: readonly StalenessStep[] = [
  { upToS: DAY_S, percent: 100 },
  { upToS: 3 * DAY_S, percent: 50 },
  { upToS: 10 * DAY_S, percent: 20 },
];

/** Bounds of what may be approved without the host's word. */
export interface OfflinePolicy {
  /** Sum of approved records that are not yet at the centre, fen. */
  readonly maxUnacknowledgedSum: Fen;
  readonly maxUnacknowledgedCount: number;
  readonly staleness: readonly StalenessStep[];
}

/** What the terminal knows of itself at the moment of a tap. */
export interface OfflineFacts {
  readonly clock: 'trusted' | 'untrusted';
  /** Absent: the terminal never had one. */
  readonly hotlistAgeS?: number;
  readonly parametersAgeS?: number;
  readonly unacknowledgedSum: number;
  readonly unacknowledgedCount: number;
}

/** A clock before the last record or before the software was built is wrong (design 4.9). All in epoch milliseconds. */
export function clockState(times: { now: number; builtAt: number; lastRecordAt?: number }): 'trusted' | 'untrusted' {
  const earliest = Math.max(times.builtAt, times.lastRecordAt ?? 0);
  return times.now < earliest ? 'untrusted' : 'trusted';
}

function percentFor(steps: readonly StalenessStep[], ageS: number | undefined): number {
  if (ageS === undefined) return 0;
  return steps.find((step) => ageS <= step.upToS)?.percent ?? 0;
}

/**
 * The offline floor limit that holds now: the largest amount that may be approved without the host's word, 0 for none.
 * @param floor the limit of the parameters (DF19)
 */
export function effectiveFloor(floor: Fen, policy: OfflinePolicy, facts: OfflineFacts): Fen {
  if (facts.clock === 'untrusted' || facts.unacknowledgedCount >= policy.maxUnacknowledgedCount) return fen(0);
  const percent = Math.min(
    percentFor(policy.staleness, facts.hotlistAgeS),
    percentFor(policy.staleness, facts.parametersAgeS),
  );
  const room = Math.max(0, policy.maxUnacknowledgedSum - facts.unacknowledgedSum);
  return fen(Math.min(Math.floor((floor * percent) / 100), room));
}

/** May this amount be approved offline under the floor that holds now? */
export function offlineDecision(
  amount: Fen,
  floor: Fen,
): { kind: 'allowed' } | { kind: 'refused'; reason: 'offline-limit' } {
  return amount > 0 && amount <= floor ? { kind: 'allowed' } : { kind: 'refused', reason: 'offline-limit' };
}

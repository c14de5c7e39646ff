import type { Queue } from '../offline-queue/index.ts';
import { type Clock, localDays } from './clock.ts';
import { floorLimitOf } from './payment/kernel-input.ts';
import type { Standing } from './payment/tools.ts';
import { present } from './present.ts';
import type { CardFacts } from './risk/card-limits.ts';
import { deferralDecision, deferralOffered, type TrustFacts } from './risk/deferral.ts';
import { offlineAllowance } from './risk/offline-allowance.ts';
import { clockState, effectiveFloor } from './risk/offline-limits.ts';
import { type OfflinePolicy, policyUnder } from './risk/policy.ts';
import type { Sync } from './sync/sync.ts';

/** Limits as the register sees them, fen; 0 while nothing can be sold. */
export interface Limits {
  /** Largest amount that is approved without the host now. */
  readonly floorMinor: number;
  /** From here on the cardholder is verified. */
  readonly cvmMinor: number;
  /** From here on a tap is refused. */
  readonly transactionMinor: number;
}

export interface StandingParts {
  readonly queue: Pick<Queue, 'identity' | 'records' | 'backlog' | 'hotlist' | 'spending'>;
  readonly sync: Pick<Sync, 'parameters' | 'hotlist' | 'reachability' | 'stopped'>;
  /** The installation's; the signed parameters may tighten it. */
  readonly policy: OfflinePolicy;
  readonly clock: Clock;
  readonly timeZone: string;
  /** When the software was built, epoch milliseconds. */
  readonly builtAt: number;
  /** Does the centre wait for money of this card? @param token card token, 64 hex digits */
  readonly hasOpenDebt: (token: string) => boolean;
}

/** How the terminal stands now: who it is, what it may do, how much of its limits is left. */
export function terminalStanding(parts: StandingParts): Standing & { limits(): Limits } {
  const { queue, sync, hasOpenDebt } = parts;
  const readiness = () => {
    const identity = queue.identity.get();
    const parameters = sync.parameters.current();
    return identity && parameters && { identity, parameters };
  };
  const policy = (): OfflinePolicy => {
    const bounds = policyUnder(parts.policy, sync.parameters.current()?.offlineRisk);
    // What a stopped terminal approved would have no place at the centre.
    return sync.stopped() ? { ...bounds, maxUnacknowledgedCount: 0 } : bounds;
  };
  const days = localDays(parts.timeZone);
  // As records and what is counted of them have it.
  const today = (): string => days(parts.clock.now());
  const facts = (): TrustFacts => factsOf(parts, today());
  const cardFacts = (token: string): CardFacts =>
    cardFactsOf(token, parts, { today: today(), waits: policy().cardIntervalS > 0 });

  return {
    readiness,
    clockState: () => clockOf(parts),
    hotlist: sync.hotlist.status,
    floorsNow() {
      const [bounds, now] = [policy(), facts()];
      return (floor) => effectiveFloor(floor, bounds, now);
    },
    offline: (amount, floor, token) =>
      offlineAllowance(amount, floor, policy(), facts(), token === undefined ? undefined : cardFacts(token)),
    deferralOffered: (amount) => deferralOffered(amount, policy(), facts()).kind === 'allowed',
    deferral(amount, { token, onlinePin }) {
      const known = { hotlisted: queue.hotlist.contains(token), openDebt: hasOpenDebt(token), onlinePin };
      return deferralDecision(amount, policy(), facts(), { ...cardFacts(token), ...known });
    },
    onlineCapable: () => sync.reachability().reachable,
    limits() {
      if (sync.stopped()) return { floorMinor: 0, cvmMinor: 0, transactionMinor: 0 };
      const applications = readiness()?.parameters.applications ?? [];
      return {
        floorMinor: effectiveFloor(floorLimitOf({ applications }), policy(), facts()),
        cvmMinor: lowest(applications.map(({ cvmLimitMinor }) => cvmLimitMinor)),
        transactionMinor: lowest(applications.map(({ transactionLimitMinor }) => transactionLimitMinor)),
      };
    },
  };
}

const secondsSince = (at: string, now: number): number => Math.floor((now - Date.parse(at)) / 1000);

function factsOf(parts: StandingParts, today: string): TrustFacts {
  const { queue, sync, clock } = parts;
  const { sumMinor, count, oldestAt, deferred } = queue.backlog();
  return present({
    clock: clockOf(parts),
    hotlistAgeS: sync.hotlist.status().ageS,
    parametersAgeS: sync.parameters.ageS(),
    unacknowledgedSum: sumMinor,
    unacknowledgedCount: count,
    unacknowledgedAgeS: oldestAt === undefined ? undefined : Math.max(0, secondsSince(oldestAt, clock.now())),
    today: queue.spending.ofTerminal(today),
    deferred,
  });
}

/** `waits`: there is an interval between two payments of a card, which no midnight ends. */
function cardFactsOf(
  token: string,
  { queue: { spending }, clock }: StandingParts,
  { today, waits }: { readonly today: string; readonly waits: boolean },
): CardFacts {
  const lastAt = waits ? spending.lastOf(today, token) : undefined;
  return present({
    today: spending.ofCard(today, token),
    sinceLastS: lastAt === undefined ? undefined : secondsSince(lastAt, clock.now()),
  });
}

function clockOf({ queue, clock, builtAt }: StandingParts): 'trusted' | 'untrusted' {
  const { updatedAt } = queue.hotlist.status();
  const hotlistConfirmedAt = updatedAt === undefined ? undefined : Date.parse(updatedAt);
  return clockState(present({ now: clock.now(), builtAt, lastRecordAt: lastRecordAt(queue), hotlistConfirmedAt }));
}

/** Epoch milliseconds of the newest record; undefined when there is none that can be read. */
function lastRecordAt({ identity, records }: StandingParts['queue']): number | undefined {
  if (identity.get() === undefined) return undefined;
  const newest = records.list({ limit: 1 });
  const last = 'items' in newest ? newest.items[0] : undefined;
  return last && Date.parse(last.record.at);
}

/** The lowest of the limits that there are; 0 when there is none. */
const lowest = (limits: readonly (number | undefined)[]): number => {
  const given = limits.filter((limit) => limit !== undefined);
  return given.length === 0 ? 0 : Math.min(...given);
};

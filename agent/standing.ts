import type { ParametersContent } from '../clearing/contract/index.ts';
import { type Fen, fen } from '../emv/values/index.ts';
import type { Queue } from '../offline-queue/index.ts';
import type { Clock } from './clock.ts';
import type { Standing } from './payment/tools.ts';
import { present } from './present.ts';
import { clockState, effectiveFloor, type OfflineFacts, type OfflinePolicy } from './risk/offline-limits.ts';
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
  readonly queue: Pick<Queue, 'identity' | 'records' | 'backlog'>;
  readonly sync: Pick<Sync, 'parameters' | 'hotlist' | 'reachability' | 'stopped'>;
  readonly policy: OfflinePolicy;
  readonly clock: Clock;
  /** When the software was built, epoch milliseconds. */
  readonly builtAt: number;
}

/** How the terminal stands now: who it is, what it may do, how much of its limits is left. */
export function terminalStanding(parts: StandingParts): Standing & { limits(): Limits } {
  const { queue, sync, policy, clock, builtAt } = parts;

  const currentClock = (): 'trusted' | 'untrusted' =>
    clockState(present({ now: clock.now(), builtAt, lastRecordAt: lastRecordAt(queue) }));

  const facts = (): OfflineFacts => {
    const { sumMinor, count } = queue.backlog();
    return present({
      clock: currentClock(),
      hotlistAgeS: sync.hotlist.status().ageS,
      parametersAgeS: sync.parameters.ageS(),
      unacknowledgedSum: sumMinor,
      unacknowledgedCount: count,
    });
  };

  const readiness = () => {
    const identity = queue.identity.get();
    const parameters = sync.parameters.current();
    return identity && parameters && { identity, parameters };
  };

  return {
    readiness,
    clockState: currentClock,
    hotlist: sync.hotlist.status,
    // What is approved here would have no place at the centre.
    floorFor: (floor) => (sync.stopped() ? fen(0) : effectiveFloor(floor, policy, facts())),
    onlineCapable: () => sync.reachability().reachable,
    limits() {
      if (sync.stopped()) return { floorMinor: 0, cvmMinor: 0, transactionMinor: 0 };
      const applications = readiness()?.parameters.applications ?? [];
      const floor = floorOf(applications);
      return {
        floorMinor: effectiveFloor(floor, policy, facts()),
        cvmMinor: lowest(applications.map(({ cvmLimitMinor }) => cvmLimitMinor)),
        transactionMinor: lowest(applications.map(({ transactionLimitMinor }) => transactionLimitMinor)),
      };
    },
  };
}

/** Epoch milliseconds of the newest record; undefined when there is none that can be read. */
function lastRecordAt({ identity, records }: StandingParts['queue']): number | undefined {
  if (identity.get() === undefined) return undefined;
  const newest = records.list({ limit: 1 });
  const last = 'items' in newest ? newest.items[0] : undefined;
  return last && Date.parse(last.record.at);
}

type Applications = ParametersContent['applications'];

const floorOf = (applications: Applications): Fen =>
  fen(Math.max(0, ...applications.map((one) => one.offlineFloorLimitMinor ?? one.terminalFloorLimitMinor ?? 0)));

/** The lowest of the limits that there are; 0 when there is none. */
const lowest = (limits: readonly (number | undefined)[]): number => {
  const given = limits.filter((limit) => limit !== undefined);
  return given.length === 0 ? 0 : Math.min(...given);
};

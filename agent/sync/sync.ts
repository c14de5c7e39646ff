import type { Logger } from 'pino';
import type { Queue, StoredBatch } from '../../offline-queue/index.ts';
import type { Clock } from '../clock.ts';
import type { OnlineHost } from '../payment/tools.ts';
import type { Random } from '../random.ts';
import type { BackOff } from './back-off.ts';
import { chainStanding, heardBy, type Stopped } from './chain-standing.ts';
import { clearingClient } from './clearing-client.ts';
import { type EnrolmentOutcome, enroller } from './enroller.ts';
import { type HotlistKeeper, hotlistKeeper } from './hotlist.ts';
import { type Loop, type LoopParts, startLoop } from './loop.ts';
import { onlineHost } from './online-host.ts';
import { type ParameterKeeper, parameterKeeper } from './parameters.ts';
import { type Reachability, type ReachabilityState, reachability } from './reachability.ts';
import { reversalRound } from './reversals.ts';
import { type SealRule, sealer } from './sealer.ts';
import { settlementRound } from './settlements.ts';
import { uploadRound } from './uploads.ts';

export interface SyncSettings {
  /** Origin of the clearing host. */
  readonly baseUrl: string;
  readonly requestTimeoutMs: number;
  /** How long a cashier waits for the host's word. */
  readonly authorisationTimeoutMs: number;
  readonly backOff: BackOff;
  /** How often the hotlist is asked for; this is also the regular contact by which the host is known to be there. */
  readonly contactIntervalMs: number;
  readonly parametersIntervalMs: number;
  /** While a batch waits for its settlement. */
  readonly settlementsIntervalMs: number;
  readonly seal: SealRule;
  /** Only in a sandbox: keys that are marked TEST, which everybody knows, are as good as others. */
  readonly acceptTestKeys: boolean;
}

export interface SyncParts {
  readonly queue: Queue;
  readonly settings: SyncSettings;
  /** One-time code with which a terminal enrols itself, unless it has used it already. */
  readonly enrolmentCode?: string;
  readonly software: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Called after each change that somebody may want to see. */
  readonly changed: (what: 'reachable' | 'hotlist' | 'parameters' | 'batches' | 'stopped') => void;
}

/** Everything that passes between terminal and clearing host. */
export interface Sync {
  readonly host: OnlineHost;
  readonly hotlist: Pick<HotlistKeeper, 'status'>;
  readonly parameters: Pick<ParameterKeeper, 'current' | 'ageS'>;
  reachability(): ReachabilityState;
  /** Why this terminal may sell nothing, although it is enrolled; undefined when it may. */
  stopped(): Stopped | undefined;
  /** Enrols the terminal, for the first time or anew. Throws QueueError `unacknowledged`. */
  enrol(code: string): Promise<EnrolmentOutcome>;
  start(): void;
  /** There may be something new to send. */
  wake(): void;
  /** Seals everything that is open, and sends it soon. */
  closeBatch(): StoredBatch | undefined;
  stop(): Promise<void>;
}

/** How often a loop looks for work that nobody woke it for. */
const IDLE_INTERVAL_MS = 60_000;
/** How often the terminal asks whether it is still the one that the centre knows. */
const CHAIN_INTERVAL_MS = 3_600_000;

export function createSync(parts: SyncParts): Sync {
  const { queue, settings, clock, random, log, changed } = parts;
  const loops = new Map<string, Loop>();
  const wake = (...names: readonly string[]): void => {
    for (const name of names) loops.get(name)?.wake();
  };
  const contact = reachability(clock, (reachable) => {
    log.info({ reachable }, reachable ? 'the clearing host is there' : 'the clearing host is away');
    changed('reachable');
    if (reachable) wake(...loops.keys());
  });
  const identity = () => queue.identity.get();
  const { bare, client, chain } = wayToHost(parts, contact);
  const common = { queue, client, clock, log, timeoutMs: settings.requestTimeoutMs };
  const { acceptTestKeys } = settings;
  const batches = sealer({ queue, identity, rule: settings.seal, clock, random });
  const batchesChanged = (): void => changed('batches');
  const taken = (): void => {
    chain.taken();
    batchesChanged();
  };
  const hotlist = hotlistKeeper({ ...common, changed: () => changed('hotlist') });
  const parameters = parameterKeeper({ ...common, acceptTestKeys, changed: () => changed('parameters') });
  const uploads = { ...common, identity, sealer: batches, random, changed: taken };
  const settlements = { ...common, changed: batchesChanged };

  const loop = (name: string, intervalMs: number, round: LoopParts['round']): void => {
    loops.set(name, startLoop({ name, round, intervalMs, backOff: settings.backOff, random, log }));
  };
  const startLoops = (): void => {
    if (loops.has('chain')) return;
    loop('chain', CHAIN_INTERVAL_MS, chain.round);
    loop('parameters', settings.parametersIntervalMs, parameters.round);
    loop('hotlist', settings.contactIntervalMs, hotlist.round);
    loop('reversals', IDLE_INTERVAL_MS, (signal) => reversalRound(common, signal));
    loop('uploads', IDLE_INTERVAL_MS, (signal) => uploadRound(uploads, signal));
    loop('settlements', settings.settlementsIntervalMs, (signal) => settlementRound(settlements, signal));
  };
  const enrolment = enroller({
    ...common,
    client: bare,
    software: parts.software,
    acceptTestKeys,
    ...(parts.enrolmentCode !== undefined && { configuredCode: parts.enrolmentCode }),
    sealer: batches,
    reachable: () => contact.state().reachable,
    changed() {
      startLoops();
      wake(...loops.keys());
      changed('stopped');
    },
  });
  const stopping = new AbortController();

  return {
    host: onlineHost({ client, identity, random, timeoutMs: settings.authorisationTimeoutMs }),
    hotlist,
    parameters,
    reachability: contact.state,
    stopped: chain.stopped,
    enrol(code) {
      // What holds it up goes up meanwhile.
      return enrolment.enrol(code, stopping.signal).finally(() => wake('uploads', 'enrolment'));
    },
    start() {
      if (identity() !== undefined) startLoops();
      else if (parts.enrolmentCode === undefined && queue.identity.enrolmentUnderWay() === undefined)
        log.warn('this terminal is not enrolled; ask the centre for a code, and give it to `jdpos enrol`');
      loop('enrolment', IDLE_INTERVAL_MS, enrolment.round);
    },
    wake: () => wake('reversals', 'uploads'),
    closeBatch() {
      const batch = batches.sealNow();
      wake('uploads');
      return batch;
    },
    async stop() {
      stopping.abort();
      await Promise.all([...loops.values()].map((running) => running.stop()));
      await client.close();
    },
  };
}

/** The client of the host, which tells the standing of the chain what is refused; `bare` does not. */
function wayToHost({ queue, settings, clock, log, changed }: SyncParts, contact: Reachability) {
  const { baseUrl, requestTimeoutMs: timeoutMs } = settings;
  const identity = () => queue.identity.get();
  const bare = clearingClient({ baseUrl, identity, reachability: contact, clock, log });
  const chain = chainStanding({ queue, client: bare, clock, log, timeoutMs, changed: () => changed('stopped') });
  return { bare, client: heardBy(bare, chain), chain };
}

import type { Logger } from 'pino';
import type { BundleReceipt } from '../../clearing/contract/index.ts';
import type { Queue, StoredBatch, StoredClose } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import type { OnlineHost } from '../payment/tools.ts';
import { type Random, uuid } from '../random.ts';
import type { BackOff } from './back-off.ts';
import { exportBundle } from './bundle.ts';
import { clearingClient } from './clearing-client.ts';
import { closeRound } from './closes.ts';
import { enrolmentRound } from './enrolment.ts';
import { type HotlistKeeper, hotlistKeeper } from './hotlist.ts';
import { type Loop, type LoopParts, startLoop } from './loop.ts';
import { onlineHost } from './online-host.ts';
import { type ParameterKeeper, parameterKeeper } from './parameters.ts';
import { type ReachabilityState, reachability } from './reachability.ts';
import { type ReceiptTaken, takeReceipt } from './receipt.ts';
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
  /** One-time code with which a terminal that is not enrolled enrols itself. */
  readonly enrolmentCode?: string;
  readonly software: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Called after each change that somebody may want to see. */
  readonly changed: (what: 'reachable' | 'hotlist' | 'parameters' | 'batches') => void;
}

/** Everything that passes between terminal and clearing host. */
export interface Sync {
  readonly host: OnlineHost;
  readonly hotlist: Pick<HotlistKeeper, 'status'>;
  readonly parameters: Pick<ParameterKeeper, 'current' | 'ageS'>;
  reachability(): ReachabilityState;
  start(): void;
  /** There may be something new to send. */
  wake(): void;
  /** Seals everything that is open, and sends it soon. */
  closeBatch(): StoredBatch | undefined;
  /** The same, and has the centre compare what was recorded since the last close; the last close when that is nothing. */
  close(): StoredClose | undefined;
  /** What the centre does not hold, for a stick; undefined while the terminal is not enrolled. */
  exportBundle(): Generator<string> | undefined;
  takeReceipt(receipt: BundleReceipt): ReceiptTaken;
  stop(): Promise<void>;
}

/** How often a loop looks for work that nobody woke it for. */
const IDLE_INTERVAL_MS = 60_000;

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
  const client = clearingClient({ baseUrl: settings.baseUrl, identity, reachability: contact, clock, log });
  const common = { queue, client, clock, log, timeoutMs: settings.requestTimeoutMs };
  const { acceptTestKeys } = settings;
  const batches = sealer({ queue, identity, rule: settings.seal, clock, random });
  const batchesChanged = (): void => {
    changed('batches');
    wake('closes');
  };
  const hotlist = hotlistKeeper({ ...common, changed: () => changed('hotlist') });
  const parameters = parameterKeeper({ ...common, acceptTestKeys, changed: () => changed('parameters') });
  const uploads = { ...common, identity, sealer: batches, random, changed: batchesChanged };
  const settlements = { ...common, changed: batchesChanged };

  const loop = (name: string, intervalMs: number, round: LoopParts['round']): void => {
    loops.set(name, startLoop({ name, round, intervalMs, backOff: settings.backOff, random, log }));
  };
  const startLoops = (): void => {
    loop('parameters', settings.parametersIntervalMs, parameters.round);
    loop('hotlist', settings.contactIntervalMs, hotlist.round);
    loop('reversals', IDLE_INTERVAL_MS, (signal) => reversalRound(common, signal));
    loop('uploads', IDLE_INTERVAL_MS, (signal) => uploadRound(uploads, signal));
    loop('closes', IDLE_INTERVAL_MS, (signal) => closeRound({ ...common, random }, signal));
    loop('settlements', settings.settlementsIntervalMs, (signal) => settlementRound(settlements, signal));
  };
  const startEnrolment = (code: string): void => {
    const signingKey = queue.identity.nextSigningKey();
    const enrolment = { ...common, code, software: parts.software, signingKey, acceptTestKeys };
    loop('enrolment', IDLE_INTERVAL_MS, async (signal) => {
      if (identity() !== undefined) return { kind: 'done' };
      const round = await enrolmentRound(enrolment, signal);
      if (round.kind === 'done') startLoops();
      return round;
    });
  };

  const closeBatch = (): StoredBatch | undefined => {
    const batch = batches.sealNow();
    wake('uploads');
    return batch;
  };
  return {
    host: onlineHost({ client, identity, random, timeoutMs: settings.authorisationTimeoutMs }),
    hotlist,
    parameters,
    reachability: contact.state,
    start() {
      if (identity() !== undefined) startLoops();
      else if (parts.enrolmentCode !== undefined) startEnrolment(parts.enrolmentCode);
      else log.warn('this terminal is not enrolled; ask the centre for a code and start with it');
    },
    wake: () => wake('reversals', 'uploads'),
    closeBatch,
    close() {
      closeBatch();
      const close = queue.closes.open({ id: uuid(random), at: utc(clock.now()) }) ?? queue.closes.last();
      wake('closes');
      return close;
    },
    exportBundle: () => exportBundle({ queue, sealer: batches, clock, random, log }),
    takeReceipt(receipt) {
      const taken = takeReceipt(receipt, { queue, clock, log });
      batchesChanged();
      return taken;
    },
    async stop() {
      await Promise.all([...loops.values()].map((running) => running.stop()));
      await client.close();
    },
  };
}

import type { Logger } from 'pino';
import type { BundleReceipt } from '../../clearing/contract/index.ts';
import type { Queue, StoredBatch, StoredClose } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import type { OnlineHost } from '../payment/tools.ts';
import { type Random, uuid } from '../random.ts';
import type { BackOff } from './back-off.ts';
import { exportBundle } from './bundle.ts';
import { type CertificateKeeper, type CertificateStatus, certificateKeeper } from './certificates.ts';
import { chainStanding, heardBy, type Stopped } from './chain-standing.ts';
import { clearingClient } from './clearing-client.ts';
import { closeRound } from './closes.ts';
import { type Counts, counters } from './counters.ts';
import { deliveryRound } from './delivery.ts';
import { type EnrolmentOutcome, enroller } from './enroller.ts';
import { type HotlistKeeper, hotlistKeeper } from './hotlist.ts';
import type { LoopParts } from './loop.ts';
import { type Loops, type SyncResult, syncLoops } from './loops.ts';
import { onlineHost } from './online-host.ts';
import { type ParameterKeeper, parameterKeeper } from './parameters.ts';
import { type Reachability, type ReachabilityState, reachability } from './reachability.ts';
import { type ReceiptTaken, takeReceipt } from './receipt.ts';
import { type Sealer, type SealRule, sealer } from './sealer.ts';
import { settlementRound } from './settlements.ts';
import { type Trouble, type Troubles, troubles } from './troubles.ts';

export interface SyncSettings {
  /** Origin of the clearing host. */
  readonly baseUrl: string;
  /** PEM certificates of the authorities that may certify the host; absent: those that Node trusts. */
  readonly serverCa?: string;
  readonly requestTimeoutMs: number;
  /** How long a cashier waits for the host's word. */
  readonly authorisationTimeoutMs: number;
  readonly backOff: BackOff;
  /** How long a host that was lost must answer before it counts as reachable again. */
  readonly releaseDelayMs: number;
  /** How often the hotlist is asked for; this is also the regular contact by which the host is known to be there. */
  readonly contactIntervalMs: number;
  readonly parametersIntervalMs: number;
  /** While a batch waits for its settlement. */
  readonly settlementsIntervalMs: number;
  readonly seal: SealRule;
  /** Only in a sandbox: keys that are marked TEST, which everybody knows, are as good as others. */
  readonly acceptTestKeys: boolean;
}

type SyncChange = 'reachable' | 'hotlist' | 'parameters' | 'batches' | 'troubles' | 'certificate' | 'stopped';

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
  readonly changed: (what: SyncChange) => void;
  /** The centre has answered for a close. */
  readonly compared: (close: number) => void;
}

/** Everything that passes between terminal and clearing host. */
export interface Sync {
  readonly host: OnlineHost;
  readonly hotlist: Pick<HotlistKeeper, 'status'>;
  readonly parameters: Pick<ParameterKeeper, 'current' | 'ageS'>;
  reachability(): ReachabilityState;
  /** Of the terminal's client certificate; absent where TLS is not spoken, and before there is one. */
  certificate(): CertificateStatus | undefined;
  /** What a person must look at. */
  troubles(): readonly Trouble[];
  counts(): Counts;
  /** Why this terminal may sell nothing, although it is enrolled; undefined when it may. */
  stopped(): Stopped | undefined;
  /** Enrols the terminal, for the first time or anew. Throws QueueError `unacknowledged`. */
  enrol(code: string): Promise<EnrolmentOutcome>;
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
  /** Runs every loop now, and says what each came to: `waiting` where the host asked for patience. */
  now(): Promise<Readonly<Record<string, SyncResult>>>;
  /** The settings have been changed in place: an interval that has become shorter holds from now on. */
  settingsChanged(): void;
  stop(): Promise<void>;
}

/** How often a loop looks for work that nobody woke it for. */
const IDLE_INTERVAL_MS = 60_000;
/** How often the client certificate's end is looked at. */
const CERTIFICATE_INTERVAL_MS = 3_600_000;
/** How long whoever asks for a round now waits for its end. */
const NOW_WITHIN_MS = 8_000;
/** How often the terminal asks whether it is still the one that the centre knows. */
const CHAIN_INTERVAL_MS = 3_600_000;

export function createSync(parts: SyncParts): Sync {
  const { queue, settings, clock, random, log, changed } = parts;
  const identity = () => queue.identity.get();
  const count = counters();
  const loops = syncLoops({ backOff: settings.backOff, random, log, counters: count });
  const trouble = troubles({ clock, log, changed: () => changed('troubles') });
  const { contact, certificates, bare, client, chain, lost } = wayToHost(parts, trouble, loops);
  const { requestTimeoutMs: timeoutMs, acceptTestKeys } = settings;
  const common = { queue, client, clock, log, troubles: trouble, timeoutMs };
  const batches = sealer({ queue, identity, rule: settings.seal, clock, random });
  const hotlist = hotlistKeeper({ ...common, changed: () => changed('hotlist') });
  const parameters = parameterKeeper({ ...common, acceptTestKeys, changed: () => changed('parameters') });
  const batchesChanged = (): void => {
    changed('batches');
    loops.wake('closes');
    // That the host takes an old batch again does not say that it holds nothing else: it is asked.
    if (chain.stopped()) loops.wake('chain');
  };
  const uploads = { ...common, identity, sealer: batches, random, counters: count, lost, changed: batchesChanged };
  const closes = { ...common, random, changed: parts.compared };
  const settle = (signal: AbortSignal) => settlementRound(uploads, signal);

  const startLoops = (): void => {
    if (loops.has('chain')) return;
    loops.start('chain', CHAIN_INTERVAL_MS, chain.round);
    loops.start('certificate', CERTIFICATE_INTERVAL_MS, (signal) => certificates.round(client, signal));
    loops.start('parameters', () => settings.parametersIntervalMs, parameters.round);
    loops.start('hotlist', () => settings.contactIntervalMs, probing(hotlist.round, contact));
    loops.start('delivery', IDLE_INTERVAL_MS, (signal) => deliveryRound(common, uploads, signal));
    loops.start('closes', IDLE_INTERVAL_MS, (signal) => closeRound(closes, signal));
    loops.start('settlements', () => settings.settlementsIntervalMs, settle);
  };
  const enrolment = enroller({
    ...common,
    ...{ client: bare, certificates, software: parts.software, acceptTestKeys },
    ...(parts.enrolmentCode !== undefined && { configuredCode: parts.enrolmentCode }),
    sealer: batches,
    reachable: () => contact.state().reachable,
    epochClosed: (epoch) => chain.refused('epoch-closed', epoch),
    changed() {
      startLoops();
      loops.wakeAll();
      changed('stopped');
    },
  });
  const stopping = new AbortController();

  return {
    host: onlineHost({ ...common, identity, random, timeoutMs: () => settings.authorisationTimeoutMs }),
    hotlist,
    parameters,
    reachability: contact.state,
    certificate: certificates.status,
    troubles: trouble.list,
    counts: count.counts,
    stopped: chain.stopped,
    enrol(code) {
      // What holds it up goes up meanwhile.
      return enrolment.enrol(code, stopping.signal).finally(() => loops.wake('delivery', 'enrolment'));
    },
    start() {
      if (identity() !== undefined) startLoops();
      else if (parts.enrolmentCode === undefined && queue.identity.enrolmentUnderWay() === undefined)
        log.warn('this terminal is not enrolled; ask the centre for a code, and give it to `jdpos enrol`');
      loops.start('enrolment', IDLE_INTERVAL_MS, enrolment.round);
    },
    // While the host is away its return wakes the loops: a tap must not, or a shop would dial a dead line at every sale.
    wake() {
      if (contact.state().reachable) loops.wake('delivery');
    },
    ...onRequest(parts, { sealer: batches, loops, trouble, batchesChanged }),
    now: () => loops.now(NOW_WITHIN_MS),
    async stop() {
      stopping.abort();
      await loops.stop();
      await client.close();
    },
  };
}

/** What happens when somebody asks for it, and not in a round. */
function onRequest(
  { queue, clock, random, log }: SyncParts,
  around: {
    readonly sealer: Sealer;
    readonly loops: Pick<Loops, 'wake' | 'wakeAll'>;
    readonly trouble: Troubles;
    readonly batchesChanged: () => void;
  },
): Pick<Sync, 'closeBatch' | 'close' | 'exportBundle' | 'takeReceipt' | 'settingsChanged'> {
  const { sealer, loops, trouble, batchesChanged } = around;
  const closeBatch = (): StoredBatch | undefined => {
    const batch = sealer.sealNow();
    loops.wake('delivery');
    return batch;
  };
  return {
    settingsChanged: loops.wakeAll,
    closeBatch,
    close() {
      closeBatch();
      const close = queue.closes.open({ id: uuid(random), at: utc(clock.now()) }) ?? queue.closes.last();
      loops.wake('closes');
      return close;
    },
    exportBundle() {
      const lines = exportBundle({ queue, sealer, clock, random, log });
      // What was sealed for it goes up as well, if the host is there after all.
      loops.wake('delivery');
      return lines;
    },
    takeReceipt(receipt) {
      const taken = takeReceipt(receipt, { queue, clock, log, troubles: trouble });
      batchesChanged();
      return taken;
    },
  };
}

/** The regular contact. While a lost host is coming back, it is asked again as soon as that can be believed. */
const probing =
  (contactRound: LoopParts['round'], { returningMs }: Reachability): LoopParts['round'] =>
  async (signal) => {
    const round = await contactRound(signal);
    const nextMs = returningMs();
    return round.kind === 'done' && nextMs !== undefined ? { kind: 'done', nextMs } : round;
  };

/** The client of the host, which tells the standing of the chain what is refused (`bare` does not), and what it shows. */
function wayToHost({ queue, settings, clock, random, log, changed }: SyncParts, trouble: Troubles, loops: Loops) {
  const { baseUrl, serverCa, requestTimeoutMs: timeoutMs, releaseDelayMs } = settings;
  const identity = () => queue.identity.get();
  const contact = reachability({
    clock,
    releaseDelayMs,
    changed(reachable) {
      log.info({ reachable }, reachable ? 'the clearing host is there' : 'the clearing host is away');
      changed('reachable');
      if (reachable) loops.wakeAll();
    },
    returning: () => loops.wake('hotlist'),
  });
  const certificates: CertificateKeeper = certificateKeeper({
    ...{ queue, baseUrl, clock, log, troubles: trouble, timeoutMs },
    ...(serverCa !== undefined && { serverCa }),
    changed() {
      changed('certificate');
      loops.wakeAll();
    },
  });
  const { connection } = certificates;
  const common = { clock, random, log, troubles: trouble };
  const bare = clearingClient({ ...common, baseUrl, identity, connection, reachability: contact });
  const chain = chainStanding({
    ...{ queue, client: bare, clock, log, timeoutMs, troubles: trouble },
    changed: () => changed('stopped'),
    foundLost: () => loops.wake('delivery'),
  });
  return { contact, certificates, bare, client: heardBy(bare, chain), chain, lost: chain.lost };
}

import type { Logger } from 'pino';
import type { ApiServer } from '../clearing/contract/http/index.ts';
import type { CardReaders, LightTrouble } from '../drivers/index.ts';
import {
  balanceInquiry,
  contactPurchase,
  decodeIntent,
  describeIntent,
  encodeIntent,
  identify,
  load,
  purchase,
  recover,
} from '../emv/kernel/index.ts';
import { KeyCache } from '../emv/oda/index.ts';
import type { Queue, StoredClose, StoredPayment } from '../offline-queue/index.ts';
import type { AgentSettings } from './agent-settings.ts';
import { closeOf } from './api/close-resource.ts';
import { type EventLog, eventLog } from './api/event-log.ts';
import { metrics } from './api/metrics.ts';
import { paymentOf } from './api/payment-resource.ts';
import { createCentralServer, createRegisterServer, listen } from './api/servers.ts';
import { settledBatches } from './api/settled-batches.ts';
import { queueOf, statusOf, syncOf } from './api/status-resource.ts';
import { archiveRound } from './archiving.ts';
import type { Clock } from './clock.ts';
import type { Reloaded, RunningConfiguration } from './config/running.ts';
import { type Devices, listed } from './devices/devices.ts';
import { type Hardware, joinHardware } from './devices/join-hardware.ts';
import { idleSweep } from './idle-sweep.ts';
import { keyRotator } from './key-rotation.ts';
import { type LiveSettings, liveSettings } from './live-settings.ts';
import { book } from './payment/book.ts';
import { cardWatch } from './payment/card-watch.ts';
import { paymentDesk } from './payment/desk.ts';
import { caKeysByParameters } from './payment/kernel-input.ts';
import { samSlot } from './payment/purse/sam-slot.ts';
import { type Questions, questions } from './payment/questions.ts';
import { type OnStep, stepDone } from './payment/steps.ts';
import type { Kernel, Tools } from './payment/tools.ts';
import { traces } from './payment/traces.ts';
import { present } from './present.ts';
import type { Random } from './random.ts';
import { type SlipDesk, type SlipDeskParts, slipDesk } from './receipts/slip-desk.ts';
import { terminalStanding } from './standing.ts';
import { type Loop, startLoop } from './sync/loop.ts';
import { createSync, type Sync, type SyncParts } from './sync/sync.ts';

/** Everything the agent is made of; it opens nothing itself but its servers and its way to the host. */
export interface AgentParts {
  /** Open, and closed by whoever opened it. */
  readonly queue: Queue;
  readonly readers: CardReaders;
  /** Beside the readers. Without a way to type a PIN, cards that want one are refused. Closed by whoever opened them. */
  readonly devices?: Devices;
  readonly settings: AgentSettings;
  /** Where they come from, so that they can be shown and read anew. */
  readonly configuration?: RunningConfiguration;
  readonly enrolmentCode?: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Name and version, as records carry it. */
  readonly software: string;
  /** When the software was built, epoch milliseconds: a clock before it is wrong. */
  readonly builtAt: number;
  /** Overwrites what ended payments have left in memory; called when the till is idle. */
  readonly sweepMemory?: () => void;
  /** Folder of the built cashier page. */
  readonly cashierFolder?: string;
  /** Adds routes beside those of the register API. */
  readonly mount?: (app: ApiServer) => void | Promise<void>;
  /** Called after each numbered step of a payment. */
  readonly onStep?: OnStep;
}

export interface Agent {
  /** Origin of the register API and the cashier page. */
  readonly registerUrl: string;
  readonly centralUrl: string;
  /** Reads the settings anew, where there is a `configuration`. */
  readonly reload?: () => Reloaded;
  /** Ends servers, loops and readers' subscriptions; queue and readers stay open. */
  close(): Promise<void>;
}

const KERNEL: Kernel = {
  purchase,
  contactPurchase,
  load,
  balanceInquiry,
  recover,
  identify,
  encodeIntent,
  decodeIntent,
  describeIntent,
};
/** The issuers' few, and those of the cards that were here last: about a megabyte. */
const KEPT_CERTIFICATES = 512;

/** Puts the agent together, takes up what an earlier run left behind, and starts its loops and its servers. */
export async function compose(given: AgentParts): Promise<Agent> {
  const live = liveSettings(given.settings);
  const parts = { ...given, settings: live.settings };
  const { queue, readers, settings, clock, log, software: version } = parts;
  const stopping = new AbortController();
  const events = eventLog(clock.now());
  const asked = questions();
  const idle = idleSweep(parts.sweepMemory ?? (() => {}));
  const hardware = joinHardware(parts, events);
  const { shown, slips, tell } = paymentsTold(parts, {
    ...{ hardware, events, asked, idle },
    merchant: () => standing.readiness()?.parameters.merchant,
  });
  const tellQueue = (): void => events.publish('queue', queueOf(queue.backlog(), clock.now()));
  const sync = startableSync(parts, {
    changed: (what) => {
      if (what === 'batches') tellQueue();
      else events.publish('sync', syncOf(sync));
    },
    compared: slips.closes.compared,
  });
  const watched = metrics({ queue, sync, clock });
  const standing = standingOf(parts, sync);
  const watch = cardWatch(readers);
  const committed = (): void => {
    tellQueue();
    sync.wake();
  };
  const sam = samSlot(readers, settings.payment);
  const around = { sync, standing, watch, sam, questions: asked, tell, committed, stopping: stopping.signal };
  const tools = paymentTools({ ...parts, queue: watched.timed(queue) }, around);
  const rotator = keyRotator({ queue, backOff: settings.sync.backOff, random: parts.random, log });
  const desk = paymentDesk(tools, tell, () => stopping.abort());
  const running = parts.configuration && settingsDesk(parts.configuration, live, sync);
  const api = {
    ...ofSync(sync, slips),
    ...{ queue, desk, slips, shown, events, devices: parts.devices ?? {} },
    ready: () => standing.readiness() !== undefined,
    status: () => statusOf({ ...{ queue, readers, sync, standing, clock }, ...hardwareOf(parts) }),
    metrics: watched,
    trace: tools.traces.of,
    upkeep: present({ rotateKeys: rotator.rotate, enrol: sync.enrol, settings: running }),
  };
  const { cashierFolder, mount } = parts;
  const register = await createRegisterServer(
    present({ api, at: settings.register, version, cashierFolder, mount, log }),
  );
  const central = await createCentralServer({
    source: settledBatches(queue, clock),
    at: settings.central,
    version,
    log,
  });
  let archiving: Loop | undefined;
  const close = async (): Promise<void> => {
    await Promise.all([register.close(), central.close()]);
    await desk.stop();
    await slips.stop();
    await archiving?.stop();
    await sync.stop();
    await rotator.stop();
    idle.stop();
    await sam.close();
    hardware.stop();
    watch.close();
  };
  try {
    await desk.resume();
    sync.start();
    archiving = startArchiving(parts);
    rotator.start();
    const centralUrl = await listen(central, settings.central);
    const registerUrl = await listen(register, settings.register);
    return { registerUrl, centralUrl, close, ...(running && { reload: running.reload }) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What is asked of the settings while the agent runs. */
const settingsDesk = (configuration: RunningConfiguration, live: LiveSettings, sync: Sync) => ({
  effective: () => configuration.effective(sync.parameters.current()),
  reload: () =>
    configuration.reload((next) => {
      live.apply(next);
      sync.settingsChanged();
    }),
});

const standingOf = ({ queue, settings, clock, builtAt }: AgentParts, sync: Sync) =>
  terminalStanding({
    queue,
    sync,
    policy: settings.offline,
    clock,
    timeZone: settings.timeZone,
    builtAt,
    hasOpenDebt: (token) => queue.hotlist.debts(token).length > 0,
  });

/** What the register API asks of it. */
const ofSync = (
  { stopped, closeBatch, now, close, exportBundle, takeReceipt, reachability }: Sync,
  slips: SlipDesk,
) => ({
  ...{ stopped, closeBatch, exportBundle, takeReceipt },
  close: () => {
    const closed = close();
    if (closed !== undefined) slips.closes.closed(closed, reachability().reachable);
    return closed;
  },
  syncNow: now,
});

function startableSync(parts: AgentParts, told: Pick<SyncParts, 'changed' | 'compared'>): Sync {
  const { queue, settings, enrolmentCode, software, clock, random, log } = parts;
  return createSync(present({ queue, settings: settings.sync, enrolmentCode, software, clock, random, log, ...told }));
}

const ARCHIVING_INTERVAL_MS = 3_600_000;

function startArchiving({ queue, settings, clock, random, log }: AgentParts): Loop {
  const { onlineMs } = settings.archive;
  return startLoop({
    name: 'archiving',
    round: () => archiveRound({ queue, onlineMs, clock, log }),
    intervalMs: ARCHIVING_INTERVAL_MS,
    backOff: settings.sync.backOff,
    random,
    log,
  });
}

interface PaymentSurroundings {
  readonly sync: Sync;
  readonly standing: Tools['standing'];
  readonly watch: Tools['watch'];
  readonly sam: Tools['sam'];
  readonly questions: Questions;
  readonly tell: (payment: StoredPayment) => void;
  readonly committed: () => void;
  readonly stopping: AbortSignal;
}

function paymentTools(parts: AgentParts, around: PaymentSurroundings): Tools {
  const { queue, settings, clock, random, log, software, onStep } = parts;
  const { sync, standing, watch, sam, questions: asked, tell, committed, stopping } = around;
  const step: Tools['step'] = async (name, paymentId) => onStep?.(stepDone(name, paymentId));
  return present({
    queue,
    kernel: KERNEL,
    caKeys: caKeysByParameters(),
    keyCache: new KeyCache(KEPT_CERTIFICATES),
    watch,
    sam,
    book: book({ queue, clock, tell, committed, step }),
    questions: asked,
    standing,
    host: sync.host,
    pinEntry: parts.devices?.pinEntry,
    clock,
    timeZone: settings.timeZone,
    random,
    log,
    limits: settings.payment,
    software,
    traces: traces(),
    stopping,
    step,
  });
}

/** What the status says of it beside the readers themselves. */
const hardwareOf = ({ devices = {} }: AgentParts) => ({
  devices: listed(devices),
  lightTroubles: devices.lights?.troubles() ?? new Map<string, LightTrouble>(),
});

/** How payments are shown and told, and what is printed of them. */
function paymentsTold(
  { queue, devices, settings, log }: AgentParts,
  around: {
    readonly hardware: Hardware;
    readonly events: EventLog;
    readonly asked: Questions;
    readonly idle: Pick<ReturnType<typeof idleSweep>, 'payment'>;
    readonly merchant: SlipDeskParts['merchant'];
  },
) {
  const { hardware, events, asked, idle, merchant } = around;
  const { timeZone, slips: copies = 'none' } = settings;
  const shown = (payment: StoredPayment) => paymentOf(payment, asked.of(payment.id), slips.of(payment));
  const publish = (payment: StoredPayment): void => events.publish('payment', shown(payment));
  const printer = devices?.printer;
  const tellClose = (close: StoredClose): void => events.publish('close', closeOf(close, slips.closes.of(close)));
  const slips = slipDesk(present({ queue, printer, copies, timeZone, merchant, tell: publish, tellClose, log }));
  const tell = (payment: StoredPayment): void => {
    idle.payment(payment);
    hardware.payment(payment, shown(payment));
    if (payment.final) slips.ended(payment);
  };
  return { shown, slips, tell };
}

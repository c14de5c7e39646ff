import type { Logger } from 'pino';
import type { ApiServer } from '../clearing/contract/http/index.ts';
import type { CardReaders, PinEntry } from '../drivers/ports.ts';
import { decodeIntent, encodeIntent, purchase, recover } from '../emv/kernel/index.ts';
import type { Queue, StoredPayment } from '../offline-queue/queue.ts';
import { eventLog } from './api/event-log.ts';
import { paymentOf } from './api/payment-resource.ts';
import { createCentralServer, createRegisterServer, type ListenAt, listen } from './api/servers.ts';
import { settledBatches } from './api/settled-batches.ts';
import { queueOf, readerOf, statusOf } from './api/status-resource.ts';
import type { Clock } from './clock.ts';
import { book } from './payment/book.ts';
import { cardWatch } from './payment/card-watch.ts';
import { paymentDesk } from './payment/desk.ts';
import { type OnStep, type StepName, stepDone } from './payment/steps.ts';
import type { Kernel, PaymentLimits, Tools } from './payment/tools.ts';
import { present } from './present.ts';
import type { Random } from './random.ts';
import type { OfflinePolicy } from './risk/offline-limits.ts';
import { terminalStanding } from './standing.ts';
import { createSync, type SyncSettings } from './sync/sync.ts';

/** Everything the agent is made of; it opens nothing itself but its servers and its way to the host. */
export interface AgentParts {
  /** Open, and closed by whoever opened it. */
  readonly queue: Queue;
  readonly readers: CardReaders;
  /** Where a cardholder types the PIN; without it, cards that want one are refused. */
  readonly pinEntry?: PinEntry;
  readonly settings: AgentSettings;
  readonly enrolmentCode?: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Name and version, as records carry it. */
  readonly software: string;
  /** When the software was built, epoch milliseconds: a clock before it is wrong. */
  readonly builtAt: number;
  /** Folder of the built cashier page. */
  readonly cashierFolder?: string;
  /** Adds routes beside those of the register API. */
  readonly mount?: (app: ApiServer) => void | Promise<void>;
  /** Called after each numbered step of a payment. */
  readonly onStep?: OnStep;
}

export interface AgentSettings {
  readonly register: ListenAt;
  readonly central: ListenAt;
  /** IANA name of the zone the terminal stands in. */
  readonly timeZone: string;
  readonly payment: PaymentLimits;
  readonly offline: OfflinePolicy;
  readonly sync: SyncSettings;
}

export interface Agent {
  /** Origin of the register API and the cashier page. */
  readonly registerUrl: string;
  readonly centralUrl: string;
  /** Ends servers, loops and readers' subscriptions; queue and readers stay open. */
  close(): Promise<void>;
}

const KERNEL: Kernel = { purchase, recover, encodeIntent, decodeIntent, describeIntent };

/** Puts the agent together, takes up what an earlier run left behind, and starts its servers and its loops. */
export async function compose(parts: AgentParts): Promise<Agent> {
  const { queue, readers, settings, clock, log } = parts;
  const stopping = new AbortController();
  const events = eventLog(clock.now());
  const tellQueue = (): void => events.publish('queue', queueOf(queue.backlog(), clock.now()));
  const tell = (payment: StoredPayment): void => events.publish('payment', paymentOf(payment));
  const sync = createSync({
    ...pick(parts),
    settings: settings.sync,
    changed: (what) => (what === 'batches' ? tellQueue() : events.publish('sync', sync.reachability())),
  });
  const standing = terminalStanding({ ...pick(parts), sync, policy: settings.offline });
  const watch = cardWatch(readers);
  const unsubscribe = readers.subscribe(({ reader }) => events.publish('reader', readerOf(reader)));
  const desk = paymentDesk(paymentTools(parts, { sync, standing, watch, tell, tellQueue, stopping }), tell, () => stopping.abort());
}

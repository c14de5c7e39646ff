import { randomBytes, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { BundleReceipt } from '../../clearing/contract/index.ts';
import type { PinPad } from '../../drivers/index.ts';
import type { Recording } from '../../emv/trace/index.ts';
import type { StoredBatch, StoredClose, StoredPayment } from '../../offline-queue/index.ts';
import { type EventLog, eventLog } from '../api/event-log.ts';
import { isFinal, paymentOf } from '../api/payment-resource.ts';
import type { RegisterApiParts } from '../api/register-routes.ts';
import { createRegisterServer, listen } from '../api/servers.ts';
import type { StatusResource } from '../api/status-resource.ts';
import type { EffectiveSetting } from '../config/effective.ts';
import type { Reloaded } from '../config/running.ts';
import type { Answer, AskedQuestion } from '../payment/question.ts';
import type { CopyView, SlipView } from '../receipts/slip-state.ts';
import type { EnrolmentOutcome } from '../sync/enroller.ts';
import type { SyncResult } from '../sync/loops.ts';
import type { ReceiptTaken } from '../sync/receipt.ts';
import type { CliIo } from './io.ts';
import { runCli } from './program.ts';

const AT = '2026-03-09T02:15:30.000Z';

/** The daemon's register API with nothing behind it: the test moves the payments. */
export interface TestTerminal {
  readonly url: string;
  readonly events: EventLog;
  /** What was asked to start, by key. */
  readonly started: {
    readonly key: string;
    readonly kind: string;
    readonly amountMinor: number;
    readonly reference: string;
  }[];
  readonly cancelled: string[];
  /** What the payment asks; an answer is written down and ends it. */
  question: AskedQuestion | undefined;
  readonly answers: { readonly question: number; readonly answer: Answer }[];
  onAnswer: () => void;
  status: StatusResource;
  batch: StoredBatch | undefined;
  /** What an exchange with the host comes to. */
  rounds: Readonly<Record<string, SyncResult>>;
  /** What is exported, and what becomes of a receipt. */
  bundle: () => Generator<string> | undefined;
  takeReceipt: (receipt: BundleReceipt) => ReceiptTaken;
  /** Newest first. */
  closes: readonly StoredClose[];
  /** What is kept of the payment's taps. */
  taps: readonly Recording[] | undefined;
  ready: boolean;
  /** Called when a payment has been started. */
  onStart: () => void;
  onEnrol: () => EnrolmentOutcome;
  onRotate: () => { masterKey: 'new' | 'same' };
  settings: readonly EffectiveSetting[];
  onReload: () => Reloaded;
  /** The PIN pad; absent: there is none. */
  pad: PinPad | undefined;
  /** What the payment says of its slips, which copies were asked for, and what happens then. */
  slips: SlipView | undefined;
  readonly printed: string[];
  /** What a close says of its slip. */
  closeSlip: CopyView | undefined;
  onPrint: () => void;
  /** Changes the payment and tells who listens. */
  move(change: Partial<StoredPayment>): void;
  close(): Promise<void>;
}

export const STATUS: StatusResource = {
  terminal: 'JD-T-0001',
  readers: [{ name: '爱创 ACR1252 读卡器', role: 'contactless', state: 'empty' }],
  clearing: { reachable: true, lastContactAt: AT },
  queue: { unacknowledgedCount: 5, unacknowledgedSumMinor: 6_400, oldestAgeS: 754 },
  hotlist: { version: 3, ageS: 61 },
  limits: { floorMinor: 20_000, cvmMinor: 30_000, transactionMinor: 100_000 },
  openIntent: false,
};

const untouched = () => ({
  url: '',
  started: [] as TestTerminal['started'],
  cancelled: [] as string[],
  question: undefined as AskedQuestion | undefined,
  answers: [] as { question: number; answer: Answer }[],
  onAnswer: () => {},
  status: STATUS,
  batch: undefined as StoredBatch | undefined,
  rounds: { delivery: 'done' } as TestTerminal['rounds'],
  bundle: (): Generator<string> | undefined => undefined,
  takeReceipt: (_receipt: BundleReceipt): ReceiptTaken => ({ kind: 'not-ours' }),
  closes: [] as readonly StoredClose[],
  taps: undefined as readonly Recording[] | undefined,
  ready: true,
  onStart: () => {},
  onEnrol: (): EnrolmentOutcome => ({ kind: 'unreachable', begun: false }),
  slips: undefined as SlipView | undefined,
  printed: [] as string[],
  closeSlip: undefined as CopyView | undefined,
  onPrint: () => {},
  onRotate: (): { masterKey: 'new' | 'same' } => ({ masterKey: 'new' }),
  settings: [] as readonly EffectiveSetting[],
  onReload: (): Reloaded => ({ kind: 'reloaded', changes: [] }),
  pad: undefined as PinPad | undefined,
});

export async function testTerminal(): Promise<TestTerminal> {
  const events = eventLog(1);
  let payment: StoredPayment | undefined;
  const find = (id: string): StoredPayment | undefined => (payment?.id === id ? payment : undefined);
  const terminal = {
    ...untouched(),
    events,
    move(change: Partial<StoredPayment>) {
      if (payment === undefined) throw new Error('no payment has been started');
      payment = { ...payment, ...change, final: isFinal(change.state ?? payment.state) };
      events.publish('payment', paymentOf(payment, terminal.question));
    },
    close: () => app.close(),
  };
  const app = await createRegisterServer({
    at: { host: '127.0.0.1', port: 0 },
    version: '0',
    log: pino({ level: 'silent' }),
    api: {
      queue: {
        payments: { ...unused, get: find },
        closes: {
          ...{ open: notUsed, last: notUsed, waiting: notUsed, compared: notUsed },
          get: (number) => terminal.closes.find((close) => close.number === number),
          list: () => ({ items: terminal.closes }),
        },
      },
      desk: {
        start: async ({ key, kind, amountMinor, reference }) => {
          const known = terminal.started.some((order) => order.key === key);
          terminal.started.push({ key, kind, amountMinor, reference });
          if (known && payment !== undefined) return { kind: 'known', payment };
          if (payment !== undefined && !payment.final) return { kind: 'busy', payment };
          const rest = { kind, state: 'awaiting-card', final: false, detail: {} };
          payment = { id: randomUUID(), amountMinor, reference, ...rest, createdAt: AT, updatedAt: AT };
          events.publish('payment', paymentOf(payment));
          setImmediate(() => terminal.onStart());
          return { kind: 'registered', payment };
        },
        cancel: async (id) => {
          const found = find(id);
          if (found === undefined) return { kind: 'not-found' };
          terminal.cancelled.push(id);
          terminal.move({ state: 'cancelled', detail: { reason: 'cancelled' } });
          return { kind: 'cancelled', payment: payment ?? found };
        },
        question: () => terminal.question,
        answer: (id, question, answer) => {
          const found = find(id);
          if (found === undefined) return { kind: 'not-found' };
          if (terminal.question?.id !== question) return { kind: 'not-asked', payment: found };
          terminal.answers.push({ question, answer });
          terminal.question = undefined;
          setImmediate(() => terminal.onAnswer());
          return { kind: 'taken', payment: found };
        },
        resume: async () => {},
        stop: async () => {},
      },
      shown: (found) => paymentOf(found, terminal.question, terminal.slips),
      slips: slipsOf(() => terminal, find),
      ready: () => terminal.ready,
      status: () => terminal.status,
      events,
      closeBatch: () => terminal.batch,
      syncNow: async () => terminal.rounds,
      metrics: { contentType: 'text/plain', text: async () => '' },
      close: () => terminal.closes[0],
      exportBundle: () => terminal.bundle(),
      takeReceipt: (receipt) => terminal.takeReceipt(receipt),
      trace: () => terminal.taps,
      upkeep: {
        rotateKeys: () => terminal.onRotate(),
        enrol: async () => terminal.onEnrol(),
        settings: { effective: () => terminal.settings, reload: () => terminal.onReload() },
      },
      devices: padOf(() => terminal),
    },
  });
  terminal.url = await listen(app, { host: '127.0.0.1', port: 0 });
  return terminal;
}

const padOf = (terminal: () => Pick<TestTerminal, 'pad'>) => ({
  get keyedPad() {
    return terminal().pad;
  },
});

const slipsOf = (
  terminal: () => ReturnType<typeof untouched>,
  find: (id: string) => StoredPayment | undefined,
): RegisterApiParts['slips'] => ({
  print: (id, copy) => {
    if (find(id) === undefined) return 'not-found';
    terminal().printed.push(copy);
    setImmediate(() => terminal().onPrint());
    return 'taken';
  },
  text: () => SLIP_TEXT,
  closes: {
    print: (number) => {
      terminal().printed.push(`close ${number}`);
      setImmediate(() => terminal().onPrint());
      return 'taken';
    },
    of: () => terminal().closeSlip,
    text: () => SLIP_TEXT,
  },
});

const SLIP_TEXT = { reprint: false, columns: 32, lines: ['江都购物卡', `消费${String.fromCharCode(27)}SALE`] };

const notUsed = (): never => {
  throw new Error('the command line does not use this');
};
const unused = { register: notUsed, list: notUsed, unfinished: notUsed, update: notUsed, noteSlip: notUsed };

export interface CliRun {
  readonly exitCode: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

export interface CliWorld extends Partial<CliIo> {
  /** Called with each line of results, when it is printed. */
  readonly onOut?: (line: string) => void;
}

/** Runs one command line without a process. */
export async function cli(words: readonly string[], world: CliWorld = {}): Promise<CliRun> {
  const out: string[] = [];
  const err: string[] = [];
  const exitCode = await runCli(words, {
    out: (line) => {
      out.push(...line.split('\n'));
      world.onOut?.(line);
    },
    err: (line) => err.push(...line.split('\n')),
    environment: {},
    workingDirectory: '/nonexistent',
    usualFile: '/nonexistent/config.json',
    readInput: async () => '',
    fetch: (input, init) => fetch(input, init),
    ownCommand: [process.execPath, '-e', 'process.exit(1)', '--'],
    openReaders: notUsed,
    now: () => Date.parse(AT),
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    uuid: () => '9f0c2f2e-3c1b-4f4b-8f39-5b8a3a0c6b11',
    random: (length) => new Uint8Array(randomBytes(length)),
    interrupted: new AbortController().signal,
    ...world,
  });
  return { exitCode, out, err };
}

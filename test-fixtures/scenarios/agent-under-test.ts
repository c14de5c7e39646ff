import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import {
  type Agent,
  type AgentParts,
  compose,
  configSchema,
  type OnStep,
  type StepName,
  settingsOf,
} from '../../agent/index.ts';
import { cardToken } from '../../clearing/contract/record/index.ts';
import { Pan } from '../../emv/values/index.ts';
import { openQueue, type Queue, QueueError } from '../../offline-queue/index.ts';
import { type Behaviour, memoryStorage, withFaults } from '../card/index.ts';
import { openVirtualPinPad } from '../pin-pad/virtual-pin-pad.ts';
import { createVirtualPsam } from '../purse/index.ts';
import { TEST_SAM } from '../purse/test-keys.ts';
import { memoryReaders } from '../reader/memory-readers.ts';
import { openTray, trayAccounts, trayPurseAccounts } from '../tray/index.ts';
import { until } from '../until.ts';
import { FakeClearing } from './fake-clearing.ts';
import type { Answered, Payment, Status } from './sandbox-under-test.ts';

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const SAM_SLOT = 2;
const MASTER_KEY = new Uint8Array(32).fill(7);

/** Short pauses between rounds; ample limits, which no busy machine reaches: a test of silence gives a short one itself. */
const QUICK = {
  payment: { awaitCardMs: 180_000, presentAgainMs: 180_000, pinEntryMs: 180_000, exchangeMs: 10_000, tapMs: 60_000 },
  sync: {
    requestTimeoutMs: 30_000,
    authorisationTimeoutMs: 30_000,
    backOff: { baseMs: 10, capMs: 50 },
    releaseDelayMs: 0,
    contactIntervalMs: 100,
    settlementsIntervalMs: 100,
    batchMaxAgeMs: 60_000,
  },
};

/**
 * The agent as `compose` makes it, in this process: the real queue in a folder of its own, the real kernel, virtual cards
 * on a reader in memory, and a clearing host that believes everything. Used through its HTTP interfaces.
 */
export class AgentUnderTest {
  static #enrolled: Promise<Enrolled> | undefined;

  readonly clearing: FakeClearing;
  readonly pad = openVirtualPinPad({ key: new Uint8Array(16).fill(9), keyId: 'test-pin' });
  readonly tray = openTray({ storageOf: () => memoryStorage(), random });
  readonly logged: string[] = [];
  readonly readers = memoryReaders({
    readers: [
      { name: 'Memory Reader', role: 'contactless' },
      { name: 'Memory Slot', role: 'contact' },
      { name: 'Memory SAM', role: 'sam' },
    ],
  });
  readonly psam = createVirtualPsam(TEST_SAM);
  /** Writes that find the disk full. */
  readonly diskFull = new Set<WritingMethod>();
  /** Called after each step of a payment. */
  onStep: OnStep = () => {};
  /** Overrides parts of the next start. */
  unusual: Partial<AgentParts> = {};
  /** Of the settings file, from the next start on. */
  settings: Settings;
  /** Of the queue and its key. */
  readonly folder = mkdtempSync(join(tmpdir(), 'jdpos-agent-'));
  #agent: Agent | undefined;
  #queue: Queue | undefined;

  private constructor(clearing: FakeClearing, settings: Settings) {
    this.clearing = clearing;
    this.settings = settings;
  }

  /**
   * An agent that was enrolled before, and has been in contact with the host since it is up.
   * @param settings of the settings file, in place of the quick ones
   */
  static async start(settings: Settings = {}): Promise<AgentUnderTest> {
    const agent = await AgentUnderTest.prepare(settings);
    await agent.#beEnrolled();
    await agent.insertSam();
    await agent.up();
    await agent.ready();
    return agent;
  }

  /** The agent is not up yet, and not enrolled. */
  static async prepare(settings: Settings = {}): Promise<AgentUnderTest> {
    return new AgentUnderTest(await FakeClearing.start(), settings);
  }

  /** Takes over what the first one of a process has after its enrolment: that is more than half of what a start costs. */
  async #beEnrolled(): Promise<void> {
    AgentUnderTest.#enrolled ??= AgentUnderTest.#enrol();
    const { files, terminalKey } = await AgentUnderTest.#enrolled;
    for (const [name, bytes] of files) writeFileSync(join(this.folder, name), bytes, { mode: 0o600 });
    this.clearing.terminalKey = terminalKey;
  }

  static async #enrol(): Promise<Enrolled> {
    const agent = await AgentUnderTest.prepare();
    try {
      await agent.up();
      await agent.ready();
      await agent.down();
      const files = readdirSync(agent.folder).map((name) => [name, readFileSync(join(agent.folder, name))] as const);
      return { files, terminalKey: agent.clearing.terminalKey };
    } finally {
      await agent.stop();
    }
  }

  /** Puts the PSAM into its slot; `faults` last as long as it stays there. */
  async insertSam(...faults: readonly Behaviour[]): Promise<void> {
    await this.readers.field(SAM_SLOT).place(withFaults(this.psam, faults));
  }

  async pullSam(): Promise<void> {
    await this.readers.field(SAM_SLOT).remove();
  }

  get queue(): Queue {
    if (this.#queue === undefined) throw new Error('the queue is closed');
    return this.#queue;
  }

  get url(): string {
    return this.#agent?.registerUrl ?? '';
  }

  get centralUrl(): string {
    return this.#agent?.centralUrl ?? '';
  }

  async up(): Promise<void> {
    writeFileSync(join(this.folder, 'master.key'), MASTER_KEY, { mode: 0o600 });
    this.#queue = openQueue({ path: join(this.folder, 'queue.db'), masterKey: MASTER_KEY, random });
    const config = configSchema.parse({
      stateDir: this.folder,
      clearing: { url: this.clearing.url },
      register: { port: 0 },
      central: { port: 0 },
      ...this.settings,
      payment: { ...QUICK.payment, ...this.settings.payment },
      sync: { ...QUICK.sync, ...this.settings.sync },
    });
    const log = pino({ level: 'info' }, { write: (line: string) => this.logged.push(line) });
    this.#agent = await compose({
      queue: this.#fillable(this.#queue),
      readers: this.readers,
      devices: { pinEntry: this.pad },
      settings: settingsOf(config),
      enrolmentCode: 'CODE-0001',
      clock: { now: Date.now, monotonic: () => performance.now() },
      random,
      log,
      software: 'jdpos/test',
      builtAt: 0,
      onStep: (step) => this.onStep(step),
      ...this.unusual,
    });
  }

  /** Enrolled, with parameters and hotlist, and in contact with the host. */
  async ready(): Promise<void> {
    await until('the agent to be ready', async () => {
      const { clearing, limits, hotlist } = await this.status();
      return clearing.reachable && limits.transactionMinor > 0 && hotlist.version > 0 ? true : undefined;
    });
  }

  async down(): Promise<void> {
    await this.#agent?.close();
    this.#agent = undefined;
    this.#closeQueue();
  }

  /** The process dies straight after this step of a payment: nothing it would still do reaches the disk. */
  dieAfter(step: StepName): void {
    this.onStep = ({ name }) => {
      if (name !== step) return;
      this.#closeQueue();
      throw new Error('power cut');
    };
  }

  /** The process dies, at once or where `dieAfter` said, and comes up again with its readers. */
  async restart(): Promise<void> {
    this.#closeQueue();
    await this.#agent?.close();
    this.onStep = () => {};
    await this.up();
  }

  /** Comes up again with other settings, and is ready. */
  async restartWith(settings: Settings): Promise<void> {
    this.settings = settings;
    await this.restart();
    await this.ready();
  }

  /** The queue on a disk that `diskFull` can fill. */
  #fillable(queue: Queue): Queue {
    const guarded =
      <A extends unknown[], T>(method: WritingMethod, write: (...args: A) => T) =>
      (...args: A): T => {
        if (this.diskFull.has(method)) throw new QueueError('disk-full');
        return write(...args);
      };
    return {
      ...queue,
      payments: {
        ...queue.payments,
        register: guarded('register', queue.payments.register),
        update: guarded('update', queue.payments.update),
        noteSlip: guarded('noteSlip', queue.payments.noteSlip),
      },
      intents: { ...queue.intents, save: guarded('save', queue.intents.save) },
      reversals: { ...queue.reversals, write: guarded('write', queue.reversals.write) },
      commitOutcome: guarded('commitOutcome', queue.commitOutcome),
    };
  }

  #closeQueue(): void {
    this.#queue?.close();
    this.#queue = undefined;
  }

  get isDead(): boolean {
    return this.#queue === undefined;
  }

  async stop(): Promise<void> {
    await this.down();
    await this.clearing.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answered<T>> {
    const response = await fetch(`${path.startsWith('/central') ? this.centralUrl : this.url}${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: (text.startsWith('{') ? JSON.parse(text.split('\n')[0] ?? '') : text) as T,
    };
  }

  async status(): Promise<Status & { limits: Limits; hotlist: { version: number } }> {
    return (await this.call<Status & { limits: Limits; hotlist: { version: number } }>('GET', '/v1/status')).body;
  }

  async payment(id: string): Promise<Payment> {
    return (await this.call<Payment>('GET', `/v1/payments/${id}`)).body;
  }

  /** Starts a purchase and gives its id. */
  pay(amountMinor: number, reference = 'test'): Promise<string> {
    return this.ask({ kind: 'purchase', amountMinor, currency: 'CNY', reference });
  }

  /** Starts a load and gives its id. */
  load(amountMinor: number, reference = 'test'): Promise<string> {
    return this.ask({ kind: 'load', amountMinor, currency: 'CNY', reference });
  }

  /** Starts what the register asks for, and gives its id. */
  async ask(body: object): Promise<string> {
    const { status, body: payment } = await this.call<Payment>('POST', '/v1/payments', body, {
      'idempotency-key': randomUUID(),
    });
    if (status !== 202) throw new Error(`${status}: ${JSON.stringify(payment)}`);
    return payment.id;
  }

  cancel(id: string): Promise<Answered<Payment>> {
    return this.call('POST', `/v1/payments/${id}/cancel`);
  }

  /** Lays a card of the tray on the reader, or puts it into the slot; what lay there is taken away first. */
  async tap(id: string, ...faults: readonly Behaviour[]): Promise<void> {
    const card = this.tray.card(id);
    if (card === undefined) throw new Error(`no card ${id}`);
    for (const at of [0, 1]) await this.readers.field(at).remove();
    await this.readers.field(card.interface === 'contact' ? 1 : 0).place(withFaults(card, faults));
  }

  /** Waits until a payment has one of the states. */
  reaches(id: string, ...states: readonly string[]): Promise<Payment> {
    let last: Payment | undefined;
    return until(`${id} to be ${states.join(' or ')}`, async () => {
      last = await this.payment(id);
      return states.includes(last.state) ? last : undefined;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it is ${JSON.stringify(last)}\n${this.logged.slice(-20).join('')}`);
    });
  }

  async sale(card: string, amountMinor: number): Promise<Payment> {
    const id = await this.pay(amountMinor);
    await this.tap(card);
    return this.reaches(id, 'approved', 'declined', 'failed', 'undecided', 'cancelled');
  }

  /** How many commands an undisturbed tap of this card takes; the last one makes it pay. Sells something to find out. */
  async commandsOf(card: string): Promise<number> {
    let commands = 0;
    const id = await this.pay(1);
    await this.tap(card, (command, n, next) => {
      commands = n;
      return next(command);
    });
    await this.reaches(id, 'approved');
    return commands;
  }

  /** What the chip of a card holds, fen. */
  balance(id: string): number {
    return this.tray.list().find((card) => card.id === id)?.balanceMinor ?? Number.NaN;
  }

  /** The token of the first application of a card, or of a purse. */
  tokenOf(id: string): string {
    const purse = trayPurseAccounts().find(({ cardId }) => cardId === id);
    if (purse) return cardToken(this.clearing.cardTokenKey, purse.serial);
    const pan = Pan.parse(trayAccounts().find(({ cardId }) => cardId === id)?.pan ?? '');
    if (pan === undefined) throw new Error(`no account of ${id}`);
    return cardToken(this.clearing.cardTokenKey, pan);
  }

  /** The outcomes of all records, oldest first. */
  outcomes(): string[] {
    const page = this.queue.records.list({ limit: 500 });
    if ('kind' in page) throw new Error(page.kind);
    return page.items.map(({ record }) => record.outcome).reverse();
  }
}

/** What an agent keeps when it is down: the queue and the key of its storage. */
interface Enrolled {
  readonly files: readonly (readonly [name: string, bytes: Uint8Array])[];
  /** Hex. */
  readonly terminalKey: string;
}

type WritingMethod = 'register' | 'update' | 'save' | 'write' | 'noteSlip' | 'commitOutcome';

interface Settings {
  readonly payment?: object;
  readonly sync?: object;
  readonly offline?: object;
  readonly clearing?: object;
  readonly devices?: object;
  readonly acceptTestKeys?: boolean;
}

interface Limits {
  readonly floorMinor: number;
  readonly cvmMinor: number;
  readonly transactionMinor: number;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { copyCluster } from '../postgres/copied-cluster.ts';
import { prepareStateDir } from '../sandbox/state-dir.ts';
import { takenPort } from '../sandbox/taken-port.ts';
import { until } from '../until.ts';

/** Of the checkout, also from what was built. */
export const ROOT = join(import.meta.dirname.replace(`${sep}dist${sep}`, sep), '../..');

/** More commands than a tap has: what is torn beyond the last one is an ordinary tap. */
export const MORE_THAN_A_TAP = 14;

const READY_WITHIN_MS = 120_000;

/** What the register API says of a payment, as far as scenarios look at it. */
export interface Payment {
  readonly id: string;
  readonly state: string;
  readonly reason?: string;
  readonly reasonText?: { readonly zh: string; readonly en: string };
  readonly amountMinor: number;
  readonly offline: boolean;
  readonly fundedBy?: string;
  readonly debited: string;
  readonly card?: { readonly maskedPan: string; readonly balanceMinor?: number };
  readonly record?: { readonly epoch: number; readonly sequence: number; readonly batchId?: string };
  readonly receipt?: { readonly state: string };
}

export interface Status {
  readonly terminal: string;
  readonly readers: readonly { readonly name: string; readonly role: string; readonly state: string }[];
  readonly devices?: readonly {
    readonly kind: string;
    readonly name: string;
    readonly state: string;
    readonly detail?: string;
  }[];
  readonly clearing: {
    readonly reachable: boolean;
    readonly troubles?: readonly { code: string; subject: string; detail: string }[];
  };
  readonly queue: { readonly unacknowledgedCount: number; readonly unacknowledgedSumMinor: number };
  readonly limits: { readonly transactionMinor: number };
  readonly openIntent: boolean;
}

export interface CentralRecord {
  readonly kind: string;
  readonly terminal: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly outcome: string;
  readonly fundedBy: string;
  readonly amountMinor: number;
  readonly reference: string;
  readonly maskedPan: string;
}

export interface Answered<T> {
  readonly status: number;
  readonly body: T;
}

interface SandboxCard {
  readonly id: string;
  readonly balanceMinor: number;
  readonly maskedPan: string;
}

/** A base port whose neighbours +1 and +10 are free as well; below the range from which the system hands out ports. */
export async function freePorts(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    if ((await takenPort(port)) === undefined) return port;
  }
}

/** The sandbox as `npm start` runs it, on ports and in a state folder of its own, used through its HTTP interfaces alone. */
export class SandboxUnderTest {
  readonly port: number;
  readonly stateDir: string;
  readonly #reader: 'pcsc' | 'in-process';
  /** Of its processes, beside this one's. */
  readonly #env: NodeJS.ProcessEnv;
  #process: ChildProcess | undefined;
  #output = '';

  private constructor(port: number, stateDir: string, reader: 'pcsc' | 'in-process', env: NodeJS.ProcessEnv) {
    this.port = port;
    this.stateDir = stateDir;
    this.#reader = reader;
    this.#env = env;
  }

  static async start(
    reader: 'pcsc' | 'in-process',
    env: (stateDir: string) => NodeJS.ProcessEnv = () => ({}),
  ): Promise<SandboxUnderTest> {
    const stateDir = mkdtempSync(join(tmpdir(), 'jdpos-scenario-'));
    // The centre takes what is there for its own.
    copyCluster(join(prepareStateDir(stateDir).reachable, 'postgres'));
    const sandbox = new SandboxUnderTest(await freePorts(), stateDir, reader, env(stateDir));
    await sandbox.up();
    return sandbox;
  }

  /** Starts the processes; also after `kill`. */
  async up(): Promise<void> {
    const child = spawn(process.execPath, ['dist/test-fixtures/sandbox/main.js'], {
      cwd: ROOT,
      env: {
        ...process.env,
        ...this.#env,
        JDPOS_PORT: String(this.port),
        JDPOS_STATE_DIR: this.stateDir,
        JDPOS_READER: this.#reader,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    this.#output = '';
    const keep = (chunk: Buffer): void => {
      this.#output = (this.#output + chunk.toString()).slice(-20_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const ready = async (): Promise<true | undefined> => {
      if (child.exitCode !== null) throw new Error(`the sandbox ended with ${child.exitCode}:\n${this.#output}`);
      return this.#output.includes('jdpos sandbox: visit') ? true : undefined;
    };
    await until('the sandbox to be ready', ready, READY_WITHIN_MS).catch(async (error: Error) => {
      await this.stop();
      throw new Error(`${error.message}\n${this.#output}`);
    });
  }

  get output(): string {
    return this.#output;
  }

  /** Ends the processes; what they have kept stays. */
  async down(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async stop(): Promise<void> {
    await this.down();
    rmSync(this.stateDir, { recursive: true, force: true });
  }

  /** Kills the supervisor; its processes follow it. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill(signal);
    });
  }

  async call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answered<T>> {
    const port = path.startsWith('/central') ? this.port + 1 : this.port;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    // NDJSON is left as the text that it is.
    const isJson = /^application\/(problem\+)?json\b/.test(response.headers.get('content-type') ?? '');
    return { status: response.status, body: (isJson && text !== '' ? JSON.parse(text) : text) as T };
  }

  async #expect<T>(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
    const answered = await this.call<T>(method, path, body, headers);
    if (answered.status >= 300) {
      throw new Error(`${method} ${path}: ${answered.status} ${JSON.stringify(answered.body)}\n${this.#output}`);
    }
    return answered.body;
  }

  status(): Promise<Status> {
    return this.#expect('GET', '/v1/status');
  }

  cards(): Promise<readonly SandboxCard[]> {
    return this.#expect('GET', '/sandbox/cards');
  }

  /** What its printer has printed, newest first. */
  receipts(): Promise<readonly { readonly text: string; readonly picture: string }[]> {
    return this.#expect('GET', '/sandbox/receipts');
  }

  async balance(id: string): Promise<number> {
    const card = (await this.cards()).find((candidate) => candidate.id === id);
    if (card === undefined) throw new Error(`no card ${id}`);
    return card.balanceMinor;
  }

  pay(amountMinor: number, reference = `test ${randomUUID().slice(0, 8)}`): Promise<Payment> {
    return this.ask({ kind: 'purchase', amountMinor, currency: 'CNY', reference });
  }

  /** Starts what the register asks for. */
  ask(body: object): Promise<Payment> {
    return this.#expect('POST', '/v1/payments', body, { 'idempotency-key': randomUUID() });
  }

  payment(id: string): Promise<Payment> {
    return this.#expect('GET', `/v1/payments/${id}`);
  }

  cancel(id: string): Promise<Payment> {
    return this.#expect('POST', `/v1/payments/${id}/cancel`);
  }

  tap(card: string, tear?: { command: number; when: 'before-card' | 'after-card' }): Promise<unknown> {
    return this.#expect('POST', `/sandbox/cards/${card}/tap`, tear === undefined ? {} : { tear });
  }

  remove(card: string): Promise<unknown> {
    return this.#expect('POST', `/sandbox/cards/${card}/remove`, {});
  }

  network(state: { up: boolean; mode?: 'refuse' | 'blackhole' | 'lose-answers' }): Promise<unknown> {
    return this.#expect('POST', '/sandbox/network', state);
  }

  pin(act: { pin: string } | { key: 'cancel' }): Promise<Answered<unknown>> {
    return this.call('POST', '/sandbox/pin', act);
  }

  /** Waits until a payment has one of the states. */
  reaches(id: string, ...states: readonly string[]): Promise<Payment> {
    let last: Payment | undefined;
    return until(`payment ${id} to be ${states.join(' or ')}`, async () => {
      last = await this.payment(id).catch(() => undefined);
      return last !== undefined && states.includes(last.state) ? last : undefined;
    }).catch((error: Error) => {
      throw new Error(`${error.message}; it is ${JSON.stringify(last)}\n${this.#output}`);
    });
  }

  /** An amount paid with one tap, to its end. */
  async sale(card: string, amountMinor: number, reference?: string): Promise<Payment> {
    const { id } = await this.pay(amountMinor, reference);
    await this.tap(card);
    return this.reaches(id, 'approved', 'declined', 'failed', 'undecided');
  }

  /** The tear that loses the answer to the command by which `rich` pays: found by selling, since it depends on the card. */
  async lastCommandTear(): Promise<{ command: number; when: 'after-card' }> {
    for (let command = MORE_THAN_A_TAP; command > 0; command--) {
      const before = await this.balance('rich');
      const { id } = await this.pay(1);
      await this.tap('rich', { command, when: 'after-card' });
      const { state } = await this.reaches(id, 'present-again', 'approved');
      if (state === 'approved') continue;
      const debited = (await this.balance('rich')) < before;
      await this.tap('rich');
      await this.reaches(id, 'approved');
      if (debited) return { command, when: 'after-card' };
    }
    throw new Error('no command debits the card');
  }

  online(reachable: boolean): Promise<Status> {
    return until(`the host to be ${reachable ? 'reachable' : 'away'}`, async () => {
      const status = await this.status();
      return status.clearing.reachable === reachable ? status : undefined;
    });
  }

  /** All records of all settled batches, once every record of this terminal has settled. */
  async settledRecords(): Promise<readonly CentralRecord[]> {
    const payments = await this.#expect<{ items: readonly Payment[] }>('GET', '/v1/payments?limit=100');
    const newest = Math.max(...payments.items.map(({ record }) => record?.sequence ?? 0));
    return until(`record ${newest} to be settled`, async () => {
      const records = await this.#centralRecords();
      return records.length >= newest ? records : undefined;
    });
  }

  async #centralRecords(): Promise<readonly CentralRecord[]> {
    const records: CentralRecord[] = [];
    let after = '';
    for (;;) {
      const path = `/central/v1/batches?state=settled&limit=50${after && `&after=${encodeURIComponent(after)}`}`;
      const page = await this.#expect<{ items: { id: string }[]; next: string | null }>('GET', path);
      for (const { id } of page.items) {
        const lines = await this.#expect<string>('GET', `/central/v1/batches/${id}/records`);
        records.push(
          ...lines
            .split('\n')
            .filter(Boolean)
            .map((line) => JSON.parse(line) as CentralRecord),
        );
      }
      if (page.next === null) return records;
      after = page.next;
    }
  }
}

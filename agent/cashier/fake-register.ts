import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { extname, join, normalize } from 'node:path';

/** A payment as the register API sends it; the tests give what they need. */
export interface FakePayment {
  readonly id: string;
  readonly state: string;
  readonly amountMinor: number;
  readonly [field: string]: unknown;
}

export interface FakeStatus {
  readers: { name: string; role: string; state: string }[];
  clearing: { reachable: boolean; lastContactAt?: string };
  queue: { unacknowledgedCount: number; unacknowledgedSumMinor: number; oldestAgeS: number };
  [field: string]: unknown;
}

/** What becomes of the next request to start a payment, one word for each. */
export type StartFate = 'answer' | 'lose-answer' | 'lose-request' | 'busy';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly key?: string;
  readonly body: unknown;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
};
const DOCUMENTS: Readonly<Record<string, string>> = { '/': 'index.html', '/customer': 'customer.html' };
/** The policy the page has to live with. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text === '' ? undefined : JSON.parse(text);
}

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly content: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

const json = (status: number, body: unknown): Reply => ({
  status,
  type: 'application/json',
  content: JSON.stringify(body),
});

const problem = (status: number, code: string, title: string): Reply => ({
  status,
  type: 'application/problem+json',
  content: JSON.stringify({ type: 'about:blank', status, code, title }),
});

/** A register API with nothing behind it: the test decides what every payment does. */
export class FakeRegister {
  readonly received: Received[] = [];
  readonly fates: StartFate[] = [];
  status: FakeStatus = {
    readers: [{ name: 'Virtual PCD 00 00', role: 'contactless', state: 'empty' }],
    clearing: { reachable: true, lastContactAt: '2026-11-24T02:00:00Z' },
    queue: { unacknowledgedCount: 0, unacknowledgedSumMinor: 0, oldestAgeS: 0 },
    terminal: 'JD000001',
    limits: { floorMinor: 20_000, cvmMinor: 30_000, transactionMinor: 100_000 },
    openIntent: false,
  };
  cards: readonly unknown[] | undefined;
  /** What the payment asks for, whole. */
  document: unknown;
  readonly #folder: string;
  readonly #payments: FakePayment[] = [];
  readonly #byKey = new Map<string, string>();
  readonly #streams = new Set<ServerResponse>();
  #server: Server | undefined;
  #port = 0;
  #eventId = 0;

  /** `folder` holds the built page. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  /** Listens on a free port, and after a stop on the same one again. */
  async start(): Promise<void> {
    const server = createServer((request, response) => void this.#handle(request, response));
    await new Promise<void>((listening) => server.listen(this.#port, '127.0.0.1', listening));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not a TCP port');
    this.#port = address.port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#streams.clear();
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }

  get payments(): readonly FakePayment[] {
    return this.#payments;
  }

  /** The newest payment. */
  get last(): FakePayment {
    const payment = this.#payments[0];
    if (payment === undefined) throw new Error('no payment has been started');
    return payment;
  }

  starts(): readonly Received[] {
    return this.received.filter(({ method, path }) => method === 'POST' && path === '/v1/payments');
  }

  add(payment: FakePayment): void {
    this.#payments.unshift(payment);
    this.emit('payment', payment);
  }

  /** Changes the newest payment and tells everybody. */
  move(change: Readonly<Record<string, unknown>>): void {
    const payment = { ...this.last, ...change };
    this.#payments[0] = payment;
    this.emit('payment', payment);
  }

  setStatus(change: Partial<FakeStatus>): void {
    this.status = { ...this.status, ...change };
    this.emit('queue', this.status.queue);
  }

  emit(event: string, data: unknown): void {
    this.#eventId += 1;
    for (const stream of this.#streams) {
      stream.write(`id: ${this.#eventId}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    }
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', this.url).pathname;
    const method = request.method ?? 'GET';
    const key = request.headers['idempotency-key'];
    const body = method === 'POST' ? await bodyOf(request) : undefined;
    this.received.push({ method, path, body, ...(typeof key === 'string' && { key }) });
    if (path === '/v1/events') {
      this.#openStream(response);
      return;
    }
    const reply = this.#reply(method, path, String(key), body);
    if (reply === 'lost') response.destroy();
    else response.writeHead(reply.status, { 'content-type': reply.type, ...reply.headers }).end(reply.content);
  }

  #reply(method: string, path: string, key: string, body: unknown): Reply | 'lost' {
    if (path === '/v1/status') return json(200, this.status);
    if (path === '/v1/payments' && method === 'GET') return json(200, { items: this.#payments });
    if (path === '/v1/payments') return this.#startPayment(key, body as { amountMinor: number });
    if (path.endsWith('/cancel')) return this.#cancel();
    if (path.endsWith('/answer')) return this.#answer();
    if (path.startsWith('/v1/') && path.endsWith('/pin')) return this.#pin();
    if (path.endsWith('/print')) return this.#print(body as { copy: string });
    if (path.endsWith('/document')) return json(200, this.document);
    if (path.startsWith('/sandbox/')) return this.#sandbox(path, body);
    return this.#file(path);
  }

  #openStream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': open\n\n');
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }

  #startPayment(key: string, body: { amountMinor: number }): Reply | 'lost' {
    const fate = this.fates.shift() ?? 'answer';
    if (fate === 'busy') return problem(409, 'payment-in-progress', 'Another payment is in progress');
    if (fate === 'lose-request') return 'lost';
    const known = this.#byKey.get(key);
    const payment = this.#payments.find(({ id }) => id === known) ?? this.#newPayment(key, body);
    if (fate === 'lose-answer') return 'lost';
    this.emit('payment', payment);
    return json(202, payment);
  }

  #newPayment(key: string, body: { amountMinor: number }): FakePayment {
    const at = new Date().toISOString();
    const id = `payment-${this.#payments.length + 1}`;
    const rest = { offline: false, debited: 'none', createdAt: at, updatedAt: at };
    const payment = { kind: 'purchase', ...body, ...rest, id, state: 'awaiting-card' };
    this.#byKey.set(key, id);
    this.#payments.unshift(payment);
    return payment;
  }

  #cancel(): Reply {
    const asking = this.last['question'] !== undefined;
    if (!asking && !['awaiting-card', 'awaiting-pin', 'authorising', 'present-again'].includes(this.last.state)) {
      return problem(409, 'not-cancellable', 'The payment can no longer be cancelled');
    }
    const torn = this.last.state === 'present-again';
    this.move({
      question: undefined,
      state: torn ? 'undecided' : 'cancelled',
      reason: 'cancelled',
      debited: torn ? 'unknown' : 'none',
    });
    return json(200, this.last);
  }

  #pin(): Reply {
    const { state } = this.last;
    return state === 'awaiting-pin' ? json(200, { taken: true }) : problem(409, 'pin-not-awaited', 'No PIN is awaited');
  }

  /** The card goes on with whatever it was told. */
  #answer(): Reply {
    const { question: _, ...rest } = this.last;
    this.#payments[0] = rest as FakePayment;
    this.emit('payment', this.#payments[0]);
    return json(200, this.#payments[0]);
  }

  /** What becomes of it the test says, with `move`. */
  #print({ copy }: { copy: string }): Reply {
    const before = this.last['receipt'] as { copies: object } | undefined;
    this.move({ receipt: { state: 'waiting', copies: { ...before?.copies, [copy]: { state: 'waiting' } } } });
    return json(202, this.last);
  }

  #sandbox(path: string, body: unknown): Reply {
    if (this.cards === undefined) return problem(404, 'not-found', 'No such resource');
    if (path === '/sandbox/cards') return json(200, this.cards);
    if (path === '/sandbox/pin' && this.last.state !== 'awaiting-pin') {
      return problem(409, 'no-pin-awaited', 'No PIN is awaited');
    }
    const [reader] = this.status.readers;
    if (reader !== undefined && path.endsWith('/tap')) reader.state = 'card';
    if (reader !== undefined && path.endsWith('/remove')) reader.state = 'empty';
    if (path === '/sandbox/network') this.status.clearing.reachable = (body as { up: boolean }).up;
    return json(200, {});
  }

  #file(path: string): Reply {
    const name = DOCUMENTS[path] ?? normalize(path).replace(/^[/.]+/, '');
    try {
      const content = readFileSync(join(this.#folder, name));
      const type = TYPES[extname(name)] ?? 'application/octet-stream';
      return { status: 200, type, content, headers: { 'content-security-policy': CONTENT_SECURITY_POLICY } };
    } catch {
      return problem(404, 'not-found', 'No such file');
    }
  }
}

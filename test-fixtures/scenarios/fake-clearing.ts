import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type {
  AuthorisationAnswer,
  AuthorisationRequest,
  BatchRequest,
  HotlistAnswer,
  ParametersContent,
  ReversalRequest,
  SettlementItem,
} from '../../clearing/contract/index.ts';
import {
  acknowledgementBytes,
  answerBytes,
  type HotlistDebt,
  type HotlistDelta,
  hotlistBytes,
  hotlistPageBytes,
  parametersBytes,
  type RecordVerdict,
  requestBytes,
  settlementBytes,
} from '../../clearing/contract/record/index.ts';
import {
  drawSm2PrivateKey,
  type Sm2VerifyingKey,
  sm2PublicKey,
  sm2Seal,
  sm2SigningKey,
  sm2SignWith,
  sm2VerifyingKey,
  sm2VerifyWith,
  sm3,
} from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { testCaKeys } from '../pki/index.ts';
import { TRAY_AIDS, TRAY_PURSES } from '../tray/index.ts';
import { grantLoad } from './fake-issuer.ts';

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

interface SigningKey {
  readonly privateKey: Uint8Array;
  readonly publicKey: string;
  readonly keyId: string;
  sign(bytes: Uint8Array): string;
}

function signingKey(): SigningKey {
  const privateKey = drawSm2PrivateKey(random);
  const publicKey = sm2PublicKey(privateKey);
  const key = sm2SigningKey(privateKey, publicKey);
  return {
    privateKey,
    publicKey: toHex(publicKey),
    keyId: toHex(sm3(publicKey)).slice(0, 16),
    sign: (bytes) => toHex(sm2SignWith(key, bytes)),
  };
}

/** What is sent back: JSON with a status, raw text, nothing ever, or a connection that breaks. */
export type Reply =
  | {
      readonly status: number;
      readonly json: unknown;
      readonly headers?: Record<string, string>;
      /** What it waits for. */
      readonly after?: Promise<void>;
    }
  | { readonly status: number; readonly text: string }
  | 'never'
  | 'break';

/** One request as it came. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly json: unknown;
}

/** Of every stand-in host of a process: making keys ready costs more than most of what a test does with them. */
const KEYS = {
  acknowledgement: signingKey(),
  hotlist: signingKey(),
  parameters: signingKey(),
  sealing: signingKey(),
};

type Answerer = (asked: Asked, usual: () => Reply) => Reply;

const ok = (json: unknown, status = 200): Reply => ({ status, json });

/**
 * A clearing host that believes everything: it checks signatures of requests, signs what the contract says is signed, and
 * can be told to misbehave on a route. What it is asked is kept in order. Money is not its business.
 */
export class FakeClearing {
  readonly terminal = 'T-0001';
  readonly cardTokenKey = hex('000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F');
  readonly keys = KEYS;
  readonly asked: Asked[] = [];
  /** Of the terminal's next enrolment. */
  epoch = 1;
  hotlist: readonly string[] = [];
  hotlistVersion = 1;
  /** What cards owe; told once there is something. */
  debts: readonly HotlistDebt[] = [];
  /** What the parameters say of cards that owe. */
  debtPolicy: ParametersContent['debts'];
  parametersVersion = 1;
  /** Sequences that are disputed, and what each of them was worth. */
  dispute: readonly number[] = [];
  disputedMinor = 700;
  limits = { transactionLimitMinor: 500_000, cvmLimitMinor: 100_000, offlineFloorLimitMinor: 50_000 };
  /** Is full debit/credit offered over the air? */
  contactlessDebitCredit = false;
  /** What the parameters say of purses. */
  purses: ParametersContent['purses'] = TRAY_PURSES;
  /** What the parameters say of payments without the host. */
  offlineRisk: ParametersContent['offlineRisk'];
  /** Says that its keys, or the CA keys that it sends, are test keys. */
  marked: { readonly hostKeys?: boolean; readonly caKeys?: boolean } = {};
  badSignatures = 0;
  readonly #server: Server;
  readonly #overrides = new Map<string, Answerer>();
  /** Ids of the loads that were asked for. */
  readonly #loads = new Set<string>();
  readonly #batches = new Map<string, SettlementItem>();
  readonly #caKeys = testCaKeys();
  #terminalKey: Sm2VerifyingKey | undefined;
  #down = false;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<FakeClearing> {
    const clearing = new FakeClearing();
    await new Promise<void>((resolve) => clearing.#server.listen(0, '127.0.0.1', resolve));
    return clearing;
  }

  /** What opens the PANs that are sealed to the host. */
  get sealingKey(): Uint8Array {
    return this.keys.sealing.privateKey;
  }

  /** The terminal's public key, hex: of its enrolment, or as it is set for one that is enrolled already. */
  get terminalKey(): string {
    return toHex(this.#terminalKey?.point ?? new Uint8Array());
  }

  set terminalKey(key: string) {
    this.#terminalKey = sm2VerifyingKey(hex(key));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** While it is down, connections break. */
  set down(down: boolean) {
    this.#down = down;
    this.#server.closeAllConnections();
  }

  /** Answers a route (`POST /v1/authorisations`) in another way; undefined makes it usual again. */
  on(route: string, answerer: Answerer | undefined): void {
    if (answerer === undefined) this.#overrides.delete(route);
    else this.#overrides.set(route, answerer);
  }

  /** Bodies of the requests to a route, in order. */
  bodies<T>(route: string): T[] {
    return this.asked
      .filter(({ method, path }) => route === `${method} ${path.split('?')[0]}`)
      .map(({ json }) => json as T);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    if (this.#down || body === undefined) {
      request.socket.destroy();
      return;
    }
    const { method = '', url = '' } = request;
    const asked = {
      method,
      path: url,
      json: body.length === 0 ? undefined : JSON.parse(new TextDecoder().decode(body)),
    };
    this.asked.push(asked);
    this.#checkSignature(request, body);
    const route = `${method} ${url.split('?')[0]}`;
    const usual = (): Reply => this.#usual(route, asked);
    const reply = this.#overrides.get(route)?.(asked, usual) ?? usual();
    if (typeof reply === 'object' && 'after' in reply) await reply.after;
    send(request, response, reply, (text) => this.#signAnswer(request, text));
  }

  #signAnswer({ url: path = '', headers }: IncomingMessage, text: string): { readonly 'jdpos-signature'?: string } {
    const { 'jdpos-nonce': nonce, 'jdpos-epoch': epoch } = headers;
    if (typeof nonce !== 'string') return {};
    const about = { terminal: this.terminal, epoch: Number(epoch), nonce, path };
    const bytes = answerBytes({ ...about, body: new TextEncoder().encode(text) });
    return { 'jdpos-signature': this.keys.acknowledgement.sign(bytes) };
  }

  #checkSignature({ method, url = '', headers }: IncomingMessage, body: Uint8Array): void {
    if (url === '/v1/enrolments') return;
    const signature = hex(String(headers['jdpos-signature'] ?? ''));
    const signed = requestBytes({ method: method === 'GET' ? 'GET' : 'POST', path: url, body });
    const right = this.#terminalKey !== undefined && sm2VerifyWith(this.#terminalKey, signed, signature);
    if (!right || headers['jdpos-terminal'] !== this.terminal) this.badSignatures += 1;
  }

  #usual(route: string, { json, path }: Asked): Reply {
    switch (route) {
      case 'POST /v1/enrolments':
        return this.#enrol(json as { signingKey: string });
      case 'GET /v1/parameters':
        return ok(this.parameters());
      case 'GET /v1/hotlist':
        return ok(this.#hotlistOf(Number(new URL(path, this.url).searchParams.get('since'))));
      case 'POST /v1/authorisations':
        return ok(this.#authorise(json as AuthorisationRequest));
      case 'POST /v1/reversals':
        return ok(this.#reverse(json as ReversalRequest));
      case 'POST /v1/batches':
        return ok(this.acknowledge(json as BatchRequest));
      case 'GET /v1/settlements':
        return this.#settlements(new URL(path, this.url).searchParams.get('after'));
      default:
        return { status: 404, json: { code: 'not-found' } };
    }
  }

  #authorise(request: AuthorisationRequest): AuthorisationAnswer {
    if (request.purpose !== 'load') return { id: request.id, result: 'approved', authorisationId: 'A-1' };
    this.#loads.add(request.id);
    return grantLoad(request, this.sealingKey, this.#loads.size);
  }

  #reverse({ id, authorisation, notLoaded }: ReversalRequest): object {
    const waits = this.#loads.has(authorisation) && notLoaded !== true;
    return { id, effect: waits ? 'waits-for-card' : 'reversed' };
  }

  #enrol({ signingKey: key }: { signingKey: string }): Reply {
    this.terminalKey = key;
    const cardTokenKey = sm2Seal({
      publicKey64: hex(key),
      ephemeralPrivateKey32: drawSm2PrivateKey(random),
      plaintext: this.cardTokenKey,
      associatedData: new TextEncoder().encode(this.terminal),
    });
    const { acknowledgement, hotlist, parameters, sealing } = this.keys;
    const hostKeys = {
      acknowledgement: acknowledgement.publicKey,
      hotlist: hotlist.publicKey,
      parameters: parameters.publicKey,
      sealing: sealing.publicKey,
    };
    const { epoch } = this;
    const genesisHash = toHex(new Uint8Array(32).fill(0x10 + epoch));
    const known = {
      terminal: this.terminal,
      merchant: 'M-1',
      epoch,
      genesisHash,
      hostKeys,
      ...(this.marked.hostKeys && { mark: 'TEST' }),
    };
    return ok({ ...known, cardTokenKey: toHex(cardTokenKey ?? new Uint8Array()) }, 201);
  }

  parameters(): object {
    const key = this.keys.parameters;
    const rules = { countryCode: '0156', terminalType: '22', capabilities: 'E0E9C8' };
    const content = {
      issuedAt: '2026-01-01T00:00:00Z',
      terminal: this.terminal,
      merchant: { id: 'M-1', name: 'TEST SHOP', categoryCode: '5411' },
      rules: {
        ...rules,
        onlinePin: true,
        signature: true,
        statusCheck: false,
        contactlessDebitCredit: this.contactlessDebitCredit,
      },
      applications: TRAY_AIDS.map((aid) => ({ aid, partialSelection: true, version: '0030', ...this.limits })),
      caKeys: this.#caKeys.map((key) => {
        const name = { rid: toHex(key.rid), index: key.index, ...(this.marked.caKeys && { mark: 'TEST' }) };
        return key.algorithm === 'rsa'
          ? { algorithm: 'rsa', ...name, modulus: toHex(key.modulus), exponent: toHex(key.exponent) }
          : { algorithm: 'sm2', ...name, point: toHex(key.point) };
      }),
      ...(this.purses && { purses: this.purses }),
      ...(this.offlineRisk && { offlineRisk: this.offlineRisk }),
      ...(this.debtPolicy && { debts: this.debtPolicy }),
      keyId: key.keyId,
    };
    const version = this.parametersVersion;
    return { ...content, version, signature: key.sign(parametersBytes({ version, content })) };
  }

  #hotlistOf(since: number): object {
    return this.debts.length === 0 ? this.hotlistSince(since) : this.hotlistPage(since);
  }

  /** The whole list on one page, with what cards owe. */
  hotlistPage(since: number): object {
    const current = since === this.hotlistVersion;
    const to = this.hotlistVersion;
    const hash = String(to).padStart(64, '0');
    const page = {
      ...{ from: current ? to : 0, fromHash: current ? hash : '0'.repeat(64), to, hash, full: !current },
      ...{ entries: this.hotlist.length, add: current ? [] : [...this.hotlist].sort(), remove: [] },
      debts: current ? [] : this.debts,
    };
    const { keyId, sign } = this.keys.hotlist;
    return { ...page, keyId, signature: sign(hotlistPageBytes(page)) };
  }

  hotlistSince(since: number): HotlistAnswer {
    const current = since === this.hotlistVersion;
    const delta = { from: current ? since : 0, to: this.hotlistVersion, full: !current };
    return this.signedHotlist({ ...delta, add: current ? [] : [...this.hotlist].sort(), remove: [] });
  }

  /** A signature of one's own is left as it is. */
  signedHotlist(content: HotlistDelta & { readonly signature?: string }): HotlistAnswer {
    const { keyId, sign } = this.keys.hotlist;
    const signature = content.signature ?? sign(hotlistBytes(content));
    return { ...content, add: [...content.add], remove: [...content.remove], keyId, signature };
  }

  /** Signs for a batch, and settles it if it is told to. */
  acknowledge({ seal, records }: BatchRequest): object {
    const { terminal, epoch, firstSequence, lastSequence, chainHead, batchId, totalMinor } = seal;
    const key = this.keys.acknowledgement;
    const range = { terminal, epoch, firstSequence, lastSequence };
    const verdicts = records.map((_, at) => this.#verdict(firstSequence + at));
    const disputed = this.dispute.filter((sequence) => sequence >= firstSequence && sequence <= lastSequence);
    const paid = { reference: `S-${batchId.slice(0, 8)}`, settledAt: '2026-11-24T10:00:00Z', disputed };
    const settledMinor = totalMinor - disputed.length * this.disputedMinor;
    const recordCount = records.length - disputed.length;
    const settlement = { ...range, ...paid, batchId, recordCount, totalMinor: settledMinor, chainHead };
    const signature = key.sign(settlementBytes(settlement));
    this.#batches.set(batchId, { ...settlement, keyId: key.keyId, signature });
    const content = { ...range, chainHash: chainHead, verdicts };
    return { ...content, keyId: key.keyId, signature: key.sign(acknowledgementBytes(content)) };
  }

  #verdict(sequence: number): RecordVerdict {
    return this.dispute.includes(sequence)
      ? { sequence, verdict: 'disputed', reason: 'wrong-cryptogram' }
      : { sequence, verdict: 'accepted' };
  }

  #settlements(after: string | null): Reply {
    const all = [...this.#batches.values()];
    const items = all.slice(after === null ? 0 : Number(after));
    return ok({ items, next: items.length === 0 ? null : String(all.length) });
  }
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    return Buffer.concat(chunks);
  } catch {
    return undefined;
  }
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  reply: Reply,
  signed: (text: string) => Record<string, string>,
): void {
  if (reply === 'never') return;
  if (reply === 'break') {
    request.socket.destroy();
    return;
  }
  const text = 'text' in reply ? reply.text : JSON.stringify(reply.json);
  const headers = 'headers' in reply ? reply.headers : {};
  response.writeHead(reply.status, { 'content-type': 'application/json', ...signed(text), ...headers }).end(text);
}

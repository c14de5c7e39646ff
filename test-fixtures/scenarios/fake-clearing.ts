import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BatchRequest, HotlistAnswer, SettlementItem } from '../../clearing/contract/index.ts';
import {
  acknowledgementBytes,
  hotlistBytes,
  parametersBytes,
  requestBytes,
  settlementBytes,
} from '../../clearing/contract/record/index.ts';
import { drawSm2PrivateKey, sm2PublicKey, sm2Seal, sm2Sign, sm2Verify, sm3 } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { testCaKeys } from '../pki/index.ts';
import { TRAY_AIDS } from '../tray/index.ts';

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

interface SigningKey {
  readonly publicKey: string;
  readonly keyId: string;
  sign(bytes: Uint8Array): string;
}

function signingKey(): SigningKey {
  const privateKey = drawSm2PrivateKey(random);
  const publicKey = sm2PublicKey(privateKey);
  return {
    publicKey: toHex(publicKey),
    keyId: toHex(sm3(publicKey)).slice(0, 16),
    sign: (bytes) => toHex(sm2Sign(privateKey, bytes)),
  };
}

/** What is sent back: JSON with a status, raw text, nothing ever, or a connection that breaks. */
export type Reply =
  | { readonly status: number; readonly json: unknown; readonly headers?: Record<string, string> }
  | { readonly status: number; readonly text: string }
  | 'never'
  | 'break';

/** One request as it came. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly json: unknown;
}

type Answerer = (asked: Asked, usual: () => Reply) => Reply;

const ok = (json: unknown, status = 200): Reply => ({ status, json });

/**
 * A clearing host that believes everything: it checks signatures of requests, signs what the contract says is signed, and
 * can be told to misbehave on a route. What it is asked is kept in order. Money is not its business.
 */
export class FakeClearing {
  readonly terminal = 'T-0001';
  readonly cardTokenKey = hex('000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F');
  readonly keys = { acknowledgement: signingKey(), hotlist: signingKey(), parameters: signingKey(), sealing: signingKey() };
  readonly asked: Asked[] = [];
  hotlist: readonly string[] = [];
  hotlistVersion = 1;
  parametersVersion = 1;
  settles = true;
  limits = { transactionLimitMinor: 500_000, cvmLimitMinor: 100_000, offlineFloorLimitMinor: 50_000 };
  badSignatures = 0;
  readonly #server: Server;
  readonly #overrides = new Map<string, Answerer>();
  readonly #batches = new Map<string, SettlementItem>();
  #terminalKey: Uint8Array | undefined;
  #down = false;

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<FakeClearing> {
    const clearing = new FakeClearing();
    await new Promise<void>((resolve) => clearing.#server.listen(0, '127.0.0.1', resolve));
    return clearing;
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
    return this.asked.filter(({ method, path }) => route === `${method} ${path.split('?')[0]}`).map(({ json }) => json as T);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = Buffer.concat(await Array.fromAsync<Buffer>(request).catch(() => []));
    if (this.#down) return void request.socket.destroy();
    const { method = '', url = '' } = request;
    const asked = { method, path: url, json: body.length === 0 ? undefined : (JSON.parse(body.toString()) as unknown) };
    this.asked.push(asked);
    const route = `${method} ${url.split('?')[0]}`;
    this.#checkSignature(request, body, route);
    const usual = () => this.#usual(route, asked);
    this.#send(response, this.#overrides.get(route)?.(asked, usual) ?? usual());
  }
}

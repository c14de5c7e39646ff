import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import type { BatchRequest } from '../../clearing/contract/index.ts';
import { acknowledgementBytes, answerBytes, type RecordVerdict } from '../../clearing/contract/record/index.ts';
import { sm2Sign } from '../../emv/crypto/index.ts';
import { toHex } from '../../emv/values/index.ts';

/** One request as its bytes came, whole. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  /** Where it wants a signed answer. */
  readonly nonce?: string;
}

/** What the host does with a request: it has the bare socket. */
export type Behaviour = (socket: Socket, request: RawRequest) => void;

/** A host made of bare TCP, which may answer anything at all; for tests. */
export class RawHost {
  readonly asked: RawRequest[] = [];
  /** How often somebody connected. */
  connections = 0;
  behave: Behaviour;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(behave: Behaviour) {
    this.behave = behave;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(behave: Behaviour): Promise<RawHost> {
    const host = new RawHost(behave);
    await new Promise<void>((resolve) => host.#server.listen(0, '127.0.0.1', resolve));
    return host;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    let bytes = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (let taken = take(bytes); taken !== undefined; taken = take(bytes)) {
        bytes = bytes.subarray(taken.length);
        this.asked.push(taken.request);
        this.behave(socket, taken.request);
      }
    });
  }
}

/** The first whole request in the bytes. */
function take(bytes: Buffer): { readonly request: RawRequest; readonly length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = bytes.subarray(0, end).toString('latin1');
  const length = end + 4 + Number(/^content-length: *([0-9]+)/im.exec(head)?.[1] ?? 0);
  if (bytes.length < length) return undefined;
  const [method = '', path = ''] = head.split(' ', 2);
  const nonce = /^jdpos-nonce: *([0-9A-F]+)/im.exec(head)?.[1];
  const body = bytes.subarray(end + 4, length).toString('utf8');
  return { request: { method, path, body, ...(nonce !== undefined && { nonce }) }, length };
}

/** A well-formed answer, in bytes. */
export const answerOf = (status: number, json: unknown, headers: readonly string[] = []): string => {
  const body = typeof json === 'string' ? json : JSON.stringify(json);
  const type = headers.some((line) => /^content-type:/i.test(line)) ? [] : ['content-type: application/json'];
  const lines = [`HTTP/1.1 ${status} X`, ...type, `content-length: ${Buffer.byteLength(body)}`, ...headers];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
};

/** The same, signed by the host for the request that it answers. */
export function signedAnswer(
  { key, terminal, epoch }: { readonly key: Uint8Array; readonly terminal: string; readonly epoch: number },
  { nonce = '', path }: Pick<RawRequest, 'nonce' | 'path'>,
  status: number,
  json: unknown,
  headers: readonly string[] = [],
): string {
  const body = new TextEncoder().encode(JSON.stringify(json));
  const signature = toHex(sm2Sign(key, answerBytes({ terminal, epoch, nonce, path, body })));
  return answerOf(status, json, [...headers, `jdpos-signature: ${signature}`]);
}

/** A signed acknowledgement of the batch in a body, changed before it is signed. */
export function signedAcknowledgement(
  key: Uint8Array,
  body: string,
  change: object = {},
  verdicts?: readonly RecordVerdict[],
): object {
  const { seal, records } = JSON.parse(body) as BatchRequest;
  const { terminal, epoch, firstSequence, lastSequence, chainHead: chainHash } = seal;
  const accepted = records.map((_, at): RecordVerdict => ({ sequence: firstSequence + at, verdict: 'accepted' }));
  const said = { terminal, epoch, firstSequence, lastSequence, chainHash, verdicts: verdicts ?? accepted };
  const content = { ...said, ...change };
  return { ...content, keyId: '00'.repeat(8), signature: toHex(sm2Sign(key, acknowledgementBytes(content))) };
}

import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { BatchRequest } from '../../clearing/contract/index.ts';
import { acknowledgementBytes } from '../../clearing/contract/record/index.ts';
import { sm2Sign } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import type { AnsweringParts, AnsweringReady } from './processes.ts';

/**
 * Two hosts that keep nothing, over TLS, in a process of their own: one signs an acknowledgement for whatever comes; the
 * other answers the same bytes at once, and is the floor.
 */
const { server, acknowledgementKey } = JSON.parse(process.argv[2] ?? '{}') as AnsweringParts;
const key = hex(acknowledgementKey);
const FIXED = JSON.stringify({ answer: 'x'.repeat(6_000) });

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function acknowledgement(body: Buffer): string {
  const { seal, records } = JSON.parse(body.toString('utf8')) as BatchRequest;
  const { terminal, epoch, firstSequence, lastSequence, chainHead: chainHash } = seal;
  const verdicts = records.map((_, at) => ({ sequence: firstSequence + at, verdict: 'accepted' as const }));
  const content = { terminal, epoch, firstSequence, lastSequence, chainHash, verdicts };
  const signature = toHex(sm2Sign(key, acknowledgementBytes(content)));
  return JSON.stringify({ ...content, keyId: '00'.repeat(8), signature });
}

const own = { cert: server.certificate, key: server.privateKey, minVersion: 'TLSv1.3' as const };
const https = createServer(own, async (request, response) => {
  const body = await bodyOf(request);
  const answer = request.url === '/fixed' ? FIXED : acknowledgement(body);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) });
  response.end(answer);
});
// Longer than a terminal needs for its next sales: a connection that ends just then would count as a host that is away.
https.keepAliveTimeout = 60_000;
process.once('disconnect', () => process.exit(0));
https.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (https.address() as AddressInfo).port } satisfies AnsweringReady);
});

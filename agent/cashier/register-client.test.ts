import { describe, expect, it } from 'vitest';
import { registerClient } from './register-client.ts';

const PAYMENT = {
  id: 'a',
  state: 'awaiting-card',
  amountMinor: 1280,
  reference: 'r',
  kind: 'purchase',
  offline: false,
  debited: 'none',
};
const ATTEMPT = {
  key: '1b4e28ba-2fa1-4d0c-8f2b-0c4f8d9a7e11',
  reference: 'r',
  kind: 'purchase',
  amountMinor: 1280,
} as const;

/** A client whose every call gets this answer, and the requests it made. */
function clientFor(respond: () => Response | Promise<Response>) {
  const requests: { path: unknown; init: RequestInit | undefined }[] = [];
  const client = registerClient(async (path, init) => {
    requests.push({ path, init });
    return respond();
  });
  return { client, requests };
}

const json = (status: number, body: unknown) => () => new Response(JSON.stringify(body), { status });

describe('the register API as the page calls it', () => {
  it('starts a payment with its key', async () => {
    const { client, requests } = clientFor(json(202, PAYMENT));
    expect(await client.startPayment(ATTEMPT)).toMatchObject({ kind: 'answered', value: { id: 'a' } });
    expect(requests[0]).toMatchObject({
      path: '/v1/payments',
      init: { method: 'POST', headers: { 'idempotency-key': ATTEMPT.key, 'content-type': 'application/json' } },
    });
    expect(JSON.parse(String(requests[0]?.init?.body))).toEqual({
      kind: 'purchase',
      amountMinor: 1280,
      currency: 'CNY',
      reference: 'r',
    });
  });

  it.each(['load', 'balance'] as const)('asks for a %s likewise', async (kind) => {
    const { client, requests } = clientFor(json(202, PAYMENT));
    await client.startPayment({ ...ATTEMPT, kind, amountMinor: kind === 'load' ? 5_000 : 0 });
    const sent = JSON.parse(String(requests[0]?.init?.body));
    expect(sent).toMatchObject({ kind, amountMinor: kind === 'load' ? 5_000 : 0 });
  });

  it.each([
    ['a refusal', json(422, { code: 'idempotency-key-reused', title: 'Reused' }), 'refused'],
    ['a terminal that cannot sell', json(503, { code: 'terminal-not-ready', title: 'Not ready' }), 'refused'],
    ['a server that is closing', json(503, { code: 'FST_ERR_CLOSING' }), 'unknown'],
    ['a refusal without a document', () => new Response('no', { status: 404 }), 'refused'],
    ['an error of the daemon', json(500, {}), 'unknown'],
    ['"later"', json(429, {}), 'unknown'],
    ['a document that is no payment', json(202, { id: 'a' }), 'unknown'],
    ['an answer cut short', () => new Response('{"id":', { status: 202 }), 'unknown'],
    ['no answer', () => Promise.reject(new TypeError('fetch failed')), 'unknown'],
  ])('takes %s for what it is', async (_case, respond, kind) => {
    expect(await clientFor(respond).client.startPayment(ATTEMPT)).toMatchObject({ kind });
  });

  it('taps with a tear or without, and escapes what it puts in a path', async () => {
    const { client, requests } = clientFor(() => new Response(null, { status: 204 }));
    expect(await client.tapCard('a/b', { command: 3, when: 'after-card' })).toEqual({
      kind: 'answered',
      value: undefined,
    });
    await client.tapCard('rich', undefined);
    await client.setNetwork(true, 'blackhole');
    await client.setNetwork(false, 'blackhole');
    expect(requests.map(({ path, init }) => [path, init?.body])).toEqual([
      ['/sandbox/cards/a%2Fb/tap', '{"tear":{"command":3,"when":"after-card"}}'],
      ['/sandbox/cards/rich/tap', '{}'],
      ['/sandbox/network', '{"up":true}'],
      ['/sandbox/network', '{"up":false,"mode":"blackhole"}'],
    ]);
  });
});

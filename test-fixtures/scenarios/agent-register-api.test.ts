import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AgentUnderTest } from './agent-under-test.ts';
import { followEvents } from './follow-events.ts';

const PURCHASE = { kind: 'purchase', amountMinor: 100, currency: 'CNY', reference: 'order 1' };

describe('the register API', () => {
  let agent: AgentUnderTest;
  let keys = 0;

  beforeAll(async () => {
    agent = await AgentUnderTest.start();
  });
  afterAll(() => agent.stop());
  afterEach(async () => {
    const { items } = (await agent.call<{ items: { id: string }[] }>('GET', '/v1/payments?limit=1')).body;
    if (items[0]) await agent.cancel(items[0].id);
  });

  const post = (body: unknown, key: string | undefined = `key-${++keys}`) =>
    agent.call<{ id: string; code: string; detail: string; state: string; payment: { id: string } }>(
      'POST',
      '/v1/payments',
      body,
      key === '' ? {} : { 'idempotency-key': key },
    );

  describe('starting a payment', () => {
    it('answers 202 with the whole payment', async () => {
      const { status, body } = await post(PURCHASE);
      expect(status).toBe(202);
      expect(body).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        kind: 'purchase',
        state: 'awaiting-card',
        amountMinor: 100,
        currency: 'CNY',
        reference: 'order 1',
        offline: false,
        debited: 'none',
        createdAt: expect.stringMatching(/^20.*Z$/),
        updatedAt: expect.stringMatching(/^20.*Z$/),
      });
    });

    it('the same key and body: 200 and the payment as it is now', async () => {
      const first = await post(PURCHASE, 'same');
      expect(await post(PURCHASE, 'same')).toMatchObject({
        status: 200,
        body: { id: first.body.id, state: 'awaiting-card' },
      });
      await agent.cancel(first.body.id);
      expect(await post(PURCHASE, 'same')).toMatchObject({
        status: 200,
        body: { id: first.body.id, state: 'cancelled' },
      });
    });

    it('the same key and another body: 422', async () => {
      await post(PURCHASE, 'reused');
      for (const other of [
        { ...PURCHASE, amountMinor: 101 },
        { ...PURCHASE, reference: 'order 2' },
      ]) {
        expect(await post(other, 'reused')).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
      }
    });

    it('a second one while one is in progress: 409, naming the one', async () => {
      const { body } = await post(PURCHASE);
      const second = await post(PURCHASE);
      expect(second).toMatchObject({ status: 409, body: { code: 'payment-in-progress', payment: { id: body.id } } });
      expect(second.body.detail).toContain(body.id);
    });

    it.each([[''], ['a key'], ['ключ'.replace(/./g, ' ')], ['k'.repeat(256)]])(
      'without a usable key (%j): 400',
      async (key) => {
        expect(await post(PURCHASE, key)).toMatchObject({ status: 400, body: { code: 'idempotency-key-required' } });
      },
    );

    it.each([['refund'], ['void']])('%s: 422, not available', async (kind) => {
      expect(await post({ kind })).toMatchObject({ status: 422, body: { code: 'kind-not-available' } });
      expect(await post({ ...PURCHASE, kind, original: 'x' }, '')).toMatchObject({
        body: { code: 'kind-not-available' },
      });
    });

    it.each<[string, object]>([
      ['amountMinor', { ...PURCHASE, amountMinor: 0 }],
      ['amountMinor', { ...PURCHASE, amountMinor: -1 }],
      ['amountMinor', { ...PURCHASE, amountMinor: 1.5 }],
      ['amountMinor', { ...PURCHASE, amountMinor: '100' }],
      ['amountMinor', { ...PURCHASE, amountMinor: null }],
      ['amountMinor', { ...PURCHASE, amountMinor: 1_000_000_000_000 }],
      ['currency', { ...PURCHASE, currency: 'USD' }],
      ['reference', { ...PURCHASE, reference: '' }],
      ['reference', { ...PURCHASE, reference: 'x'.repeat(41) }],
      ['reference', { ...PURCHASE, reference: 'two\nlines' }],
      ['kind', { ...PURCHASE, kind: 'gift' }],
      ['amountMinor', { ...PURCHASE, kind: 'load', amountMinor: 0 }],
      ['amountMinor', { kind: 'load', currency: 'CNY', reference: 'r' }],
      ['reference', { kind: 'load', amountMinor: 100, currency: 'CNY' }],
      ['amountMinor', { kind: 'balance', amountMinor: 1 }],
      ['', { ...PURCHASE, tip: 1 }],
      ['', []],
    ])('refuses a bad %s: %o', async (field, body) => {
      const { status, body: problem } = await post(body);
      expect(status).toBe(400);
      expect(problem).toMatchObject({
        code: 'invalid-request',
        errors: [{ pointer: field === '' ? expect.any(String) : `/${field}` }],
      });
      expect(problem.detail.length).toBeGreaterThan(10);
    });

    it('takes the longest references there are, in any script', async () => {
      for (const reference of ['超'.repeat(40), '🧾'.repeat(20)]) {
        const { body } = await post({ ...PURCHASE, reference });
        await agent.tap('rich');
        expect((await agent.reaches(body.id, 'approved')).state).toBe('approved');
      }
    });

    it('takes no body that is not JSON', async () => {
      const response = await fetch(`${agent.url}/v1/payments`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'k' },
        body: '{"kind": "purchase"',
      });
      expect(response.status).toBe(400);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
    });

    it('refuses an amount at the transaction limit when a card could be asked, and says where it may be paid', async () => {
      const { body } = await post({ ...PURCHASE, amountMinor: 500_000 });
      await agent.tap('rich');
      // There is a slot, so the customer is sent there.
      expect(await agent.reaches(body.id, 'declined')).toMatchObject({ reason: 'use-contact', debited: 'none' });
    });
  });

  describe('looking', () => {
    it.each([
      "state = 'x'",
      "kind = 'x'",
      "created_at = 'x'",
      'amount_minor = 9223372036854775807',
      `detail = '{"card":5}'`,
      `detail = '{"reason":5}'`,
    ])('a payment that another hand has changed is named, and the list goes on: %s', async (change) => {
      const [before, changed, after] = [
        await agent.sale('rich', 100),
        await agent.sale('rich', 200),
        await agent.sale('rich', 300),
      ];
      const db = new BetterSqlite(join(agent.folder, 'queue.db'));
      db.prepare(`update payments set ${change} where id = ?`).run(changed.id);
      db.close();
      const { status, body } = await agent.call<{ items: { id: string }[] }>('GET', '/v1/payments?limit=3');
      expect([status, body]).toMatchObject([
        200,
        { items: [{ id: after.id }, { id: before.id }], unreadable: [changed.id] },
      ]);
    });

    it('lists payments newest first, page by page', async () => {
      const made: string[] = [];
      for (let count = 0; count < 3; count++) {
        const { body } = await post(PURCHASE);
        made.unshift(body.id);
        await agent.cancel(body.id);
      }
      const listed: string[] = [];
      let after = '';
      do {
        const { body } = await agent.call<{ items: { id: string }[]; next: string | null }>(
          'GET',
          `/v1/payments?limit=2${after}`,
        );
        listed.push(...body.items.map(({ id }) => id));
        after = body.next === null ? '' : `&after=${body.next}`;
      } while (after !== '');
      expect(listed.slice(0, 3)).toEqual(made);
      expect(new Set(listed).size).toBe(listed.length);
    });

    it.each([
      ['/v1/payments?after=nonsense', 400, 'bad-cursor'],
      ['/v1/payments?limit=0', 400, 'invalid-request'],
      ['/v1/payments?limit=501', 400, 'invalid-request'],
      ['/v1/payments/00000000-0000-4000-8000-000000000000', 404, 'payment-not-found'],
      ['/v1/nothing', 404, 'not-found'],
    ])('%s: %i %s', async (path, status, code) => {
      expect(await agent.call('GET', path)).toMatchObject({ status, body: { code } });
    });

    it.each([
      ['/v1/settings', 'settings-not-kept', 'jdpos run'],
      ['/v1/pin-pad', 'no-pin-pad', 'none that holds keys'],
    ])('%s: %s, and what to do', async (path, code, detail) => {
      expect(await agent.call('GET', path)).toMatchObject({ body: { code, detail: expect.stringContaining(detail) } });
    });

    it('the status has everything that the design names', async () => {
      const status = await agent.status();
      expect(status).toMatchObject({
        terminal: 'T-0001',
        readers: [
          { name: 'Memory Reader', role: 'contactless', state: expect.stringMatching(/^(empty|card)$/) },
          { name: 'Memory Slot', role: 'contact', state: 'empty' },
          { name: 'Memory SAM', role: 'sam', state: 'card' },
        ],
        clearing: { reachable: true, lastContactAt: expect.stringMatching(/Z$/) },
        queue: { unacknowledgedCount: expect.any(Number), unacknowledgedSumMinor: expect.any(Number) },
        hotlist: { version: 1, ageS: expect.any(Number) },
        limits: { floorMinor: 50_000, cvmMinor: 100_000, transactionMinor: 500_000 },
        openIntent: false,
      });
    });

    it('the OpenAPI document names every route', async () => {
      const document = (await agent.call<{ openapi: string; paths: Record<string, object> }>('GET', '/openapi.json'))
        .body;
      expect(document.openapi).toBe('3.1.0');
      expect(
        Object.entries(document.paths)
          .flatMap(([path, verbs]) => Object.keys(verbs).map((verb) => `${verb} ${path}`))
          .sort(),
      ).toEqual([
        'get /metrics',
        'get /v1/closes',
        'get /v1/closes/{number}',
        'get /v1/closes/{number}/receipt',
        'get /v1/events',
        'get /v1/payments',
        'get /v1/payments/{id}',
        'get /v1/payments/{id}/document',
        'get /v1/payments/{id}/receipt',
        'get /v1/payments/{id}/trace',
        'get /v1/pin-pad',
        'get /v1/settings',
        'get /v1/status',
        'post /v1/batches/close',
        'post /v1/bundles',
        'post /v1/closes',
        'post /v1/closes/{number}/print',
        'post /v1/codes',
        'post /v1/enrolment',
        'post /v1/keys/rotate',
        'post /v1/payments',
        'post /v1/payments/{id}/answer',
        'post /v1/payments/{id}/cancel',
        'post /v1/payments/{id}/print',
        'post /v1/pin-pad/key',
        'post /v1/receipts',
        'post /v1/settings/reload',
        'post /v1/sync',
      ]);
    });
  });

  describe('a code that was scanned', () => {
    const scan = (code: unknown) => agent.call<Record<string, unknown>>('POST', '/v1/codes', { code });
    /** The example of EMV QRCPS as public libraries carry it. */
    const CPM =
      'hQVDUFYwMWETTwegAAAAVVVVUAhQcm9kdWN0MWETTwegAAAAZmZmUAhQcm9kdWN0MmJJWggSNFZ4kBI0WF8gDkNBUkRIT0xERVIvRU1WXy0IcnVlc2RlZW5kIZ8QBwYBCgMAAACfJghYT9OF+iNLzJ82AgABnzcEbVjvEw==';

    it.each([
      ['134567890123456789', 'wechat', '微信'],
      ['280000000000000000', 'alipay', '支付宝'],
      ['6200000000000000000', 'unionpay', '银联'],
      [CPM, 'emv-cpm', 'EMV'],
    ])('%s is told by its family, and that it pays nothing here', async (code, family, named) => {
      const { status, body } = await scan(code);
      expect([status, body['family'], body['payable'], body['verification']]).toEqual([200, family, false, 'online']);
      expect((body['reasonText'] as { zh: string }).zh).toMatch(new RegExp(`${named}.*没有收款`));
      expect(JSON.stringify(body)).not.toContain(code);
      expect(agent.logged.join('')).not.toContain(code);
    });

    it('an EMV code shows what it offers, its number masked', async () => {
      expect((await scan(CPM)).body['applications']).toEqual([
        { aid: 'A0000000555555', label: 'Product1', maskedPan: '123456******3458', cryptogram: true },
        { aid: 'A0000000666666', label: 'Product2', maskedPan: '123456******3458', cryptogram: true },
      ]);
    });

    it.each([
      ['6901234567892', 'not-a-payment-code'],
      ['', 'empty'],
      ['hQVDUFYwMQ==', 'no-application'],
      ['9'.repeat(8_000), 'too-long'],
    ])('%s is none, and why', async (code, why) => {
      expect(await scan(code)).toMatchObject({ status: 200, body: { family: 'unknown', why, payable: false } });
    });

    it.each([[{}], [{ code: 1 }], [{ code: 'x'.repeat(8_193) }], [{ code: '1', amountMinor: 1 }]])(
      'a body that is none is refused, and not repeated: %j',
      async (body) => {
        const refused = await agent.call('POST', '/v1/codes', body);
        expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
        expect(JSON.stringify(refused)).not.toContain('xxx');
      },
    );
  });

  it.each([
    ['a page of another site', { origin: 'https://evil.example' }],
    ['a name that was rebound to this machine', { host: 'evil.example' }],
    ['a fetch across sites', { 'sec-fetch-site': 'cross-site' }],
  ])('refuses %s', async (_name, headers) => {
    const { port } = new URL(agent.url);
    const status = await new Promise((resolve, reject) => {
      const path = '/v1/status';
      httpRequest({ port, host: '127.0.0.1', path, headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });

  describe('events', () => {
    it('tell each state of a payment, with rising ids and the whole resource', async () => {
      const stream = await followEvents(agent.url);
      const { body } = await post(PURCHASE);
      await agent.tap('rich');
      await agent.reaches(body.id, 'approved');
      await stream.until((events) =>
        events.some(({ name, data }) => name === 'payment' && data['state'] === 'approved'),
      );
      const states = stream.events.filter(({ name }) => name === 'payment').map(({ data }) => data['state']);
      expect(states).toEqual(['awaiting-card', 'card-present', 'approved']);
      const ids = stream.events.map(({ id }) => Number(id));
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
      expect(new Set(ids).size).toBe(ids.length);
      const approved = stream.events.find(({ data }) => data['state'] === 'approved');
      expect(approved?.data).toEqual(await agent.payment(body.id));
      expect(stream.events.map(({ name }) => name)).toEqual(expect.arrayContaining(['reader', 'queue']));
      stream.close();
    });

    it('resume after the last one that was seen', async () => {
      const stream = await followEvents(agent.url);
      const { body } = await post(PURCHASE);
      await stream.until((events) => events.length > 0);
      const seen = stream.events.at(-1)?.id ?? '';
      stream.close();
      await agent.cancel(body.id);
      const again = await followEvents(agent.url, seen);
      await again.until((events) =>
        events.some(({ name, data }) => name === 'payment' && data['state'] === 'cancelled'),
      );
      expect(Number(again.events[0]?.id)).toBe(Number(seen) + 1);
      again.close();
    });

    it.each(['1', '99999999999999', 'x'])('reset when nothing is known of Last-Event-ID %s', async (id) => {
      const stream = await followEvents(agent.url, id);
      await stream.until((events) => events.length > 0);
      expect(stream.events[0]).toMatchObject({ name: 'reset', data: {} });
      const { body } = await post(PURCHASE);
      await agent.cancel(body.id);
      await stream.until((events) => events.length > 1);
      expect(Number(stream.events[1]?.id)).toBeGreaterThan(Number(stream.events[0]?.id));
      stream.close();
    });

    it('end with the agent', async () => {
      const other = await AgentUnderTest.start();
      const stream = await followEvents(other.url);
      await other.stop();
      await stream.ended;
    });
  });
});

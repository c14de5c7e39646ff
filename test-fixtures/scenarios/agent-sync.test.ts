import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BatchRequest, batchRequest } from '../../clearing/contract/index.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';

const BATCHES = 'POST /v1/batches';

interface Batch {
  readonly id: string;
  readonly state: string;
  readonly count: number;
  readonly totalMinor: number;
}

describe('what passes between agent and clearing host', () => {
  let agent: AgentUnderTest;

  beforeEach(async () => {
    agent = await AgentUnderTest.start();
  });
  afterEach(() => agent.stop());

  const close = () => agent.call<Batch & { code?: string }>('POST', '/v1/batches/close');
  const batchIs = (id: string, state: string) =>
    until(`batch ${id} to be ${state}`, async () => (agent.queue.batches.get(id)?.state === state ? true : undefined));
  const logged = (text: string) =>
    until(`"${text}" in the log`, async () => (agent.logged.some((line) => line.includes(text)) ? true : undefined));
  /** Lets so many requests to a route come and go. */
  const asked = (route: string, times: number) => {
    const before = agent.clearing.bodies(route).length;
    return until(`${times} requests to ${route}`, async () =>
      agent.clearing.bodies(route).length >= before + times ? true : undefined,
    );
  };
  /** Answers a request once with something else. */
  const once = (route: string, change: (usual: never) => unknown) => {
    let done = false;
    agent.clearing.on(route, (_asked, usual) => {
      const reply = usual();
      if (done || typeof reply === 'string' || !('json' in reply)) return reply;
      done = true;
      return { ...reply, json: change(reply.json as never) };
    });
  };

  it('records go up sealed, are acknowledged, settle, and are there for central systems', async () => {
    await agent.sale('rich', 700);
    await agent.sale('rich', 300);
    await agent.sale('expired', 300);
    expect((await agent.status()).queue).toMatchObject({ unacknowledgedCount: 2, unacknowledgedSumMinor: 1000 });
    const { status, body } = await close();
    expect(status).toBe(200);
    expect(body).toMatchObject({ state: 'sealed', count: 3, totalMinor: 1000 });
    await batchIs(body.id, 'settled');
    expect((await agent.status()).queue).toMatchObject({ unacknowledgedCount: 0, unacknowledgedSumMinor: 0 });

    const [sent] = agent.clearing.bodies<BatchRequest>(BATCHES);
    expect(batchRequest.parse(sent)).toMatchObject({ seal: { firstSequence: 1, lastSequence: 3, count: 3 } });
    const central = await agent.call<{ items: { id: string }[]; next: string }>(
      'GET',
      '/central/v1/batches?state=settled',
    );
    expect(central.body.items).toMatchObject([{ id: body.id, recordCount: 3, totalMinor: 1000, firstSequence: 1 }]);
    const later = await agent.call<{ items: unknown[] }>('GET', `/central/v1/batches?after=${central.body.next}`);
    expect(later.body.items).toEqual([]);
    const lines = await fetch(`${agent.centralUrl}/central/v1/batches/${body.id}/records`).then((r) => r.text());
    expect(
      lines
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toMatchObject([
      { sequence: 1, outcome: 'approved', amountMinor: 700, fundedBy: 'chip' },
      { sequence: 2, outcome: 'approved', amountMinor: 300 },
      { sequence: 3, outcome: 'declined', fundedBy: 'none' },
    ]);
    expect(agent.clearing.badSignatures).toBe(0);
  });

  it('a cursor of the central list finds what settles later, one by one', async () => {
    const ids: string[] = [];
    let after = '';
    for (let count = 0; count < 4; count++) {
      await agent.sale('rich', 100 + count);
      const { id } = (await close()).body;
      ids.push(id);
      await batchIs(id, 'settled');
      const { body } = await agent.call<{ items: { id: string }[]; next: string }>(
        'GET',
        `/central/v1/batches?limit=2${after}`,
      );
      expect(body.items.map((item) => item.id)).toEqual([id]);
      after = `&after=${body.next}`;
    }
    const all = await agent.call<{ items: { id: string }[]; next: string }>('GET', '/central/v1/batches?limit=3');
    const rest = await agent.call<{ items: { id: string }[] }>(
      'GET',
      `/central/v1/batches?limit=3&after=${all.body.next}`,
    );
    expect([...all.body.items, ...rest.body.items].map(({ id }) => id)).toEqual(ids);
    expect(await agent.call('GET', '/central/v1/batches?after=0nonsense')).toMatchObject({
      status: 400,
      body: { code: 'bad-cursor' },
    });
  });

  it('closing gives the batch of the newest record, as often as it is asked', async () => {
    expect(await close()).toMatchObject({ status: 409, body: { code: 'nothing-to-close' } });
    await agent.sale('rich', 700);
    const { body } = await close();
    await batchIs(body.id, 'settled');
    expect(await close()).toMatchObject({ status: 200, body: { id: body.id, state: 'settled' } });
  });

  it.each<[string, (usual: { signature: string; verdicts: unknown[]; lastSequence: number }) => unknown, string]>([
    ['forged', (usual) => ({ ...usual, signature: '00'.repeat(64) }), 'signature'],
    ['of another range', (usual) => ({ ...usual, lastSequence: usual.lastSequence + 1 }), 'signature'],
    ['with verdicts missing', (usual) => ({ ...usual, verdicts: [{ sequence: 9, verdict: 'accepted' }] }), 'signature'],
    ['of another shape', () => ({ fine: true }), 'contract'],
  ])('an acknowledgement that is %s is not taken: the batch goes up again', async (_name, change) => {
    once(BATCHES, change);
    await agent.sale('rich', 700);
    const { id } = (await close()).body;
    await batchIs(id, 'settled');
    const sent = agent.clearing.bodies<BatchRequest>(BATCHES);
    expect(sent).toHaveLength(2);
    expect(sent[1]?.seal).toEqual(sent[0]?.seal);
  });

  it('nor one that is signed, for another batch', async () => {
    await agent.sale('rich', 700);
    const first = (await close()).body;
    await batchIs(first.id, 'settled');
    const [request] = agent.clearing.bodies<BatchRequest>(BATCHES);
    once(BATCHES, () => request && agent.clearing.acknowledge(request));
    await agent.sale('rich', 300);
    const second = (await close()).body;
    await logged('"fault":"other-batch"');
    await batchIs(second.id, 'settled');
  });

  it('a refused batch stays, is cried out about, and goes up when the host has been mended', async () => {
    agent.clearing.on(BATCHES, () => ({ status: 409, json: { code: 'fork', detail: 'another chain' } }));
    await agent.sale('rich', 700);
    const { id } = (await close()).body;
    await asked(BATCHES, 2);
    await logged('"code":"fork"');
    expect((await agent.status()).queue.unacknowledgedCount).toBe(1);
    agent.clearing.on(BATCHES, undefined);
    await batchIs(id, 'settled');
  });

  it('disputed records are kept apart: the batch settles without them', async () => {
    await agent.sale('rich', 700);
    await agent.sale('rich', 300);
    agent.clearing.dispute = [1];
    const { id } = (await close()).body;
    await batchIs(id, 'settled');
    expect(agent.queue.records.get(1, 1)).toMatchObject({ verdict: 'disputed', verdictReason: 'wrong-cryptogram' });
    const { body } = await agent.call<{ recordCount: number }>('GET', `/central/v1/batches/${id}`);
    expect(body).toMatchObject({
      recordCount: 1,
      totalMinor: 300,
      disputed: [1],
      seal: { totalMinor: 1000, count: 2 },
    });
  });

  it('a settlement that is not signed by the host settles nothing', async () => {
    agent.clearing.on('GET /v1/settlements', (_asked, usual) => {
      const reply = usual();
      if (typeof reply === 'string' || !('json' in reply)) return reply;
      const page = reply.json as { items: object[] };
      return { ...reply, json: { ...page, items: page.items.map((item) => ({ ...item, totalMinor: 1 })) } };
    });
    await agent.sale('rich', 700);
    const { id } = (await close()).body;
    await logged('a settlement is not signed by the host');
    expect(agent.queue.batches.get(id)?.state).toBe('accepted');
    agent.clearing.on('GET /v1/settlements', undefined);
    await batchIs(id, 'settled');
  });

  it('a centre that was put back from a copy has its list of settlements read from the beginning', async () => {
    await agent.sale('rich', 700);
    await batchIs((await close()).body.id, 'settled');
    agent.clearing.on('GET /v1/settlements', ({ path }, usual) =>
      path.includes('after=1') ? { status: 400, json: { code: 'bad-cursor' } } : usual(),
    );
    await agent.sale('rich', 300);
    await batchIs((await close()).body.id, 'settled');
    agent.clearing.on('GET /v1/settlements', undefined);
  });

  it('a settlement that comes before its acknowledgement is not lost', async () => {
    agent.clearing.on('GET /v1/settlements', () => 'break');
    await agent.sale('rich', 700);
    const first = (await close()).body;
    await batchIs(first.id, 'accepted');
    let lost = true;
    agent.clearing.on(BATCHES, (_asked, usual) => {
      const reply = usual();
      return lost ? 'break' : reply;
    });
    await agent.sale('rich', 300);
    const second = (await close()).body;
    await batchIs(second.id, 'submitted');
    agent.clearing.on('GET /v1/settlements', undefined);
    await batchIs(first.id, 'settled');
    lost = false;
    await batchIs(second.id, 'settled');
  });

  it('seals by itself when so many records wait, or one has waited so long', async () => {
    const eager = await AgentUnderTest.start({ sync: { batchMaxRecords: 2 } });
    await eager.sale('rich', 100);
    expect(eager.clearing.bodies(BATCHES)).toEqual([]);
    await eager.sale('rich', 100);
    await until('a batch', async () => eager.clearing.bodies(BATCHES)[0]);
    await eager.stop();

    const impatient = await AgentUnderTest.start({ sync: { batchMaxAgeMs: 300 } });
    await impatient.sale('rich', 100);
    await until('a batch', async () => impatient.clearing.bodies(BATCHES)[0]);
    await impatient.stop();
  });

  it('what was open when the agent ended is sealed when it comes back', async () => {
    await agent.sale('rich', 700);
    await agent.restart();
    await until('a batch', async () => agent.clearing.bodies(BATCHES)[0]);
  });

  it('while the host is away records queue up; when it is back they drain in order', async () => {
    agent.clearing.down = true;
    await until('the host to be away', async () => ((await agent.status()).clearing.reachable ? undefined : true));
    for (const amount of [100, 200, 300]) {
      expect(await agent.sale('rich', amount)).toMatchObject({ state: 'approved', offline: true });
      await close();
    }
    expect((await agent.status()).queue).toMatchObject({ unacknowledgedCount: 3, unacknowledgedSumMinor: 600 });
    agent.clearing.down = false;
    await until('the queue to drain', async () =>
      (await agent.status()).queue.unacknowledgedCount === 0 ? true : undefined,
    );
    const sent = agent.clearing.bodies<BatchRequest>(BATCHES).map(({ seal }) => seal.firstSequence);
    expect([...new Set(sent)]).toEqual([1, 2, 3]);
  });

  it('the patience that the host asks for is had', async () => {
    let refused = 0;
    agent.clearing.on(BATCHES, () => {
      refused += 1;
      return { status: 503, json: {}, headers: { 'retry-after': '60' } };
    });
    await agent.sale('rich', 700);
    await close();
    await asked(BATCHES, 1).catch(() => {});
    await close();
    await agent.sale('rich', 100);
    await asked('GET /v1/hotlist', 5);
    expect(refused).toBe(1);
  });

  it('a hotlist is taken when it is signed, goes on from ours, and is not older', async () => {
    const card = 'hotlisted';
    agent.clearing.hotlist = [agent.tokenOf(card)];
    agent.clearing.hotlistVersion = 2;
    await until('version 2', async () => ((await agent.status()).hotlist.version === 2 ? true : undefined));
    const before = agent.balance(card);
    expect(await agent.sale(card, 100)).toMatchObject({ state: 'declined', reason: 'hotlisted', debited: 'none' });
    expect(agent.balance(card)).toBe(before);

    for (const lie of [
      { full: true, from: 0, to: 3, add: [], remove: [], signature: '11'.repeat(64) },
      { full: false, from: 1, to: 3, add: [], remove: agent.clearing.hotlist },
      { full: true, from: 0, to: 1, add: [], remove: [] },
    ]) {
      agent.clearing.on('GET /v1/hotlist', () => ({ status: 200, json: agent.clearing.signedHotlist(lie) }));
      await asked('GET /v1/hotlist', 2);
      expect((await agent.status()).hotlist.version).toBe(2);
      expect(agent.queue.hotlist.contains(agent.tokenOf(card))).toBe(true);
    }
    agent.clearing.on('GET /v1/hotlist', undefined);
  });

  it('parameters are taken when they are signed, and never go back', async () => {
    agent.clearing.limits = { ...agent.clearing.limits, offlineFloorLimitMinor: 777 };
    agent.clearing.parametersVersion = 5;
    await agent.restart();
    await until('the new floor', async () => ((await agent.status()).limits.floorMinor === 777 ? true : undefined));

    agent.clearing.limits = { ...agent.clearing.limits, offlineFloorLimitMinor: 400_000 };
    agent.clearing.parametersVersion = 4;
    await agent.restart();
    await logged('"fault":"older"');
    agent.clearing.parametersVersion = 6;
    agent.clearing.on('GET /v1/parameters', () => ({
      status: 200,
      json: { ...agent.clearing.parameters(), version: 7 },
    }));
    await agent.restart();
    await logged('"fault":"signature"');
    expect((await agent.status()).limits.floorMinor).toBe(777);
  });

  it('sells nothing before it is enrolled and has its parameters; a lost enrolment is asked for again with the same key', async () => {
    const fresh = await AgentUnderTest.prepare({ sync: { requestTimeoutMs: 2_000 } });
    const answers = ['break', 'never'] as const;
    let at = 0;
    fresh.clearing.on('POST /v1/enrolments', (_asked, usual) => answers[at++] ?? usual());
    fresh.clearing.on('GET /v1/parameters', () => 'break');
    await fresh.up();
    expect(await fresh.status()).toMatchObject({
      limits: { floorMinor: 0, transactionMinor: 0 },
      queue: { unacknowledgedCount: 0 },
    });
    const body = { kind: 'purchase', amountMinor: 100, currency: 'CNY', reference: 'r' };
    const refused = await fresh.call('POST', '/v1/payments', body, { 'idempotency-key': 'k' });
    expect(refused).toMatchObject({ status: 503, body: { code: 'terminal-not-ready' } });
    await until('the enrolment', async () => fresh.queue.identity.get());
    const keys = fresh.clearing
      .bodies<{ signingKey: string }>('POST /v1/enrolments')
      .map(({ signingKey }) => signingKey);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(await fresh.call('POST', '/v1/payments', body, { 'idempotency-key': 'k' })).toMatchObject({ status: 503 });
    fresh.clearing.on('GET /v1/parameters', undefined);
    await fresh.ready();
    expect((await fresh.sale('rich', 100)).state).toBe('approved');
    await fresh.stop();
  });
});

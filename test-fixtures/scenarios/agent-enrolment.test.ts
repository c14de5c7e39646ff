import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tearAt } from '../card/index.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';

const ENROLMENTS = 'POST /v1/enrolments';
const SALE = { kind: 'purchase', amountMinor: 100, currency: 'CNY', reference: 'r' };

interface Enrolment {
  readonly code: string;
  readonly signingKey: string;
  readonly previous?: { readonly epoch: number; readonly sequence: number; readonly chainHash: string };
}
interface Stopped {
  readonly stopped?: { readonly reason: string; readonly detail: string };
}

describe('enrolling anew', () => {
  let agent: AgentUnderTest;

  beforeEach(async () => {
    agent = await AgentUnderTest.prepare();
    await agent.up();
    await agent.ready();
    agent.clearing.epoch = 2;
  });
  afterEach(() => agent.stop());

  const enrol = (code = 'CODE-0002') =>
    agent.call<{ code?: string; detail?: string; epoch?: number }>('POST', '/v1/enrolment', { code });
  const close = () => agent.call('POST', '/v1/batches/close');
  const drained = () =>
    until('the queue to drain', async () =>
      (await agent.status()).queue.unacknowledgedCount === 0 ? true : undefined,
    );
  const stopped = async () => ((await agent.status()) as Stopped).stopped?.reason;
  const asked = () => agent.clearing.bodies<Enrolment>(ENROLMENTS);
  const refusedSale = () => agent.call('POST', '/v1/payments', SALE, { 'idempotency-key': 'k' });

  it('begins a new epoch from where the centre has acknowledged the old one', async () => {
    await agent.sale('rich', 700);
    await close();
    await drained();
    const hash = Buffer.from(agent.queue.records.head().hash).toString('hex').toUpperCase();
    expect(await enrol()).toMatchObject({ status: 200, body: { terminal: 'T-0001', epoch: 2 } });
    expect(asked().at(-1)).toMatchObject({ code: 'CODE-0002', previous: { epoch: 1, sequence: 1, chainHash: hash } });
    expect((await agent.sale('rich', 300)).record).toEqual({ epoch: 2, sequence: 1 });
    await close();
    await drained();
    expect(agent.queue.verify()).toMatchObject({ kind: 'sound', records: 2, batches: 2 });
  });

  it('takes no settlement of an older state folder for a contradiction', async () => {
    await enrol();
    const ofABatch = (batchId: string, epoch: number) => {
      const [range, hash] = [{ firstSequence: 1, lastSequence: 1 }, '00'.repeat(32)];
      const seal = { ...range, batchId, terminal: 'T-0001', epoch, count: 1, totalMinor: 0, chainHead: hash };
      agent.clearing.acknowledge({ seal: { ...seal, merkleRoot: hash }, signature: '', records: [] });
    };
    ofABatch('11111111-1111-4111-8111-000000000001', 1);
    ofABatch('11111111-1111-4111-8111-000000000002', 2);
    await agent.sale('rich', 100);
    const { id } = (await agent.call<{ id: string }>('POST', '/v1/batches/close')).body;
    await until('what settled', async () => (agent.queue.batches.get(id)?.state === 'settled' ? true : undefined));
    expect((await agent.status()).clearing.troubles).toMatchObject([
      { code: 'settlement-contradicts', subject: '11111111-1111-4111-8111-000000000002' },
    ]);
  });

  it('seals what comes after it by itself', async () => {
    for (const amount of [100, 200]) await agent.sale('rich', amount);
    await close();
    await drained();
    await enrol();
    agent.settings = { sync: { batchMaxAgeMs: 100 } };
    await agent.down();
    await agent.up();
    await agent.ready();
    await agent.sale('rich', 300);
    await drained();
  });

  it('waits while the centre lacks something, and nothing is sent', async () => {
    agent.clearing.on('POST /v1/batches', () => 'break');
    await agent.sale('rich', 700);
    expect(await enrol()).toMatchObject({ status: 409, body: { code: 'unacknowledged' } });
    expect(asked()).toHaveLength(1);
    expect(await stopped()).toBeUndefined();
    agent.clearing.on('POST /v1/batches', undefined);
    await drained();
    expect((await enrol()).status).toBe(200);
  });

  it('changes nothing when the centre refuses it', async () => {
    const json = { code: 'previous-mismatch', detail: 'a person must look' };
    agent.clearing.on(ENROLMENTS, () => ({ status: 409, json }));
    expect(await enrol()).toMatchObject({
      status: 409,
      body: { code: 'enrolment-refused', refusal: 'previous-mismatch', detail: 'a person must look' },
    });
    expect(await stopped()).toBeUndefined();
    expect((await agent.sale('rich', 100)).record).toEqual({ epoch: 1, sequence: 1 });
  });

  it('sells on after a refusal, which nobody signs, only when the centre says that the epoch is open', async () => {
    agent.clearing.on(ENROLMENTS, () => ({ status: 403, json: { code: 'code-used' } }));
    agent.clearing.on('GET /v1/chain', () => 'break');
    expect(await enrol()).toMatchObject({ status: 503, body: { code: 'centre-unreachable' } });
    expect(await stopped()).toBe('enrolling');
    agent.clearing.on('GET /v1/chain', () => ({ status: 409, json: { code: 'epoch-closed' } }));
    await until('the terminal to be stopped', async () => ((await stopped()) === 'superseded' ? true : undefined));
    expect(await refusedSale()).toMatchObject({ status: 503 });
  });

  it('sells nothing until an answer that was lost has come again, over a restart too', async () => {
    agent.clearing.on(ENROLMENTS, (_asked, usual) => {
      usual();
      return 'break';
    });
    expect(await enrol()).toMatchObject({ status: 503, body: { code: 'centre-unreachable' } });
    expect(await stopped()).toBe('enrolling');
    expect(await refusedSale()).toMatchObject({ status: 503, body: { code: 'terminal-not-ready' } });
    await agent.restart();
    expect(await stopped()).toBe('enrolling');
    agent.clearing.on(ENROLMENTS, undefined);
    await until('the enrolment', async () => (agent.queue.identity.get()?.epoch === 2 ? true : undefined));
    const attempts = asked().filter(({ code }) => code === 'CODE-0002');
    expect(attempts.length).toBeGreaterThan(1);
    expect(new Set(attempts.map(({ signingKey }) => signingKey)).size).toBe(1);
    expect(await stopped()).toBeUndefined();
    expect((await agent.sale('rich', 100)).record).toEqual({ epoch: 2, sequence: 1 });
  });

  it('is not upset by the answer to something that was sent before it', async () => {
    let late: (() => void) | undefined;
    const waits = new Promise<void>((resolve) => {
      late = resolve;
    });
    let sent = false;
    agent.clearing.on('GET /v1/hotlist', () => {
      sent = true;
      return { status: 409, json: { code: 'epoch-closed' }, after: waits };
    });
    await until('a question', async () => sent || undefined);
    expect((await enrol()).status).toBe(200);
    agent.clearing.on('GET /v1/hotlist', undefined);
    late?.();
    await agent.sale('rich', 100);
    expect(await stopped()).toBeUndefined();
  });

  it('is not begun while the centre is away', async () => {
    agent.clearing.down = true;
    await until('the host to be away', async () => ((await agent.status()).clearing.reachable ? undefined : true));
    expect(await enrol()).toMatchObject({ status: 503, body: { code: 'centre-unreachable' } });
    expect(await stopped()).toBeUndefined();
    expect((await agent.sale('rich', 100)).state).toBe('approved');
  });

  it('takes a new code of the settings once, when everything has gone up', async () => {
    await agent.sale('rich', 100);
    agent.unusual = { enrolmentCode: 'CODE-0003' };
    for (let start = 1; start <= 3; start++) {
      await agent.restart();
      await until('the enrolment', async () => (agent.queue.identity.get()?.epoch === 2 ? true : undefined));
      await agent.ready();
    }
    expect(asked().map(({ code }) => code)).toEqual(['CODE-0001', 'CODE-0003']);
    agent.unusual = { enrolmentCode: 'CODE-0001' };
    await agent.restart();
    await agent.ready();
    await agent.sale('rich', 100);
    expect(asked()).toHaveLength(2);
  });
});

describe('a terminal whose chain the centre does not take', () => {
  let agent: AgentUnderTest;

  beforeEach(async () => {
    agent = await AgentUnderTest.start();
  });
  afterEach(() => agent.stop());

  const status = async () => (await agent.status()) as Awaited<ReturnType<typeof agent.status>> & Stopped;
  const stops = (reason: string) =>
    until(`the terminal to be ${reason}`, async () => ((await status()).stopped?.reason === reason ? true : undefined));
  const refuses = async (words: string) => {
    expect(await agent.call('POST', '/v1/payments', SALE, { 'idempotency-key': 'k' })).toMatchObject({
      status: 503,
      body: { code: 'terminal-not-ready', detail: expect.stringContaining(words) },
    });
    expect((await status()).limits).toEqual({ floorMinor: 0, cvmMinor: 0, transactionMinor: 0 });
  };
  const chain = (sequence: number, chainHash: string) => {
    const position = { terminal: 'T-0001', epoch: 1, genesisHash: '11'.repeat(32), sequence, chainHash };
    agent.clearing.on('GET /v1/chain', () => ({ status: 200, json: position }));
  };
  const headHash = () => Buffer.from(agent.queue.records.head().hash).toString('hex').toUpperCase();

  it.each([
    ['fork', 'forked', 'it runs twice'],
    ['overlap', 'restored', 'older copy'],
    ['epoch-closed', 'superseded', 'enrolled anew elsewhere'],
  ])(
    'refused with %s it is %s: it sells nothing, also after a restart, until the centre takes it',
    async (code, reason, words) => {
      agent.clearing.on('POST /v1/batches', () => ({ status: 409, json: { code } }));
      await agent.sale('rich', 700);
      await agent.call('POST', '/v1/batches/close');
      await stops(reason);
      await refuses(words);
      await agent.restart();
      expect((await status()).stopped?.reason).toBe(reason);
      // That it takes a batch is not enough: it says that it holds nothing else.
      chain(9, 'AB'.repeat(32));
      agent.clearing.on('POST /v1/batches', undefined);
      await until('the batch to be taken', async () => (agent.queue.backlog().records === 0 ? true : undefined));
      expect((await status()).stopped?.reason).toBeDefined();
      expect(agent.logged.join('')).not.toContain('agree again');
      chain(1, headHash());
      await agent.call('POST', '/v1/sync');
      await until('it to go on', async () => ((await status()).stopped === undefined ? true : undefined));
      expect((await agent.sale('rich', 300)).state).toBe('approved');
    },
  );

  it('it is restored when the centre holds more than it has, before it sells anything', async () => {
    await agent.sale('rich', 700);
    chain(2, 'AB'.repeat(32));
    await agent.restart();
    await stops('restored');
    await refuses('older copy');
    chain(1, headHash());
    await agent.restart();
    await until('it to go on', async () => ((await status()).stopped === undefined ? true : undefined));
  });

  it('it is forked when the centre holds something else, or began from another genesis', async () => {
    await agent.sale('rich', 700);
    chain(1, 'AB'.repeat(32));
    await agent.restart();
    await stops('forked');
    await refuses('it runs twice');
  });

  it('it goes on where the centre holds a part of what it has, or knows of no such question', async () => {
    await agent.sale('rich', 700);
    const hash = headHash();
    await agent.sale('rich', 300);
    for (const [sequence, at] of [
      [1, hash],
      [0, '11'.repeat(32)],
    ] as const) {
      chain(sequence, at);
      await agent.restart();
      await agent.ready();
      expect((await status()).stopped).toBeUndefined();
    }
  });

  it('a payment that waits for its card may still end', async () => {
    const last = await agent.commandsOf('rich');
    const id = await agent.pay(700);
    await agent.tap('rich', tearAt(last, 'after-card'));
    await agent.reaches(id, 'present-again');
    agent.clearing.on('GET /v1/hotlist', () => ({ status: 409, json: { code: 'epoch-closed' } }));
    await stops('superseded');
    await agent.tap('rich');
    expect((await agent.reaches(id, 'approved', 'declined')).state).toBe('approved');
  });
});

import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Comparison, type ComparisonRequest, comparisonRequest } from '../../clearing/contract/index.ts';
import { claimDigest, comparisonBytes } from '../../clearing/contract/record/index.ts';
import { drawSm2PrivateKey, sm2PublicKey, sm2Sign } from '../../emv/crypto/index.ts';
import { toHex } from '../../emv/values/index.ts';
import { IDENTITY, sealBatch, sell, type TestQueue, testQueue } from '../../offline-queue/test-support.ts';
import type { ClearingAnswer } from './clearing-client.ts';
import { closeRound } from './closes.ts';

const HOST_KEY = drawSm2PrivateKey((length) => new Uint8Array(randomBytes(length)));
const NOW = Date.parse('2026-03-09T02:20:00Z');

type Centre = (request: ComparisonRequest) => Partial<Comparison> | 'away' | 'refuses';

describe('closes compared with the centre', () => {
  let t: TestQueue;
  let centre: Centre;
  let asked: ComparisonRequest[];
  let now: number;
  beforeEach(() => {
    t = testQueue({ ...IDENTITY, hostAcknowledgementKey: sm2PublicKey(HOST_KEY) });
    [centre, asked, now] = [() => ({}), [], NOW];
  });
  afterEach(() => t.end());

  function answer(request: ComparisonRequest): ClearingAnswer<Comparison> {
    const said = centre(request);
    if (said === 'away') return { kind: 'failed', why: 'away', retryAfterMs: 7 };
    if (said === 'refuses') return { kind: 'refused', status: 422, code: 'id-reused' };
    const { epoch, firstSequence, lastSequence, id, records } = request;
    const range = { terminal: IDENTITY.terminal, epoch, firstSequence, lastSequence };
    const sums = { acceptedCount: records.length, acceptedMinor: 0 };
    const content = {
      id,
      comparedAt: '2026-03-09T02:20:00Z',
      heldUpTo: lastSequence,
      claim: claimDigest(records),
      ...sums,
    };
    const value = { ...range, ...content, differences: [], keyId: '00'.repeat(8), ...said };
    const {
      terminal,
      epoch: of,
      firstSequence: first,
      lastSequence: last,
      keyId: _,
      signature,
      ...rest
    } = {
      signature: undefined,
      ...value,
    };
    const signed = comparisonBytes({ terminal, epoch: of, firstSequence: first, lastSequence: last, content: rest });
    return { kind: 'answered', value: { ...value, signature: signature ?? toHex(sm2Sign(HOST_KEY, signed)) } };
  }

  const round = () =>
    closeRound(
      {
        queue: t.queue,
        client: {
          async send({ body }) {
            asked.push(comparisonRequest.parse(body));
            return answer(comparisonRequest.parse(body)) as ClearingAnswer<never>;
          },
          async close() {},
        },
        clock: { now: () => now, monotonic: () => 0 },
        random: (length) => new Uint8Array(randomBytes(length)),
        log: pino({ level: 'silent' }),
        timeoutMs: 1,
        changed: () => {},
      },
      new AbortController().signal,
    );
  const close = (): void => {
    const at = new Date(NOW).toISOString();
    t.queue.closes.open({ id: `c${randomBytes(4).toString('hex')}`, at });
  };
  const sellMany = (count: number): void => {
    for (let n = 0; n < count; n++) sell(t.queue, `p${n}`, n + 1);
  };
  const isComplete = (): boolean | undefined => t.queue.closes.get(1)?.complete;

  it('say what the terminal has of each record, and are complete when the centre lacks none', async () => {
    sellMany(2);
    close();
    expect(await round()).toEqual({ kind: 'done' });
    expect(asked).toMatchObject([
      {
        epoch: 1,
        firstSequence: 1,
        lastSequence: 2,
        records: [{ sequence: 1, outcome: 'approved', amountMinor: 1 }, { sequence: 2 }],
      },
    ]);
    expect(isComplete()).toBe(true);
    await round();
    expect(asked).toHaveLength(1);
  });

  it('wait while the centre lacks something, and ask again under another id', async () => {
    sellMany(1);
    close();
    centre = () => ({ differences: [{ sequence: 1, kind: 'missing-at-centre' }] });
    await round();
    expect(t.queue.closes.get(1)).toMatchObject({ complete: false, comparedAt: new Date(NOW).toISOString() });
    centre = () => ({ differences: [{ sequence: 1, kind: 'disputed', reason: 'unknown-card' }] });
    await round();
    expect(t.queue.closes.get(1)).toMatchObject({ complete: true, report: [{ differences: [{ kind: 'disputed' }] }] });
    expect(new Set(asked.map(({ id }) => id)).size).toBe(2);
  });

  it('tell once what has been decided since of what earlier ones left disputed', async () => {
    const disputed = { kind: 'disputed', reason: 'wrong-cryptogram' } as const;
    const since = '2026-03-08T00:00:00Z';
    const decided = {
      ...disputed,
      sequence: 2,
      suspense: 'paid',
      amountMinor: 1_280,
      since,
      note: 'slip seen',
    } as const;
    const next = async (answer: (sequence: number) => Comparison['differences']) => {
      sell(t.queue, `p${randomBytes(4).toString('hex')}`);
      close();
      asked = [];
      centre = ({ firstSequence }) => ({ differences: answer(firstSequence) });
      await round();
      const { report, complete } = t.queue.closes.last() ?? {};
      return { asked: asked.map(({ firstSequence, lastSequence }) => [firstSequence, lastSequence]), report, complete };
    };
    sell(t.queue, 'p0');
    await next(() => [
      { ...disputed, sequence: 1 },
      { ...disputed, sequence: 2 },
    ]);
    const still = (sequence: number) => (sequence > 2 ? [] : [{ ...disputed, sequence }]);
    expect(await next(still)).toMatchObject({
      asked: [
        [3, 3],
        [1, 1],
        [2, 2],
      ],
      report: [{ differences: [] }],
      complete: true,
    });
    const told = await next((sequence) => (sequence === 2 ? [decided] : still(sequence)));
    expect(told).toMatchObject({
      asked: [
        [4, 4],
        [1, 1],
        [2, 2],
      ],
      report: [{ differences: [] }, { firstSequence: 2, lastSequence: 2, differences: [decided] }],
      complete: true,
    });
    expect(await next(still)).toMatchObject({
      asked: [
        [5, 5],
        [1, 1],
      ],
      report: [{ differences: [] }],
    });
  });

  it('fail as a whole when what was disputed before cannot be asked', async () => {
    sellMany(1);
    close();
    centre = () => ({ differences: [{ sequence: 1, kind: 'disputed', reason: 'wrong-cryptogram' }] });
    await round();
    sell(t.queue, 'p9');
    close();
    centre = ({ firstSequence }) => (firstSequence === 1 ? 'away' : {});
    expect(await round()).toMatchObject({ kind: 'failed' });
    expect(t.queue.closes.last()).toMatchObject({ complete: false });
  });

  it('let an upload come first, for a while', async () => {
    sellMany(1);
    sealBatch(t.queue, 'b1');
    close();
    expect(await round()).toMatchObject({ kind: 'done', nextMs: 30_000 });
    expect(asked).toEqual([]);
    now += 30_000;
    await round();
    expect(asked).toHaveLength(1);
  });

  it('ask in pages of a thousand, and then for what the centre holds behind the last record', async () => {
    sellMany(3);
    close();
    centre = () => ({ heldUpTo: 2_500 });
    await round();
    expect(
      asked.map(({ firstSequence, lastSequence, records }) => [firstSequence, lastSequence, records.length]),
    ).toEqual([
      [1, 3, 3],
      [4, 1_003, 0],
      [1_004, 2_003, 0],
      [2_004, 2_500, 0],
    ]);
  });

  it('do not take new sales for what the centre should not have', async () => {
    sellMany(3);
    close();
    sell(t.queue, 'later');
    centre = () => ({ heldUpTo: 4 });
    await round();
    expect(asked).toHaveLength(1);
  });

  it('go over an enrolment, each epoch by itself', async () => {
    sellMany(2);
    const batch = sealBatch(t.queue, 'b1');
    t.queue.batches.submitted('b1', batch.sealedAt);
    const verdicts = [1, 2].map((sequence) => ({ sequence, verdict: 'accepted' as const }));
    t.queue.batches.accepted('b1', { document: {}, verdicts }, batch.sealedAt);
    const hostAcknowledgementKey = sm2PublicKey(HOST_KEY);
    t.queue.identity.enrol({ ...IDENTITY, hostAcknowledgementKey, epoch: 2, genesisHash: new Uint8Array(32).fill(2) });
    sell(t.queue, 'p9');
    close();
    await round();
    expect(asked.map(({ epoch, firstSequence, lastSequence }) => [epoch, firstSequence, lastSequence])).toEqual([
      [1, 1, 2],
      [2, 1, 1],
    ]);
  });

  it.each<[string, (request: ComparisonRequest) => ReturnType<Centre>, object]>([
    ['away', () => 'away', { kind: 'failed', retryAfterMs: 7 }],
    ['refusing', () => 'refuses', { kind: 'failed' }],
    ['forging', () => ({ signature: '11'.repeat(64) }), { kind: 'failed' }],
    ['speaking of another terminal', () => ({ terminal: 'JD-T-0002' }), { kind: 'failed' }],
    ['answering another request', () => ({ id: '3f2b8a52-6f0e-4d9c-9d3e-111111111111' }), { kind: 'failed' }],
    ['answering for another range', ({ lastSequence }) => ({ lastSequence: lastSequence + 1 }), { kind: 'failed' }],
    ['having heard something else', () => ({ claim: '00'.repeat(32) }), { kind: 'failed' }],
  ])('stay as they are while the centre is %s', async (_how, misbehave, expected) => {
    sellMany(1);
    close();
    centre = misbehave;
    expect(await round()).toEqual(expected);
    expect(t.queue.closes.get(1)).not.toHaveProperty('comparedAt');
  });
});

import { randomBytes } from 'node:crypto';
import { setImmediate as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acknowledgement, type BatchRequest } from '../../clearing/contract/index.ts';
import { acknowledgementBytes } from '../../clearing/contract/record/index.ts';
import { sm2PublicKey, sm2Sign } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { IDENTITY, registration, sell, type TestQueue, testQueue } from '../../offline-queue/test-support.ts';
import { encodeReversal } from '../payment/reversal-content.ts';
import type { ClearingAnswer, ClearingClient, ClearingRequest } from './clearing-client.ts';
import { counters } from './counters.ts';
import { deliveryRound } from './delivery.ts';
import { sealer } from './sealer.ts';
import { type Troubles, troubles } from './troubles.ts';

const AT = '2026-03-09T02:15:30.000Z';
const HOST_KEY = hex('288A80DA475536C35F7FEBE1FCDCD0504D002F14F6B3BE15395A9A77E0E9322D');
const ME = {
  ...IDENTITY,
  hostAcknowledgementKey: sm2PublicKey(HOST_KEY),
  hostSealingKey: sm2PublicKey(hex('4432B7E70C21656BC2254C1C84CBAD34D571FED07F3191A569BD2A4044F275B7')),
};
const IDS = [1, 2, 3].map((n) => `11111111-1111-4111-8111-00000000000${n}`);

const clock = { now: () => Date.parse(AT), monotonic: () => performance.now() };
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const log = pino({ level: 'silent' });

let disk: TestQueue;
let bodies: BatchRequest[];
let trouble: Troubles;
beforeEach(() => {
  trouble = troubles({ clock, log, changed: () => {} });
  disk = testQueue(ME);
  bodies = [];
  IDS.forEach((id, n) => {
    sell(disk.queue, `p${n}`);
    disk.queue.batches.seal({ id, at: AT, limit: 9, sign: (bytes) => sm2Sign(ME.signingKey, bytes) });
  });
});
afterEach(() => disk.end());

/** A host that answers each batch when the event loop has come round some times: a body that could be made ahead is made. */
function round(answer: (body: BatchRequest) => ClearingAnswer<unknown>): ReturnType<typeof deliveryRound> {
  const { queue } = disk;
  const client: ClearingClient = {
    async send<T>({ body }: ClearingRequest<T>) {
      bodies.push(body as BatchRequest);
      for (let turn = 0; turn < 3; turn++) await pause();
      return answer(body as BatchRequest) as ClearingAnswer<T>;
    },
    close: async () => {},
  };
  const identity = () => ME;
  const rule = { maxRecords: 100, maxAgeMs: 60_000 };
  const common = { queue, client, clock, log, troubles: trouble, timeoutMs: 250 };
  const own = { identity, random, sealer: sealer({ queue, identity, rule, clock, random }) };
  return deliveryRound(common, { ...common, ...own, counters: counters(), changed: () => {} }, AbortSignal.any([]));
}

function acknowledged({ seal }: BatchRequest): ClearingAnswer<unknown> {
  const { terminal, epoch, firstSequence, lastSequence, chainHead: chainHash } = seal;
  const verdicts = [{ sequence: firstSequence, verdict: 'accepted' as const }];
  const content = { terminal, epoch, firstSequence, lastSequence, chainHash, verdicts };
  const signature = toHex(sm2Sign(HOST_KEY, acknowledgementBytes(content)));
  return { kind: 'answered', value: { ...content, keyId: '00'.repeat(8), signature } };
}

const states = () => IDS.map((id) => disk.queue.batches.get(id)?.state);
const sent = () => bodies.map(({ seal }) => seal.batchId);

describe('several batches that wait', () => {
  it('go one after the other; the acknowledgement of one and the sending of the next are one commit', async () => {
    const during: unknown[] = [];
    const ended = await round((body) => {
      during.push(states());
      return acknowledged(body);
    });
    expect(ended.kind).toBe('done');
    expect(sent()).toEqual(IDS);
    expect(during).toEqual([
      ['submitted', 'sealed', 'sealed'],
      ['accepted', 'submitted', 'sealed'],
      ['accepted', 'accepted', 'submitted'],
    ]);
    expect(states()).toEqual(['accepted', 'accepted', 'accepted']);
  });

  it('are each sent with their own records, sealed anew each time', async () => {
    await round(acknowledged);
    const records = bodies.flatMap((body) => body.records);
    const texts = records.map((record) => ('canonical' in record ? /paymentId=(p.)/.exec(record.canonical)?.[1] : ''));
    expect(texts).toEqual(['p0', 'p1', 'p2']);
    const envelopes = records.map((record) => ('sealedPan' in record ? record.sealedPan : undefined));
    expect(new Set(envelopes).size).toBe(3);
  });

  it('stay in order when one fails: the next is not sent, whatever was made ready', async () => {
    expect((await round(() => ({ kind: 'failed', why: 'status 503' }))).kind).toBe('failed');
    expect(states()).toEqual(['submitted', 'sealed', 'sealed']);
    expect((await round(acknowledged)).kind).toBe('done');
    expect(sent()).toEqual([IDS[0], ...IDS]);
  });

  it('are acknowledged up to one whose row is none any more', async () => {
    const number = 2n ** 53n + 1n;
    disk.tamper((db) => db.prepare('update batches set number = ? where number = 3').run(number));
    await expect(round(acknowledged)).rejects.toThrow('a row is no longer as it was written');
    expect(states()).toEqual(['accepted', 'accepted', 'sealed']);
  });

  it('wait when the acknowledgement of one is another one’s', async () => {
    const wrong = (body: BatchRequest) => acknowledged({ ...body, seal: { ...body.seal, firstSequence: 2 } });
    expect((await round(wrong)).kind).toBe('failed');
    expect(states()).toEqual(['submitted', 'sealed', 'sealed']);
  });

  it('go on after one that a receipt has acknowledged while the host refused it', async () => {
    const refusal = { kind: 'refused', status: 409, code: 'fork' } as const;
    const receipt = (body: BatchRequest): void => {
      const answer = acknowledged(body);
      if (answer.kind !== 'answered') return;
      const document = acknowledgement.parse(answer.value);
      disk.queue.batches.accepted(body.seal.batchId, { document, verdicts: document.verdicts }, AT);
    };
    const ended = await round((body) => {
      if (body.seal.batchId !== IDS[0]) return acknowledged(body);
      receipt(body);
      return refusal;
    });
    expect([ended.kind, states(), trouble.list()]).toEqual(['done', ['accepted', 'accepted', 'accepted'], []]);
  });

  /** Takes them in the order of their records alone. */
  function strict(): (body: BatchRequest) => ClearingAnswer<unknown> {
    let expectedSequence = 1;
    return (body) => {
      if (body.seal.firstSequence !== expectedSequence)
        return { kind: 'refused', status: 409, code: 'gap', expectedSequence };
      expectedSequence = body.seal.lastSequence + 1;
      return acknowledged(body);
    };
  }

  it('go in the order of their records, whatever another hand has made of their numbers', async () => {
    disk.tamper((db) => db.exec('update batches set number = 77 where number = 1'));
    expect((await round(strict())).kind).toBe('done');
    expect([states(), trouble.list()]).toEqual([['accepted', 'accepted', 'accepted'], []]);
    expect(sent()).toEqual([IDS[1], IDS[0], IDS[1], IDS[2]]);
  });

  it('are for people when the host expects none of them', async () => {
    const answer = { kind: 'refused', status: 409, code: 'gap', expectedSequence: 9 } as const;
    expect((await round(() => answer)).kind).toBe('failed');
    expect([sent(), trouble.list()]).toMatchObject([[IDS[0]], [{ code: 'batch-refused' }]]);
  });

  it('and a host that always expects another one is not fed for ever', async () => {
    const answer = ({ seal }: BatchRequest) =>
      ({ kind: 'refused', status: 409, code: 'gap', expectedSequence: (seal.firstSequence % 3) + 1 }) as const;
    expect((await round(answer)).kind).toBe('failed');
    expect(sent()).toEqual([IDS[0], IDS[1], IDS[2], IDS[0]]);
  });

  it('go up, and what can be sealed too, where a record behind them is missing', async () => {
    for (const id of ['p4', 'p5', 'p6']) sell(disk.queue, id);
    disk.tamper((db) => {
      db.pragma('foreign_keys = off');
      db.exec('delete from records where sequence = 5');
    });
    for (const turn of [1, 2]) {
      expect([turn, (await round(acknowledged)).kind]).toEqual([turn, 'done']);
      expect(bodies.map(({ seal }) => seal.lastSequence)).toEqual([1, 2, 3, 4]);
      expect(trouble.list()).toMatchObject([
        { code: 'record-missing', detail: expect.stringContaining('record 1-5,') },
      ]);
    }
  });

  /** A payment that the host never answered about. */
  function reversalDue(): string {
    const [id, authorisation] = ['11111111-1111-4111-8111-00000000000a', '11111111-1111-4111-8111-00000000000b'];
    const paymentId = 'p9';
    disk.queue.payments.register(registration(paymentId));
    const content = encodeReversal({ id, authorisation, paymentId, reason: 'no-answer', at: AT });
    disk.queue.reversals.write({ id, paymentId, content, at: AT });
    disk.queue.payments.update(paymentId, { state: 'failed', final: true, at: AT });
    return id;
  }

  it('are not held up by a reversal whose row another hand has changed', async () => {
    const id = reversalDue();
    disk.tamper((db) => db.exec('update reversals set number = 9007199254740993'));
    expect((await round(acknowledged)).kind).toBe('failed');
    expect([sent(), states()]).toEqual([IDS, ['accepted', 'accepted', 'accepted']]);
    expect(trouble.list()).toMatchObject([{ code: 'reversal-refused', subject: id }]);
    expect(disk.queue.reversals.due()).toMatchObject([{ id, attempts: 0 }]);
  });

  it('go behind a reversal that a receipt has acknowledged while the host refused it, which is no trouble', async () => {
    const id = reversalDue();
    await round((body) => {
      if ('seal' in body) return acknowledged(body);
      disk.queue.reversals.acknowledged(id, AT);
      return { kind: 'refused', status: 409, code: 'unknown-terminal' };
    });
    expect([states(), trouble.list()]).toEqual([['accepted', 'accepted', 'accepted'], []]);
  });

  it('reach the centre unchanged while the keys of the queue are changed under them', async () => {
    const { queue } = disk;
    const changeKeys = (): void => {
      queue.keys.begin();
      while (queue.keys.goOn() !== 'done');
    };
    await round((body) => {
      changeKeys();
      return acknowledged(body);
    });
    expect(sent()).toEqual(IDS);
    expect(states()).toEqual(['accepted', 'accepted', 'accepted']);
    expect(queue.verify()).toMatchObject({ kind: 'sound', records: 3, batches: 3 });
    expect(disk.reopen().verify()).toMatchObject({ kind: 'sound', records: 3 });
  });
});

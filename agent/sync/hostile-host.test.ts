import { randomBytes } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { BatchRequest, ReversalRequest } from '../../clearing/contract/index.ts';
import type { RecordVerdict } from '../../clearing/contract/record/index.ts';
import { sm2PublicKey, sm2Sign } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { IDENTITY, registration, sell, type TestQueue, testQueue } from '../../offline-queue/test-support.ts';
import { encodeReversal } from '../payment/reversal-content.ts';
import { type ClearingClient, clearingClient } from './clearing-client.ts';
import { counters } from './counters.ts';
import { deliveryRound } from './delivery.ts';
import { endlessly, hostileAnswers, JSON_HEAD } from './hostile-answers.ts';
import type { Round } from './loop.ts';
import { answerOf, type Behaviour, RawHost, type RawRequest, signedAcknowledgement, signedAnswer } from './raw-host.ts';
import { reachability } from './reachability.ts';
import { sealer } from './sealer.ts';
import { type Troubles, troubles } from './troubles.ts';

const AT = '2026-03-09T02:15:30.000Z';
const HOST_KEY = hex('288A80DA475536C35F7FEBE1FCDCD0504D002F14F6B3BE15395A9A77E0E9322D');
const SEALING_KEY = hex('4432B7E70C21656BC2254C1C84CBAD34D571FED07F3191A569BD2A4044F275B7');
const ME = {
  ...IDENTITY,
  hostAcknowledgementKey: sm2PublicKey(HOST_KEY),
  hostSealingKey: sm2PublicKey(SEALING_KEY),
};
/** For a host that is not going to answer. */
const TIME_LIMIT_MS = 250;
/** For one that answers, on a machine that may be busy. */
const PATIENT_MS = 20_000;

const clock = { now: () => Date.parse(AT), monotonic: () => performance.now() };
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));

let host: RawHost;
let client: ClearingClient;
let disk: TestQueue;
let logged: string[];
let trouble: Troubles;
let batchNumber: number;

beforeEach(async () => {
  batchNumber = 0;
  logged = [];
  disk = testQueue(ME);
  host = await RawHost.start(honest);
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(line) });
  trouble = troubles({ clock, log, changed: () => {} });
  const contact = reachability({ clock, releaseDelayMs: 0, changed: () => {}, returning: () => {} });
  contact.contact();
  client = clearingClient({
    baseUrl: host.url,
    identity: () => ME,
    connection: () => ({ version: 'plain' }),
    reachability: contact,
    clock,
    random,
    log,
    troubles: trouble,
  });
});
afterEach(async () => {
  await client.close();
  await host.stop();
  disk.end();
});

/** Sells, and closes the sale in a batch of its own. */
function closeSale(): string {
  batchNumber += 1;
  const id = `11111111-1111-4111-8111-${String(batchNumber).padStart(12, '0')}`;
  sell(disk.queue, `pay-${batchNumber}`);
  const sign = (bytes: Uint8Array) => sm2Sign(ME.signingKey, bytes);
  disk.queue.batches.seal({ id, at: AT, limit: 100, sign });
  return id;
}

/** A reversal that is due: its payment has ended without the host's answer. */
function owedReversal(id: string): string {
  const { queue } = disk;
  queue.payments.register({ ...registration(`p-${id}`), id: `p-${id}`, key: `k-${id}` });
  const body: ReversalRequest = { id, authorisation: id, paymentId: `p-${id}`, reason: 'no-answer', at: AT };
  queue.reversals.write({ id, paymentId: `p-${id}`, content: encodeReversal(body), at: AT });
  queue.payments.update(`p-${id}`, { state: 'cancelled', final: true, at: AT });
  return id;
}

function round(timeoutMs = PATIENT_MS): Promise<Round> {
  const { queue } = disk;
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(line) });
  const common = { queue, client, clock, log, troubles: trouble, timeoutMs };
  const rule = { maxRecords: 100, maxAgeMs: 60_000 };
  const identity = () => ME;
  const own = { identity, random, sealer: sealer({ queue, identity, rule, clock, random }) };
  const uploads = { ...common, ...own, counters: counters(), changed: () => {} };
  return deliveryRound(common, uploads, new AbortController().signal);
}

/** Fails; again, until a busy machine has let the host hear of it within the time. */
async function impatientRound(): Promise<void> {
  do expect((await round(TIME_LIMIT_MS)).kind).toBe('failed');
  while (host.asked.length === 0);
}

const stateOf = (id: string) => disk.queue.batches.get(id)?.state;

const acknowledgementOf = (body: string, change?: object, verdicts?: readonly RecordVerdict[]): object =>
  signedAcknowledgement(HOST_KEY, body, change, verdicts);

const signed = (request: RawRequest, status: number, json: unknown, headers: readonly string[] = []) =>
  signedAnswer({ ...ME, key: HOST_KEY }, request, status, json, headers);

const honest: Behaviour = (socket, request) => {
  const { path, body } = request;
  const reversed = () => signed(request, 200, { id: JSON.parse(body).id, effect: 'reversed' });
  socket.write(path === '/v1/reversals' ? reversed() : answerOf(200, acknowledgementOf(body)));
};

describe('a hostile host', () => {
  it.each(hostileAnswers(acknowledgementOf, () => host.url))(
    'that answers with %s: the round fails, the log says so, nothing is lost',
    async (_name, behave) => {
      const id = closeSale();
      host.behave = behave;
      // One limit for all of an answer, however busy the line: it ends.
      await impatientRound();
      expect(stateOf(id)).toBe('submitted');
      expect(new Set(host.asked.map(({ path }) => path))).toEqual(new Set(['/v1/batches']));
      expect(logged.filter((line) => line.includes('the clearing host is away')).length).toBe(1);

      host.behave = honest;
      expect((await round()).kind).toBe('done');
      expect(stateOf(id)).toBe('accepted');
      const [first, second] = host.asked.map(({ body }) => JSON.parse(body) as BatchRequest);
      expect(second?.seal).toEqual(first?.seal);
      expect(disk.queue.backlog().records).toBe(0);
      expect(disk.queue.verify().kind).toBe('sound');
    },
  );

  it('with an endless body is cut off at the size that an answer may have, not at the end of its time', async () => {
    closeSale();
    host.behave = endlessly(`${JSON_HEAD}content-length: 1099511627776\r\n\r\n`, '1'.repeat(300_000));
    await round();
    expect(logged.join('')).toContain('longer than 262144 bytes');
  });

  it('that takes connections and is silent costs no more than the time of one request, however many wait', async () => {
    host.behave = () => {};
    const began = performance.now();
    const ask = { method: 'GET', path: '/', answer: z.unknown(), timeoutMs: TIME_LIMIT_MS } as const;
    const asking = Array.from({ length: 40 }, () => client.send({ ...ask, signal: new AbortController().signal }));
    const answers = await Promise.all(asking);
    expect(answers.every(({ kind }) => kind === 'failed')).toBe(true);
    expect(performance.now() - began).toBeLessThan(TIME_LIMIT_MS * 8);
  });

  it("that answers twice: the second answer is nobody's", async () => {
    const [first, second] = [closeSale(), closeSale()];
    host.behave = (socket, request) => {
      const answer = answerOf(200, acknowledgementOf(request.body));
      socket.write(answer + answer);
    };
    // However the bytes fall, no acknowledgement is taken for a batch that it does not name.
    for (let tries = 0; tries < 10 && stateOf(second) !== 'accepted'; tries++) await round();
    for (const id of [first, second]) {
      const { firstSequence, acknowledgement } = disk.queue.batches.get(id) ?? {};
      expect(acknowledgement).toMatchObject({ firstSequence });
    }
  });

  it('that answers late: the answer is dropped, and the batch goes up again', async () => {
    const id = closeSale();
    let answerNow = (): void => {};
    host.behave = (socket, { body }) => {
      answerNow = () => socket.write(answerOf(200, acknowledgementOf(body)));
    };
    await impatientRound();
    answerNow();
    host.behave = honest;
    const other = closeSale();
    expect((await round()).kind).toBe('done');
    expect([stateOf(id), stateOf(other)]).toEqual(['accepted', 'accepted']);
    expect(host.asked).toHaveLength(3);
  });

  it('that took half of them and was killed: the rest goes on where it ended', async () => {
    const ids = [closeSale(), closeSale(), closeSale(), closeSale()];
    host.behave = (socket, request) => {
      if (host.asked.length < 3) honest(socket, request);
      // Taken, and the answer lost.
      else socket.resetAndDestroy();
    };
    expect((await round()).kind).toBe('failed');
    expect(ids.map(stateOf)).toEqual(['accepted', 'accepted', 'submitted', 'sealed']);
    disk.reopen();
    host.behave = honest;
    expect((await round()).kind).toBe('done');
    expect(ids.map(stateOf)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    const sent = host.asked.map(({ body }) => (JSON.parse(body) as BatchRequest).seal.firstSequence);
    expect(sent).toEqual([1, 2, 3, 3, 4]);
  });
});

describe('acknowledgements that do not hold', () => {
  it.each<[string, (body: string) => object, string]>([
    ['forged', (body) => ({ ...acknowledgementOf(body), signature: '11'.repeat(64) }), 'signature'],
    ['changed after it was signed', (body) => ({ ...acknowledgementOf(body), lastSequence: 2 }), 'signature'],
    ['signed for another range', (body) => acknowledgementOf(body, { lastSequence: 2 }), 'other-batch'],
    ['signed for another terminal', (body) => acknowledgementOf(body, { terminal: 'OTHER' }), 'other-batch'],
    ['signed for another epoch', (body) => acknowledgementOf(body, { epoch: 2 }), 'other-batch'],
    ['signed for another chain', (body) => acknowledgementOf(body, { chainHash: '22'.repeat(32) }), 'other-batch'],
    [
      'signed with a verdict too many',
      (body) =>
        acknowledgementOf(body, {}, [
          { sequence: 1, verdict: 'accepted' },
          { sequence: 2, verdict: 'accepted' },
        ]),
      'verdicts',
    ],
    [
      'signed with a verdict on another record',
      (body) => acknowledgementOf(body, {}, [{ sequence: 7, verdict: 'accepted' }]),
      'verdicts',
    ],
  ])('one that is %s is a trouble until a good one comes', async (_name, lie, fault) => {
    const id = closeSale();
    host.behave = (socket, { body }) => socket.write(answerOf(200, lie(body)));
    expect([(await round()).kind, stateOf(id)]).toEqual(['failed', 'submitted']);
    expect(trouble.list()).toMatchObject([{ code: 'acknowledgement-invalid', subject: id }]);
    expect(logged.join('')).toContain(`"fault":"${fault}"`);
    host.behave = honest;
    expect([(await round()).kind, trouble.list()]).toEqual(['done', []]);
  });

  it('a host that has lost what it had acknowledged gets it again; what it says otherwise now is a trouble', async () => {
    const ids = [closeSale(), closeSale()];
    expect((await round()).kind).toBe('done');
    const third = closeSale();
    // Restored from a copy of before: it holds nothing.
    let head = 0;
    host.behave = (socket, request) => {
      const { body } = request;
      const { seal } = JSON.parse(body) as BatchRequest;
      if (seal.firstSequence !== head + 1) {
        socket.write(signed(request, 409, { code: 'gap', expectedSequence: head + 1 }));
        return;
      }
      head = seal.lastSequence;
      const reason = 'wrong-cryptogram';
      const verdicts: RecordVerdict[] = [{ sequence: head, verdict: 'disputed', reason }];
      socket.write(answerOf(200, acknowledgementOf(body, {}, head === 2 ? verdicts : undefined)));
    };
    expect((await round()).kind).toBe('done');
    expect(stateOf(third)).toBe('accepted');
    expect(trouble.list()).toMatchObject([{ code: 'acknowledgement-contradicts', subject: ids[1] }]);
    expect(logged.join('')).toContain('"trouble":"records-lost-at-host"');
    // The first word stays.
    expect(disk.queue.records.get(1, 2)).toMatchObject({ verdict: 'accepted' });
    expect(disk.queue.verify().kind).toBe('sound');
  });

  it('it gets its reversals again too, once each: what it had reversed may be held again', async () => {
    const reversal = owedReversal('7b9d5f3e-2c41-4d1a-9a55-0f6f4c1b2d01');
    for (const _ of ['first', 'second']) closeSale();
    expect((await round()).kind).toBe('done');
    closeSale();
    let head = 0;
    const bodies: string[] = [];
    host.behave = (socket, request) => {
      const { path, body } = request;
      if (path === '/v1/reversals') {
        bodies.push(body);
        return honest(socket, request);
      }
      const { seal } = JSON.parse(body) as BatchRequest;
      if (seal.firstSequence !== head + 1) {
        return socket.write(signed(request, 409, { code: 'gap', expectedSequence: head + 1 }));
      }
      head = seal.lastSequence;
      return socket.write(answerOf(200, acknowledgementOf(body)));
    };
    expect((await round()).kind).toBe('done');
    expect(bodies.map((body) => (JSON.parse(body) as ReversalRequest).id)).toEqual([reversal]);
    expect(disk.queue.reversals.due()).toEqual([]);
    expect((await round()).kind).toBe('done');
    expect(bodies).toHaveLength(1);
  });

  it('it gets a batch again whose first record can no longer be read', async () => {
    closeSale();
    expect((await round()).kind).toBe('done');
    disk.tamper((db) => db.exec("update records set canonical = 'x'"));
    const second = closeSale();
    let head = 0;
    host.behave = (socket, request) => {
      const { body } = request;
      const { seal } = JSON.parse(body) as BatchRequest;
      const isNext = seal.firstSequence === head + 1;
      if (isNext) head = seal.lastSequence;
      socket.write(
        isNext
          ? answerOf(200, acknowledgementOf(body))
          : signed(request, 409, { code: 'gap', expectedSequence: head + 1 }),
      );
    };
    expect((await round()).kind).toBe('done');
    expect(stateOf(second)).toBe('accepted');
  });

  it('a host that goes on asking for what it has had is not fed for ever', async () => {
    closeSale();
    await round();
    const second = closeSale();
    const asked = host.asked.length;
    host.behave = (socket, request) => {
      const { body } = request;
      const isFirst = (JSON.parse(body) as BatchRequest).seal.firstSequence === 1;
      const gap = () => signed(request, 409, { code: 'gap', expectedSequence: 1 });
      socket.write(isFirst ? answerOf(200, acknowledgementOf(body)) : gap());
    };
    expect((await round()).kind).toBe('failed');
    expect(host.asked.length - asked).toBe(3);
    expect(trouble.list()).toMatchObject([{ code: 'batch-refused', subject: second }]);
    expect(stateOf(second)).toBe('submitted');
  });

  it.each<[string, (request: RawRequest) => string]>([
    ['refuses', (request) => signed(request, 409, { code: 'chain-broken' })],
    ['acknowledges falsely', ({ body }) => answerOf(200, acknowledgementOf(body, { epoch: 2 }))],
  ])(
    'a host that %s what it had lost, and has lost nothing after all, leaves no trouble behind',
    async (_what, lie) => {
      closeSale();
      await round();
      const second = closeSale();
      host.behave = (socket, request) => {
        const { seal } = JSON.parse(request.body) as BatchRequest;
        const gap = () => signed(request, 409, { code: 'gap', expectedSequence: 1 });
        socket.write(seal.firstSequence === 1 ? lie(request) : gap());
      };
      expect((await round()).kind).toBe('failed');
      expect(trouble.list()).toHaveLength(2);
      host.behave = honest;
      expect((await round()).kind).toBe('done');
      expect(stateOf(second)).toBe('accepted');
      expect(trouble.list()).toEqual([]);
    },
  );

  it('a gap before what was never sent is for people', async () => {
    const id = closeSale();
    host.behave = (socket, request) => socket.write(signed(request, 409, { code: 'gap', expectedSequence: 40 }));
    expect((await round()).kind).toBe('failed');
    expect(trouble.list()).toMatchObject([
      { code: 'batch-refused', subject: id, detail: expect.stringContaining('40') },
    ]);
  });
});

const MISFIT = { code: 'invalid-request', errors: [{ pointer: '/records/0/canonical', detail: 'too long' }] };

describe('a record that the host cannot read', () => {
  it('goes up as bytes, is parked, and the rest goes on', async () => {
    for (const payment of ['a', 'b', 'c']) sell(disk.queue, payment);
    const sign = (bytes: Uint8Array) => sm2Sign(ME.signingKey, bytes);
    const id = '22222222-2222-4222-8222-222222222222';
    disk.queue.batches.seal({ id, at: AT, limit: 100, sign });
    host.behave = (socket, request) => {
      const { body } = request;
      const { records } = JSON.parse(body) as BatchRequest;
      if (records[1] && 'canonical' in records[1]) {
        const errors = [{ pointer: '/records/1/canonical', detail: 'too long' }];
        socket.write(signed(request, 400, { code: 'invalid-request', in: 'body', errors }));
        return;
      }
      const verdicts: RecordVerdict[] = [1, 2, 3].map((sequence) =>
        sequence === 2 ? { sequence, verdict: 'disputed', reason: 'unreadable' } : { sequence, verdict: 'accepted' },
      );
      socket.write(answerOf(200, acknowledgementOf(body, {}, verdicts)));
    };
    expect((await round()).kind).toBe('done');
    expect([1, 2, 3].map((sequence) => disk.queue.records.get(1, sequence)?.verdict)).toEqual([
      'accepted',
      'disputed',
      'accepted',
    ]);
    const kept = disk.queue.records.get(1, 2);
    const sent = JSON.parse(host.asked.at(-1)?.body ?? '') as BatchRequest;
    expect(sent.records[1]).toEqual({
      unreadable: toHex(kept?.canonical ?? new Uint8Array()),
      chainHash: toHex(kept?.hash ?? new Uint8Array()),
    });
    expect(disk.queue.batches.disputedRecords()).toBe(1);
  });

  it('is not parked by whoever is not the host: a refusal must be signed for this very request', async () => {
    const id = closeSale();
    let before: RawRequest | undefined;
    const refusals: readonly Behaviour[] = [
      (socket) => socket.write(answerOf(400, MISFIT)),
      (socket, request) => socket.write(signed({ ...request, nonce: before?.nonce ?? '00'.repeat(16) }, 400, MISFIT)),
      (socket, request) => socket.write(signed({ ...request, path: '/v1/reversals' }, 400, MISFIT)),
      (socket, request) => socket.write(signedAnswer({ ...ME, epoch: 2, key: HOST_KEY }, request, 400, MISFIT)),
      (socket, request) => socket.write(signedAnswer({ ...ME, key: SEALING_KEY }, request, 400, MISFIT)),
    ];
    for (const behave of refusals) {
      host.behave = (socket, request) => {
        behave(socket, request);
        before = request;
      };
      expect((await round()).kind).toBe('failed');
      expect(host.asked.every(({ body }) => !body.includes('unreadable'))).toBe(true);
      expect(trouble.list()).toMatchObject([{ code: 'answer-unproven', subject: 'POST /v1/batches' }]);
    }
    expect(host.asked).toHaveLength(refusals.length);
    host.behave = honest;
    expect((await round()).kind).toBe('done');
    expect([stateOf(id), trouble.list()]).toEqual(['accepted', []]);
  });

  it('a refusal of anything else is for people: nothing is parked for it', async () => {
    const id = closeSale();
    host.behave = (socket, request) => {
      const errors = [{ pointer: '/records/0/canonical' }, { pointer: '/seal/count' }];
      socket.write(signed(request, 400, { code: 'invalid-request', errors }));
    };
    expect((await round()).kind).toBe('failed');
    expect(host.asked).toHaveLength(1);
    expect(trouble.list()).toMatchObject([{ code: 'batch-refused', subject: id }]);
  });
});

describe('reversals go first', () => {
  const R1 = '33333333-3333-4333-8333-333333333331';
  const R2 = '33333333-3333-4333-8333-333333333332';
  const paths = () => host.asked.map(({ path }) => path.replace('/v1/', ''));

  it('before every batch, one that comes due between two batches as well', async () => {
    const [first, second] = [closeSale(), closeSale()];
    owedReversal(R1);
    host.behave = (socket, request) => {
      if (request.path === '/v1/batches' && host.asked.length === 2) owedReversal(R2);
      honest(socket, request);
    };
    expect((await round()).kind).toBe('done');
    expect(paths()).toEqual(['reversals', 'batches', 'reversals', 'batches']);
    expect([stateOf(first), stateOf(second)]).toEqual(['accepted', 'accepted']);
    expect(disk.queue.reversals.due()).toEqual([]);
  });

  it('one that the host refuses, or breaks on, holds up nothing and stays due', async () => {
    const id = closeSale();
    for (const reversal of [R1, R2]) owedReversal(reversal);
    host.behave = (socket, request) => {
      if (request.path === '/v1/batches') return honest(socket, request);
      const problem = ['content-type: application/problem+json'];
      if (request.body.includes(R1)) socket.write(signed(request, 422, { code: 'id-reused', detail: 'no' }, problem));
      else socket.write(answerOf(500, { code: 'internal' }, problem));
    };
    expect((await round()).kind).toBe('failed');
    expect(paths()).toEqual(['reversals', 'reversals', 'batches']);
    expect(stateOf(id)).toBe('accepted');
    expect(disk.queue.reversals.due().map((due) => due.id)).toEqual([R1, R2]);
    expect(trouble.list()).toMatchObject([
      { code: 'reversal-refused', subject: R1 },
      { code: 'answer-unusable', subject: 'POST /v1/reversals' },
    ]);
    host.behave = honest;
    expect((await round()).kind).toBe('done');
    expect(disk.queue.reversals.due()).toEqual([]);
    expect(trouble.list()).toEqual([]);
  });

  it('while the host does not answer them, no batch goes', async () => {
    const id = closeSale();
    owedReversal(R1);
    host.behave = () => {};
    await impatientRound();
    expect([paths(), stateOf(id)]).toEqual([['reversals'], 'sealed']);
  });

  it('an answer that the host has not signed acknowledges nothing', async () => {
    owedReversal(R1);
    host.behave = (socket) => socket.write(answerOf(200, { id: R1, effect: 'reversed' }));
    expect((await round()).kind).toBe('failed');
    expect(disk.queue.reversals.due()).toHaveLength(1);
    expect(trouble.list()).toMatchObject([{ code: 'answer-unproven', subject: 'POST /v1/reversals' }]);
  });

  it('an answer to another reversal acknowledges nothing', async () => {
    owedReversal(R1);
    host.behave = (socket, request) => socket.write(signed(request, 200, { id: R2, effect: 'reversed' }));
    expect((await round()).kind).toBe('failed');
    expect(disk.queue.reversals.due()).toHaveLength(1);
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CentralBatch, CentralRecord } from '../central.ts';
import { CENTRAL_COMPONENTS, registerCentralRoutes } from './central-routes.ts';
import { type ApiServer, createApiServer } from './server.ts';

const HASH = 'AB'.repeat(32);
const SIGNATURE = 'CD'.repeat(64);
const ID = '3f2b8a52-6f0e-4d9c-9d3e-111111111111';

const BATCH: CentralBatch = {
  id: ID,
  state: 'settled',
  terminal: 'T1',
  merchant: 'M1',
  epoch: 1,
  firstSequence: 1,
  lastSequence: 3,
  recordCount: 2,
  totalMinor: 1250,
  currency: 'CNY',
  disputed: [2],
  chainHead: HASH,
  seal: {
    batchId: ID,
    terminal: 'T1',
    epoch: 1,
    firstSequence: 1,
    lastSequence: 3,
    count: 3,
    totalMinor: 2000,
    chainHead: HASH,
    merkleRoot: HASH,
    signature: SIGNATURE,
  },
  settlement: { reference: 'S1', settledAt: '2026-03-01T10:00:00Z', keyId: 'AB'.repeat(8), signature: SIGNATURE },
};

const RECORD: CentralRecord = {
  terminal: 'T1',
  epoch: 1,
  sequence: 1,
  kind: 'purchase',
  outcome: 'approved',
  fundedBy: 'chip',
  amountMinor: 1250,
  currency: 'CNY',
  maskedPan: '629999******4567',
  cardToken: HASH,
  atc: 7,
  cryptogram: 'EAD5DD7F514E6EB8',
  offline: true,
  at: '2026-03-01T09:59:00+08:00',
  reference: 'till 1, "first"',
};
const DECLINED: CentralRecord = {
  ...RECORD,
  sequence: 3,
  outcome: 'declined',
  fundedBy: 'none',
  maskedPan: null,
  cardToken: null,
  atc: null,
  cryptogram: null,
  offline: false,
  reference: 'till 1',
};

let app: ApiServer;
let acknowledged: string[];
let asked: unknown[];

beforeEach(async () => {
  [acknowledged, asked] = [[], []];
  app = await createApiServer({ title: 'x', version: '1', description: 'x', components: CENTRAL_COMPONENTS });
  registerCentralRoutes(app, {
    list: async (page) => {
      asked.push(page);
      if (page.after === 'bad') return { kind: 'bad-cursor' };
      return page.after === 'c1' ? { items: [] } : { items: [BATCH], next: 'c1' };
    },
    get: async (id) => (id === ID ? BATCH : undefined),
    async *records() {
      yield RECORD;
      yield DECLINED;
    },
    acknowledge: async (id) => {
      acknowledged.push(id);
      return { ...BATCH, acknowledgedAt: '2026-03-01T11:00:00Z' };
    },
  });
});

afterEach(() => app.close());

describe('settled batches', () => {
  it('come in pages whose cursor is null once there is nothing more', async () => {
    const first = (await app.inject('/central/v1/batches?state=settled&limit=1')).json();
    expect(first).toEqual({ items: [BATCH], next: 'c1' });
    expect((await app.inject(`/central/v1/batches?after=${first.next}`)).json()).toEqual({ items: [], next: null });
    expect(asked).toEqual([{ limit: 1 }, { limit: 100, after: 'c1' }]);
  });

  it.each([
    ['?after=bad', 'bad-cursor'],
    ['?state=open', 'invalid-request'],
    ['?limit=0', 'invalid-request'],
    ['?limit=501', 'invalid-request'],
    ['?limit=1e9', 'invalid-request'],
    ['?frm=1', 'invalid-request'],
  ])('%s is refused', async (query, code) => {
    const answer = await app.inject(`/central/v1/batches${query}`);
    expect([answer.statusCode, answer.json().code]).toEqual([400, code]);
  });

  it('are given by id', async () => {
    expect((await app.inject(`/central/v1/batches/${ID}`)).json()).toEqual(BATCH);
    const other = await app.inject(`/central/v1/batches/${ID.replace('3f', '4f')}`);
    expect([other.statusCode, other.json().code]).toEqual([404, 'batch-not-found']);
  });
});

describe('records', () => {
  const records = (accept?: string) =>
    app.inject({ url: `/central/v1/batches/${ID}/records`, headers: accept === undefined ? {} : { accept } });

  it('are lines of JSON', async () => {
    const answer = await records();
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    expect(answer.body).toBe(`${JSON.stringify(RECORD)}\n${JSON.stringify(DECLINED)}\n`);
  });

  it('are CSV for who accepts it', async () => {
    const answer = await records('text/csv');
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.body).toBe(
      'terminal,epoch,sequence,kind,outcome,fundedBy,amountMinor,currency,maskedPan,cardToken,atc,cryptogram,offline,at,reference\r\n' +
        `T1,1,1,purchase,approved,chip,1250,CNY,629999******4567,${HASH},7,EAD5DD7F514E6EB8,true,2026-03-01T09:59:00+08:00,"till 1, ""first"""\r\n` +
        'T1,1,3,purchase,declined,none,1250,CNY,,,,,false,2026-03-01T09:59:00+08:00,till 1\r\n',
    );
  });

  it('are nothing else', async () => {
    const answer = await records('application/xml');
    expect([answer.statusCode, answer.json().code]).toEqual([406, 'not-acceptable']);
  });
});

describe('acknowledgement', () => {
  const counted = { recordCount: 2, totalMinor: 1250, chainHead: HASH };
  const acknowledge = (payload: object) =>
    app.inject({ method: 'POST', url: `/central/v1/batches/${ID}/acknowledgement`, payload });

  it('is noted when the counts agree', async () => {
    const answer = await acknowledge(counted);
    expect([answer.statusCode, answer.json().acknowledgedAt]).toEqual([200, '2026-03-01T11:00:00Z']);
    expect(acknowledged).toEqual([ID]);
  });

  it.each([{ recordCount: 3 }, { totalMinor: 2000 }, { chainHead: 'AC'.repeat(32) }])(
    'is 409 and not noted with %j',
    async (other) => {
      const answer = await acknowledge({ ...counted, ...other });
      expect([answer.statusCode, answer.json().code]).toEqual([409, 'acknowledgement-mismatch']);
      expect(answer.json().expected).toEqual(counted);
      expect(acknowledged).toEqual([]);
    },
  );
});

it('the document describes the lines of the records', async () => {
  await app.ready();
  const { paths } = app.swagger() as unknown as { paths: { [path: string]: { get: { responses: { 200: object } } } } };
  expect(paths['/central/v1/batches/{id}/records']?.get.responses[200]).toMatchObject({
    content: { 'application/x-ndjson': { schema: { $ref: '#/components/schemas/CentralRecord' } } },
  });
});

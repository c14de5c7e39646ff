import { rmSync } from 'node:fs';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toHex } from '../../emv/values/index.ts';
import {
  AT,
  acknowledge,
  IDENTITY,
  sealBatch,
  sell,
  type TestQueue,
  testQueue,
} from '../../offline-queue/test-support.ts';
import { type ChainStanding, chainStanding } from './chain-standing.ts';
import type { ClearingClient } from './clearing-client.ts';
import { troubles } from './troubles.ts';

const clock = { now: () => Date.parse(AT), monotonic: () => performance.now() };
const log = pino({ enabled: false });

let t: TestQueue;
let standing: ChainStanding;
let stand: () => ChainStanding;
let found: number;
let asked: number;
/** Where the host stands, and what happens here before its answer is looked at. */
let holds: number;
let meanwhile: () => void;

beforeEach(() => {
  t = testQueue();
  [found, asked, holds, meanwhile] = [0, 0, 0, () => {}];
  const client: ClearingClient = {
    async send(request) {
      asked += 1;
      const chainHash = t.queue.batches.holding(1, holds)?.chainHead ?? toHex(IDENTITY.genesisHash);
      const { terminal, epoch, genesisHash } = IDENTITY;
      const position = { terminal, epoch, genesisHash: toHex(genesisHash), sequence: holds, chainHash };
      const value = request.answer.parse(position);
      meanwhile();
      return { kind: 'answered', value };
    },
    close: async () => {},
  };
  const trouble = troubles({ clock, log, changed: () => {} });
  const own = { timeoutMs: 1_000, changed: () => {}, foundLost: () => (found += 1) };
  stand = () => chainStanding({ ...own, queue: t.queue, client, clock, log, troubles: trouble });
  standing = stand();
});
afterEach(() => t.end());

const deliver = (): void => {
  const number = t.queue.records.head().sequence + 1;
  sell(t.queue, `p${number}`);
  acknowledge(t.queue, sealBatch(t.queue, `b${number}`));
};
const round = () => standing.round(new AbortController().signal);

describe('what the host has acknowledged and does not hold', () => {
  it('is lost when it stands before it, asked once more', async () => {
    deliver();
    deliver();
    holds = 1;
    expect(await round()).toEqual({ kind: 'done' });
    expect([asked, found, standing.lost.from()]).toEqual([2, 1, 2]);
    holds = 2;
    await round();
    expect([asked, found, standing.lost.from()]).toEqual([3, 1, undefined]);
  });

  it('is not lost while batches go up one after the other: its answer is older than the last of them', async () => {
    meanwhile = () => {
      deliver();
      holds = t.queue.records.head().sequence;
    };
    await round();
    expect([asked, found, standing.lost.from()]).toEqual([2, 0, undefined]);
  });
});

describe('a queue that is gone', () => {
  it('stops the terminal that has begun a new one in its place, until it is enrolled', () => {
    sell(t.queue, 'p1');
    t.queue.close();
    rmSync(t.path);
    t.reopen();
    expect(t.queue.identity.get()).toBeUndefined();
    standing = stand();
    expect(standing.stopped()?.reason).toBe('restored');
    t.queue.identity.enrol({ ...IDENTITY, epoch: 2 });
    expect(standing.stopped()).toBeUndefined();
    expect(stand().stopped()).toBeUndefined();
  });
});

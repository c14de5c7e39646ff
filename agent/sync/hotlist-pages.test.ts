import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HotlistPageAnswer } from '../../clearing/contract/index.ts';
import {
  type HotlistDebt,
  type HotlistPage,
  hotlistBytes,
  hotlistPageBytes,
} from '../../clearing/contract/record/index.ts';
import { sm2PublicKey, sm2Sign } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { faultOf, IDENTITY, type TestQueue, testQueue } from '../../offline-queue/test-support.ts';
import type { ClearingAnswer, ClearingClient } from './clearing-client.ts';
import { hotlistKeeper } from './hotlist.ts';

const KEY = hex('07826222F20A1985DE39834ECD566ADC0C87B392FA6E6E8016C25D12FACE304F');
const FOREIGN = hex('4C62EEFD6ECFC2B95B92FD6C3D9575148AFA17425546D49018E5388D49DD7B4F');
const keyId = '00'.repeat(8);
const never = new AbortController().signal;

const token = (n: number): string => n.toString(16).toUpperCase().padStart(64, '0');
const hash = (name: string): string => name.repeat(64).slice(0, 64);

let t: TestQueue;
/** What the host answers, one after the other. */
let answers: (HotlistPageAnswer | object)[];
let asked: string[];
let refused: boolean;

beforeEach(() => {
  t = testQueue({ ...IDENTITY, hostHotlistKey: sm2PublicKey(KEY) });
  [answers, asked, refused] = [[], [], false];
});
afterEach(() => t.end());

const PAGE: HotlistPage = {
  ...{ from: 0, fromHash: hash('0'), to: 5, hash: hash('5'), entries: 3, full: true },
  ...{ add: [], remove: [], debts: [] },
};
const signed = (page: Partial<HotlistPage>, key = KEY): HotlistPageAnswer => {
  const content = { ...PAGE, ...page };
  const signature = toHex(sm2Sign(key, hotlistPageBytes(content)));
  return {
    ...content,
    add: [...content.add],
    remove: [...content.remove],
    debts: [...content.debts],
    keyId,
    signature,
  };
};

/** One run of the agent; another begins with the same queue. */
function keeper() {
  const client: ClearingClient = {
    send: async ({ path, answer }): Promise<ClearingAnswer<never>> => {
      asked.push(path.replace('/v1/hotlist?', ''));
      if (refused) return { kind: 'refused', status: 409, code: 'version-unknown' };
      return { kind: 'answered', value: answer.parse(answers.shift()) as never };
    },
    close: async () => {},
  };
  const clock = { now: () => Date.parse('2026-11-24T10:00:00Z'), monotonic: () => 0 };
  return hotlistKeeper({
    ...{ queue: t.queue, client, clock, log: pino({ level: 'silent' }), timeoutMs: 1, changed: () => {} },
  });
}

const run = async (kept: ReturnType<typeof keeper>, times: number): Promise<readonly string[]> => {
  const rounds: string[] = [];
  for (let round = 0; round < times; round++) rounds.push((await kept.round(never)).kind);
  return rounds;
};
const listed = (): readonly number[] =>
  Array.from({ length: 12 }, (_, n) => n).filter((n) => t.queue.hotlist.contains(token(n)));

const FIRST = { through: token(2), add: [token(1), token(2)] };
const SECOND = { after: token(2), add: [token(7)] };
const NOTHING_NEW = { from: 5, fromHash: hash('5'), full: false };
const ASKED_FIRST = 'since=0&limit=2000';
const ASKED_SECOND = `since=0&to=5&after=${token(2)}&limit=2000`;

describe('a list in pages', () => {
  it('holds when the last has come; then it is asked whether there is more', async () => {
    answers = [signed(FIRST), signed(SECOND), signed(NOTHING_NEW)];
    const kept = keeper();
    expect(await run(kept, 1)).toEqual(['more']);
    expect(listed()).toEqual([]);
    expect(await run(kept, 2)).toEqual(['more', 'done']);
    expect(listed()).toEqual([1, 2, 7]);
    expect(t.queue.hotlist.status()).toMatchObject({ version: 5, hash: hash('5'), entries: 3 });
    expect(asked).toEqual([ASKED_FIRST, ASKED_SECOND, 'since=5&limit=2000']);
  });

  it('goes on after a restart where it was', async () => {
    answers = [signed(FIRST), signed(SECOND)];
    await run(keeper(), 1);
    t.reopen();
    await run(keeper(), 1);
    expect(asked).toEqual([ASKED_FIRST, ASKED_SECOND]);
    expect(listed()).toEqual([1, 2, 7]);
  });

  it('that is whole but was not adopted before the end of a run holds in the next one', async () => {
    const part = { from: 0, to: 5, full: true, at: '2026-11-24T09:00:00Z', add: [token(3)], remove: [], debts: [] };
    t.queue.hotlist.stage(part);
    expect(await run(keeper(), 1)).toEqual(['more']);
    expect([listed(), asked]).toEqual([[3], []]);
    expect(t.queue.hotlist.status().updatedAt).toBe('2026-11-24T09:00:00Z');
  });

  it('is stored in short steps, whatever is on a page', async () => {
    const add = Array.from({ length: 2_500 }, (_, n) => token(n + 100));
    const debts: HotlistDebt[] = [100, 800, 2_599].map((n) => ({ id: `d${n}`, token: token(n), amountMinor: n }));
    answers = [signed({ entries: 2_500, add, debts })];
    const steps: (string | undefined)[] = [];
    const { hotlist } = t.queue;
    const { stage } = hotlist;
    Object.assign(hotlist, {
      stage: (part: Parameters<typeof stage>[0]) => {
        steps.push(`${part.add.length} ${part.debts.length}`);
        stage(part);
      },
    });
    expect(await run(keeper(), 1)).toEqual(['done']);
    expect(steps).toEqual(['500 1', '500 1', '500 0', '500 0', '500 1']);
    expect(hotlist.status()).toMatchObject({ entries: 2_500, debts: 3 });
    expect(hotlist.debts(token(800))).toEqual([debts[1]]);
    expect(faultOf(t.queue.verify())).toBe('sound');
  });
});

describe('a hostile host', () => {
  beforeEach(async () => {
    answers = [signed({ to: 4, hash: hash('4'), entries: 2, add: [token(1), token(2)] })];
    await run(keeper(), 1);
    asked = [];
  });
  const CHANGE = { from: 4, fromHash: hash('4'), full: false };

  const HOSTILE: readonly (readonly [string, object])[] = [
    ['is signed by nobody', { ...signed(CHANGE), signature: '0'.repeat(128) }],
    ['is signed by another', signed(CHANGE, FOREIGN)],
    ['was changed after it was signed', { ...signed({ ...CHANGE, add: [token(9)] }), add: [token(8)] }],
    ['is older', signed({ to: 3, hash: hash('3'), full: true, add: [token(9)] })],
    ['starts from elsewhere', signed({ ...CHANGE, from: 3, fromHash: hash('3') })],
    ['is not the first', signed({ ...CHANGE, after: token(1), add: [token(9)] })],
    ['is out of order', signed({ ...CHANGE, add: [token(9), token(8)] })],
    ['has a card twice', signed({ ...CHANGE, add: [token(9), token(9)] })],
    ['adds and removes a card', signed({ ...CHANGE, add: [token(9)], remove: [token(9)] })],
    ['goes beyond its bounds', signed({ ...CHANGE, through: token(8), add: [token(9)] })],
    ['has a debt twice', signed({ ...CHANGE, debts: [debt('a', 9), debt('a', 9)] })],
    ['has a debt beyond its bounds', signed({ ...CHANGE, through: token(8), debts: [debt('a', 9)] })],
    ['removes cards from a whole list', signed({ ...PAGE, remove: [token(1)] })],
  ];

  it.each(HOSTILE)('a page that %s: ours is kept', async (_what, answer) => {
    answers = [answer];
    expect(await run(keeper(), 1)).toEqual(['failed']);
    expect(listed()).toEqual([1, 2]);
    expect(t.queue.hotlist.arriving()).toBeUndefined();
  });

  const NEXT = { ...CHANGE, after: token(3), add: [token(7)], entries: 4 };
  const NOT_NEXT: readonly (readonly [string, Partial<HotlistPage>])[] = [
    ['the first once more', { ...CHANGE, through: token(3), add: [token(3)], entries: 4 }],
    ['one further on', { ...NEXT, after: token(5) }],
    ['one that goes back', { ...NEXT, after: token(1), add: [token(2)] }],
    ['one of a newer version', { ...NEXT, to: 6, hash: hash('6') }],
    ['one of another list of that version', { ...NEXT, hash: hash('F') }],
    ['one that leads nowhere', { ...NEXT, through: token(3), add: [] }],
    ['one of a whole list', { ...NEXT, from: 0, fromHash: hash('0'), full: true }],
  ];

  it.each(NOT_NEXT)('in place of the next page %s: it is asked for again', async (_what, page) => {
    answers = [signed({ ...CHANGE, through: token(3), add: [token(3)], entries: 4 }), signed(page), signed(NEXT)];
    expect(await run(keeper(), 3)).toEqual(['more', 'failed', 'more']);
    expect(listed()).toEqual([1, 2, 3, 7]);
    expect(new Set(asked).size).toBe(2);
  });

  it.each([
    ['another list under our number', { from: 4, fromHash: hash('4'), to: 4, hash: hash('F'), full: false }],
    ['a change of another list', { from: 4, fromHash: hash('F'), full: false, add: [token(9)] }],
    ['fewer cards than it says', { ...CHANGE, entries: 4, add: [token(9)] }],
  ])('%s: ours is kept, and the whole list is asked for', async (_what, page) => {
    answers = [signed(page), signed({ entries: 1, add: [token(9)] })];
    const kept = keeper();
    expect(await run(kept, 1)).toEqual(['failed']);
    expect(listed()).toEqual([1, 2]);
    expect(await run(kept, 1)).toEqual(['done']);
    expect(listed()).toEqual([9]);
    expect(asked).toEqual(['since=4&limit=2000', 'since=0&limit=2000']);
  });

  it('that no longer knows what is arriving: it is asked for what there is', async () => {
    answers = [signed({ ...CHANGE, through: token(3), add: [token(3)] })];
    const kept = keeper();
    await run(kept, 1);
    refused = true;
    expect(await run(kept, 1)).toEqual(['failed']);
    expect(t.queue.hotlist.arriving()).toBeUndefined();
    expect(listed()).toEqual([1, 2]);
  });

  it('with a short list in one piece is understood, and with an older one refused', async () => {
    const inOnePiece = (to: number) => {
      const content = { from: 0, to, full: true, add: [token(9)], remove: [] };
      return { ...content, keyId, signature: toHex(sm2Sign(KEY, hotlistBytes(content))) };
    };
    answers = [inOnePiece(3), inOnePiece(6)];
    expect(await run(keeper(), 2)).toEqual(['failed', 'done']);
    expect(listed()).toEqual([9]);
  });
});

const debt = (id: string, n: number): HotlistDebt => ({ id, token: token(n), amountMinor: 1 });

import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HotlistDelta, hotlistBytes } from '../../clearing/contract/record/index.ts';
import { sm2PublicKey, sm2Sign } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { IDENTITY, type TestQueue, testQueue } from '../../offline-queue/test-support.ts';
import type { ClearingAnswer, ClearingClient } from './clearing-client.ts';
import { hotlistKeeper } from './hotlist.ts';

const KEY = hex('07826222F20A1985DE39834ECD566ADC0C87B392FA6E6E8016C25D12FACE304F');
const START = Date.parse('2026-11-24T10:00:00Z');
const never = new AbortController().signal;

let t: TestQueue;
beforeEach(() => {
  t = testQueue({ ...IDENTITY, hostHotlistKey: sm2PublicKey(KEY) });
});
afterEach(() => t.end());

/** A host with nothing new for a terminal that has what is given. */
function keeper(stored: { version: number; at?: string }) {
  let now = START;
  const { version, at } = stored;
  if (at !== undefined) t.queue.hotlist.apply({ version, full: true, add: [], remove: [], at });
  const asked: string[] = [];
  const client: ClearingClient = {
    send: async ({ path, answer }): Promise<ClearingAnswer<never>> => {
      asked.push(path);
      const content: HotlistDelta = { from: version, to: version, full: false, add: [], remove: [] };
      const signature = toHex(sm2Sign(KEY, hotlistBytes(content)));
      return { kind: 'answered', value: answer.parse({ ...content, keyId: '00'.repeat(8), signature }) as never };
    },
    close: async () => {},
  };
  const clock = { now: () => now, monotonic: () => now };
  const log = pino({ level: 'silent' });
  const kept = hotlistKeeper({ queue: t.queue, client, clock, log, timeoutMs: 1, changed: () => {} });
  return { kept, asked, pass: (ms: number) => (now += ms) };
}

describe('the age of the hotlist', () => {
  it('counts from when it was last stored, until the host has confirmed it', async () => {
    const { kept, pass, asked } = keeper({ version: 3, at: '2026-11-24T09:00:00.000Z' });
    expect(kept.status()).toEqual({ version: 3, ageS: 3600 });
    await kept.round(never);
    expect(asked).toEqual(['/v1/hotlist?since=3&limit=2000']);
    expect(kept.status()).toEqual({ version: 3, ageS: 0 });
    pass(90_500);
    expect(kept.status()).toEqual({ version: 3, ageS: 90 });
  });

  it('is written down once a minute while nothing changes', async () => {
    const { kept, pass } = keeper({ version: 3, at: '2026-11-24T10:00:00.000Z' });
    const written = new Set<string | undefined>();
    for (let second = 0; second < 150; second += 15) {
      await kept.round(never);
      written.add(t.queue.hotlist.status().updatedAt);
      pass(15_000);
    }
    const minutes = ['2026-11-24T10:00:00.000Z', '2026-11-24T10:01:00.000Z', '2026-11-24T10:02:00.000Z'];
    expect([...written]).toEqual(minutes);
  });

  it('is not known before there is one, and then even if there is nothing on it', async () => {
    const { kept } = keeper({ version: 0 });
    expect(kept.status()).toEqual({ version: 0 });
    await kept.round(never);
    expect(kept.status()).toEqual({ version: 0, ageS: 0 });
  });

  it('is never negative, whatever the clock does', () => {
    expect(keeper({ version: 3, at: '2027-01-01T00:00:00.000Z' }).kept.status().ageS).toBe(0);
  });
});

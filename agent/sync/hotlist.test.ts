import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { hotlistBytes } from '../../clearing/contract/record/index.ts';
import { sm2PublicKey, sm2Sign } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import type { Identity, Queue } from '../../offline-queue/index.ts';
import type { ClearingAnswer, ClearingClient } from './clearing-client.ts';
import { hotlistKeeper } from './hotlist.ts';

const KEY = hex('07826222F20A1985DE39834ECD566ADC0C87B392FA6E6E8016C25D12FACE304F');
const START = Date.parse('2026-11-24T10:00:00Z');
const never = new AbortController().signal;

function keeper(stored: { version: number; updatedAt?: string }) {
  let now = START;
  let status = stored;
  const applied: string[] = [];
  const hotlist: Queue['hotlist'] = {
    contains: () => false,
    status: () => ({ ...status, entries: 0 }),
    apply: ({ version, at }) => {
      applied.push(`${version} at ${at}`);
      status = { version, updatedAt: at };
    },
  };
  // Nothing else of an identity matters to a hotlist.
  const identity = { get: () => ({ hostHotlistKey: sm2PublicKey(KEY) }) as Identity } as Queue['identity'];
  const asked: string[] = [];
  const client: ClearingClient = {
    send: async ({ path, answer }): Promise<ClearingAnswer<never>> => {
      asked.push(path);
      const content = { from: status.version, to: status.version, full: false, add: [], remove: [] };
      const signature = toHex(sm2Sign(KEY, hotlistBytes(content)));
      return { kind: 'answered', value: answer.parse({ ...content, keyId: '00'.repeat(8), signature }) as never };
    },
    close: async () => {},
  };
  const clock = { now: () => now, monotonic: () => now };
  const log = pino({ level: 'silent' });
  const kept = hotlistKeeper({ queue: { hotlist, identity }, client, clock, log, timeoutMs: 1, changed: () => {} });
  return { kept, applied, asked, pass: (ms: number) => (now += ms) };
}

describe('the age of the hotlist', () => {
  it('counts from when it was last stored, until the host has confirmed it', async () => {
    const { kept, pass, asked } = keeper({ version: 3, updatedAt: '2026-11-24T09:00:00.000Z' });
    expect(kept.status()).toEqual({ version: 3, ageS: 3600 });
    await kept.round(never);
    expect(asked).toEqual(['/v1/hotlist?since=3']);
    expect(kept.status()).toEqual({ version: 3, ageS: 0 });
    pass(90_500);
    expect(kept.status()).toEqual({ version: 3, ageS: 90 });
  });

  it('is written down once a minute while nothing changes', async () => {
    const { kept, pass, applied } = keeper({ version: 3, updatedAt: '2026-11-24T10:00:00.000Z' });
    for (let second = 0; second < 150; second += 15) {
      await kept.round(never);
      pass(15_000);
    }
    expect(applied).toEqual(['3 at 2026-11-24T10:01:00.000Z', '3 at 2026-11-24T10:02:00.000Z']);
  });

  it('is not known before there is one', () => {
    expect(keeper({ version: 0 }).kept.status()).toEqual({ version: 0 });
  });

  it('is never negative, whatever the clock does', () => {
    expect(keeper({ version: 3, updatedAt: '2027-01-01T00:00:00.000Z' }).kept.status().ageS).toBe(0);
  });
});

import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ParametersContent } from '../../clearing/contract/index.ts';
import { sm2PublicKey } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { IDENTITY, type TestQueue, testQueue } from '../../offline-queue/test-support.ts';
import type { ClearingAnswer, ClearingClient } from './clearing-client.ts';
import { parameterKeeper } from './parameters.ts';
import { CONTENT, signedParameters } from './signed-parameters.ts';

const KEY = hex('07826222F20A1985DE39834ECD566ADC0C87B392FA6E6E8016C25D12FACE304F');
const never = new AbortController().signal;
const NOON = Date.parse('2026-11-24T12:00:00Z');
const HOUR_MS = 3_600_000;
const LATER = '2026-11-24T13:00:00Z';

let t: TestQueue;
let clockMs: number;
let answer: object;
let asked: string[];
let changes: number;

beforeEach(() => {
  t = testQueue({ ...IDENTITY, hostParameterKey: sm2PublicKey(KEY) });
  [clockMs, asked, changes] = [NOON, [], 0];
});
afterEach(() => t.end());

const signed = (version: number, more: object = {}): object => signedParameters(KEY, version, more);

function keeper() {
  const client: ClearingClient = {
    send: async (request): Promise<ClearingAnswer<never>> => {
      asked.push(request.path.replace('/v1/parameters?', ''));
      const parsed = request.answer.safeParse(answer);
      return parsed.success ? { kind: 'answered', value: parsed.data as never } : { kind: 'failed', why: 'schema' };
    },
    close: async () => {},
  };
  const clock = { now: () => clockMs, monotonic: () => clockMs };
  const log = pino({ level: 'silent' });
  const changed = () => {
    changes += 1;
  };
  return parameterKeeper({ queue: t.queue, client, clock, log, timeoutMs: 1, acceptTestKeys: false, changed });
}

const round = async (kept: ReturnType<typeof keeper>, given: object): Promise<string> => {
  answer = given;
  return (await kept.round(never)).kind;
};
const holds = (set: ParametersContent | undefined) => set && `${set.version} ${set.chipBalanceLimitMinor ?? ''}`;

describe('parameters', () => {
  it('hold at once, and after a restart', async () => {
    const kept = keeper();
    expect(kept.current()).toBeUndefined();
    expect(await round(kept, signed(3, { chipBalanceLimitMinor: 5 }))).toBe('done');
    expect([holds(kept.current()), changes]).toEqual(['3 5', 1]);
    t.reopen();
    expect(holds(keeper().current())).toBe('3 5');
    expect(asked).toEqual(['have=0']);
  });

  const REFUSED: readonly (readonly [string, object])[] = [
    ['older', signed(2)],
    ['another set under our number', signed(3, { chipBalanceLimitMinor: 9 })],
    ['for another terminal', signed(4, { terminal: 'JD-T-0002' })],
    ['signed by nobody', { ...signed(4), signature: '0'.repeat(128) }],
    ['changed after they were signed', { ...signed(4), chipBalanceLimitMinor: 9 }],
    ['with a test key', signed(4, { caKeys: [{ ...CONTENT.caKeys[0], mark: 'TEST' }] })],
    ['with an application twice', signed(4, { applications: [CONTENT.applications[0], CONTENT.applications[0]] })],
    [
      'with two keys of one name',
      signed(4, { caKeys: [CONTENT.caKeys[0], { ...CONTENT.caKeys[0], exponent: '010001' }] }),
    ],
    [
      'with a point that is on no curve',
      signed(4, { caKeys: [{ algorithm: 'sm2', rid: 'A000000333', index: 2, point: 'AB'.repeat(64) }] }),
    ],
    ['with one thing that is not known', signed(4, { rules: { ...CONTENT.rules, surprise: true } })],
    ['without applications', signed(4, { applications: [] })],
  ];

  it.each(REFUSED)('%s are not taken, nor any part of them', async (_what, given) => {
    const kept = keeper();
    await round(kept, signed(3, { chipBalanceLimitMinor: 5 }));
    expect(await round(kept, given)).toBe('failed');
    expect([holds(kept.current()), holds(keeper().current())]).toEqual(['3 5', '3 5']);
  });

  it('an RSA and an SM2 key may have one index', async () => {
    const sm2 = { algorithm: 'sm2', rid: 'A000000333', index: 1, point: toHex(sm2PublicKey(KEY)) };
    expect(await round(keeper(), signed(4, { caKeys: [CONTENT.caKeys[0], sm2] }))).toBe('done');
  });

  it('the same once more confirm their age', async () => {
    const kept = keeper();
    await round(kept, signed(3));
    clockMs += HOUR_MS;
    expect(kept.ageS()).toBe(3_600);
    await round(kept, signed(3));
    expect([kept.ageS(), changes]).toEqual([0, 1]);
  });
});

describe('parameters of a later time', () => {
  it('hold from then on, whether the host is there or not', async () => {
    const kept = keeper();
    await round(kept, signed(3));
    expect(await round(kept, signed(4, { effectiveAt: LATER }))).toBe('done');
    expect([holds(kept.current()), changes]).toEqual(['3 ', 1]);
    clockMs += HOUR_MS - 1;
    expect(holds(kept.current())).toBe('3 ');
    clockMs += 1;
    expect([holds(kept.current()), changes]).toEqual(['4 ', 2]);
    expect(asked).toEqual(['have=0', 'have=3']);
  });

  it('are kept over a restart, and are what is asked from', async () => {
    const kept = keeper();
    await round(kept, signed(3));
    await round(kept, signed(4, { effectiveAt: LATER }));
    t.reopen();
    const again = keeper();
    expect(holds(again.current())).toBe('3 ');
    expect(await round(again, signed(3))).toBe('failed');
    expect(asked.at(-1)).toBe('have=4');
    clockMs += HOUR_MS;
    expect(holds(again.current())).toBe('4 ');
  });

  it('once they hold, a clock that is set back does not bring the old ones back', async () => {
    const kept = keeper();
    await round(kept, signed(3));
    await round(kept, signed(4, { effectiveAt: LATER }));
    clockMs += HOUR_MS;
    kept.current();
    clockMs -= 2 * HOUR_MS;
    expect([holds(kept.current()), holds(keeper().current())]).toEqual(['4 ', '4 ']);
  });

  it('give way to a newer set, and confirm what holds until then', async () => {
    const kept = keeper();
    await round(kept, signed(3));
    clockMs += HOUR_MS / 2;
    await round(kept, signed(4, { effectiveAt: LATER }));
    expect(kept.ageS()).toBe(0);
    await round(kept, signed(5));
    expect(holds(kept.current())).toBe('5 ');
    clockMs += HOUR_MS;
    expect(holds(kept.current())).toBe('5 ');
  });

  it('that are the only ones leave nothing to sell by until then', async () => {
    const kept = keeper();
    await round(kept, signed(4, { effectiveAt: LATER }));
    expect([kept.current(), kept.ageS()]).toEqual([undefined, undefined]);
    clockMs += HOUR_MS;
    expect(holds(kept.current())).toBe('4 ');
  });
});

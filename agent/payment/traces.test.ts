import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import type { CardSession } from './card-session.ts';
import { traces } from './traces.ts';

const RECORD = hex('700C5A0A6299990000001234567F9000');
const card: CardSession = {
  exchange: async (command) =>
    command[1] === 0xb2 ? { kind: 'answered', response: RECORD } : { kind: 'torn', cause: 'removed' },
};

const READ = hex('00B2010C00');
const VERIFY = hex('0020008008241234FFFFFFFFFF');

const shown = (taps: ReturnType<ReturnType<typeof traces>['of']>) =>
  taps?.map(({ exchanges }) => exchanges.map(({ command, response }) => `${toHex(command)} ${toHex(response)}`));

describe('traces', () => {
  it('keep the taps of the latest payment, redacted, the running one as well', async () => {
    const kept = traces();
    const first = kept.begin('p1');
    await first.over(card).exchange(READ);
    const redacted = '00B2010C00 700C5A0A6299999876543214567F9000';
    expect(shown(kept.of('p1'))).toEqual([[redacted]]);
    first.end();
    const second = kept.begin('p1').over(card);
    await second.exchange(VERIFY);
    expect(shown(kept.of('p1'))).toEqual([[redacted], ['00200080080000000000000000 ']]);
    kept.begin('p2');
    expect(kept.of('p1')).toBeUndefined();
    expect(kept.of('p2')).toEqual([{ exchanges: [] }]);
  });

  it('change nothing of what passes, and keep their own copy', async () => {
    const kept = traces();
    const tape = kept.begin('p');
    const sent = VERIFY.slice();
    let seen: Uint8Array | undefined;
    const answer = RECORD.slice();
    const echo: CardSession = {
      exchange: async (command) => {
        seen = command;
        return { kind: 'answered', response: answer };
      },
    };
    const { response } = (await tape.over(echo).exchange(sent)) as { response: Uint8Array };
    expect(seen).toBe(sent);
    expect(response).toBe(answer);
    expect(toHex(answer)).toBe(toHex(RECORD));
    answer.fill(0);
    tape.end();
    expect(shown(kept.of('p'))?.[0]?.[0]).toContain('5A0A629999');
  });

  it('are bounded in taps and exchanges', async () => {
    const kept = traces();
    for (let tap = 0; tap < 12; tap++) {
      const tape = kept.begin('p');
      const session = tape.over(card);
      for (let n = 0; n < (tap === 11 ? 600 : tap); n++) await session.exchange(READ);
      tape.end();
    }
    expect(kept.of('p')?.map(({ exchanges }) => exchanges.length)).toEqual([4, 5, 6, 7, 8, 9, 10, 500]);
  });
});

import { expect, it } from 'vitest';
import type { ExchangeAnswer } from '../../drivers/index.ts';
import { hex } from '../../emv/values/index.ts';
import { cardSession } from './card-session.ts';

const COMMAND = hex('00A4040000');
const ANSWERED: ExchangeAnswer = { kind: 'answered', response: hex('9000') };

function channel(answers: readonly { ms: number; answer: ExchangeAnswer }[]) {
  let now = 1000;
  const timeouts: number[] = [];
  let at = 0;
  return {
    timeouts,
    monotonic: () => now,
    exchange: async (_command: Uint8Array, timeoutMs: number) => {
      timeouts.push(timeoutMs);
      const next = answers[at++];
      if (next === undefined) throw new Error('not expected to be asked');
      now += next.ms;
      return next.answer;
    },
    close: async () => {},
  };
}

it('gives each command its limit, and the last ones what is left of the tap', async () => {
  const card = channel([
    { ms: 70, answer: ANSWERED },
    { ms: 20, answer: ANSWERED },
    { ms: 20, answer: ANSWERED },
  ]);
  const session = cardSession(card, { exchangeMs: 50, tapMs: 100 }, card.monotonic);
  for (let count = 0; count < 3; count++) expect(await session.exchange(COMMAND)).toBe(ANSWERED);
  expect(card.timeouts).toEqual([50, 30, 10]);
  expect(await session.exchange(COMMAND)).toEqual({ kind: 'torn', cause: 'silent' });
});

it('asks nothing more of a card that has left', async () => {
  const card = channel([{ ms: 1, answer: { kind: 'torn', cause: 'removed' } }]);
  const session = cardSession(card, { exchangeMs: 50, tapMs: 100 }, card.monotonic);
  expect(await session.exchange(COMMAND)).toEqual({ kind: 'torn', cause: 'removed' });
  expect(await session.exchange(COMMAND)).toEqual({ kind: 'torn', cause: 'removed' });
  expect(card.timeouts).toHaveLength(1);
});

import { describe, expect, it } from 'vitest';
import { hex } from '../values/index.ts';
import { purchase } from './purchase.ts';
import { runStep } from './requests.ts';
import { MODERN, OLD, ONE_RECORD, OWN_RECORD, type Script } from './testing/golden-cards.ts';
import { edited, INPUT, inWords, play, withAnswer } from './testing/play.ts';

const torn = (card: Script, tearAt: number) => {
  const { result, asked } = play(purchase(INPUT), card, { tearAt });
  return { said: inWords(result), asked };
};

describe('a card that leaves', () => {
  /** Exchange, what it is, questions asked up to it, the exchange itself counted. */
  it.each<[number, string, string, number]>([
    [0, 'ppse', 'torn before-intent', 1],
    [1, 'select', 'torn before-intent', 2],
    [2, 'balance', 'torn before-intent', 3],
    [3, 'gpo', 'torn before-intent', 4],
    [4, 'record 1.1', 'torn before-intent', 7],
    [5, 'record 1.2', 'torn before-intent', 8],
    [6, 'record 2.1', 'torn before-intent', 9],
    [7, 'record 2.2', 'torn after-intent', 11],
  ])('at exchange %i (%s) → %s after %i questions', (tearAt, name, said, questions) => {
    const { said: heard, asked } = torn(MODERN, tearAt);
    expect([heard, asked.at(-1), asked.length]).toEqual([said, name, questions]);
    expect(asked.includes('save-intent')).toBe(said === 'torn after-intent');
  });

  it.each([
    ['OLD', OLD],
    ['OWN_RECORD', OWN_RECORD],
    ['ONE_RECORD', ONE_RECORD],
  ])('%s: has paid only if its last record was asked for, and that stands behind the intent', (_, card) => {
    for (let tearAt = 0; tearAt < card.length; tearAt++) {
      const { said, asked } = torn(card, tearAt);
      expect(said).toBe(tearAt === card.length - 1 ? 'torn after-intent' : 'torn before-intent');
      expect(asked.indexOf('save-intent')).toBe(tearAt === card.length - 1 ? asked.length - 2 : -1);
    }
  });

  it.each(['', '90'])('an answer of less than two bytes (%s) is a tear', (answer) => {
    expect(inWords(play(purchase(INPUT), withAnswer(MODERN, 'select', answer)).result)).toBe('torn before-intent');
    expect(inWords(play(purchase(INPUT), withAnswer(MODERN, 'record 2.2', answer)).result)).toBe('torn after-intent');
  });

  it('while its answer is fetched in parts', () => {
    const parts = [...withAnswer(MODERN, 'record 2.2', '6118'), { name: 'rest', command: '00C0000018', answer: '' }];
    expect(torn(parts, 8).said).toBe('torn after-intent');
    const early = MODERN.flatMap((exchange) =>
      exchange.name === 'select'
        ? [
            { ...exchange, answer: '6C42' },
            { name: 'again', command: exchange.command.replace(/00$/, '42'), answer: exchange.answer },
          ]
        : [exchange],
    );
    expect(torn(early, 2)).toMatchObject({ said: 'torn before-intent', asked: ['ppse', 'select', 'again'] });
    expect(inWords(play(purchase(INPUT), early).result)).toBe('approved chip offline none fdda-01');
  });

  it('after its ARQC is no loss: the host is asked all the same', () => {
    const arqc = edited(edited(MODERN, 'gpo', '0103900000', '0103A00000'), 'gpo', '9F6C022000', '9F6C020000');
    const { result, asked } = play(purchase(INPUT), arqc, {
      tearAt: 4,
      answers: { 'authorise-online': { kind: 'approved', authorisationId: 'A' } },
    });
    expect([inWords(result), asked.at(-1)]).toEqual(['approved account online none none', 'authorise-online']);
  });
});

describe('a handler that throws', () => {
  it.each(['exchange', 'save-intent', 'check-exception-file', 'check-offline-limits'] as const)(
    '%s: the step ends with that error and asks nothing more',
    async (failing) => {
      const answers = MODERN.values();
      let questions = 0;
      let afterwards = 0;
      const count = <T>(name: string, answer: () => T): T => {
        if (questions > 0) afterwards++;
        if (name === failing) {
          questions++;
          throw new Error('disk gone');
        }
        return answer();
      };
      const run = runStep(purchase(INPUT), {
        exchange: () =>
          count('exchange', () => ({ kind: 'answered', response: hex(answers.next().value?.answer ?? '') })),
        'confirm-application': () => ({ kind: 'cancelled' }),
        'save-intent': () => count('save-intent', () => ({ kind: 'saved' })),
        'check-exception-file': () => count('check-exception-file', () => ({ listed: false })),
        'check-offline-limits': () => count('check-offline-limits', () => ({ kind: 'allowed' })),
        'verify-cardholder': () => ({ kind: 'unavailable' }),
        'authorise-online': () => ({ kind: 'no-answer' }),
      });
      await expect(run).rejects.toThrow('disk gone');
      expect([questions, afterwards]).toEqual([1, 0]);
    },
  );
});

import { describe, expect, it } from 'vitest';
import type { ApplicationQuestion, PinQuestion } from './question.ts';
import { questions } from './questions.ts';

const AID = new Uint8Array([0xa0, 0, 0, 3, 0x33]);
const WHICH: ApplicationQuestion = { kind: 'application', candidates: [{ label: 'A', aid: AID }] };
const PIN: PinQuestion = { kind: 'pin', checkedBy: 'card', triesLeft: 1, mayBypass: true };
const never = new AbortController().signal;
const first = (index = 0) => ({ kind: 'application', index }) as const;

describe('questions', () => {
  it('stand until they are answered, and have numbers that rise', async () => {
    const desk = questions();
    const one = desk.ask('p', WHICH, never);
    expect(desk.of('p')).toEqual({ ...WHICH, id: 1 });
    expect(desk.of('q')).toBeUndefined();
    expect(desk.answer('p', 1, first())).toEqual({ kind: 'taken' });
    expect(desk.of('p')).toBeUndefined();
    expect(await one.answer).toEqual(first());
    desk.ask('p', PIN, never);
    expect(desk.of('p')?.id).toBe(2);
  });

  it('that are withdrawn, or whose signal aborts, take no answer', async () => {
    const desk = questions();
    const stop = new AbortController();
    const aborted = desk.ask('p', WHICH, stop.signal);
    stop.abort();
    expect(desk.answer('p', 1, first())).toEqual({ kind: 'not-asked' });
    expect(await aborted.answer).toBeUndefined();
    const withdrawn = desk.ask('p', WHICH, never);
    withdrawn.withdraw();
    expect(desk.answer('p', 2, first())).toEqual({ kind: 'not-asked' });
    const late = desk.ask('p', WHICH, AbortSignal.abort());
    expect(await late.answer).toBeUndefined();
    expect(desk.of('p')).toBeUndefined();
  });

  it('a question that is over does not take the next one with it', () => {
    const desk = questions();
    const stop = new AbortController();
    const one = desk.ask('p', WHICH, stop.signal);
    desk.answer('p', 1, first());
    desk.ask('p', PIN, never);
    stop.abort();
    one.withdraw();
    expect(desk.of('p')?.id).toBe(2);
  });

  it('an answer of before is known as long as no other payment asks', () => {
    const desk = questions();
    desk.ask('p', WHICH, never);
    desk.answer('p', 1, first());
    desk.ask('p', PIN, never);
    expect(desk.answer('p', 1, first())).toEqual({ kind: 'taken' });
    expect(desk.answer('p', 1, first(1))).toEqual({ kind: 'answered-otherwise' });
    desk.ask('q', WHICH, never);
    expect(desk.answer('p', 1, first())).toEqual({ kind: 'not-asked' });
    expect(desk.answer('q', 1, first())).toEqual({ kind: 'not-asked' });
  });

  it('what does not fit leaves the question as it was', () => {
    const desk = questions();
    desk.ask('p', WHICH, never);
    expect(desk.answer('p', 1, first(1)).kind).toBe('does-not-fit');
    expect(desk.answer('p', 1, { kind: 'pin', bypass: true }).kind).toBe('does-not-fit');
    expect(desk.answer('p', 1, first()).kind).toBe('taken');
    desk.ask('p', { ...PIN, mayBypass: false }, never);
    expect(desk.answer('p', 2, { kind: 'pin', bypass: true }).kind).toBe('does-not-fit');
  });
});

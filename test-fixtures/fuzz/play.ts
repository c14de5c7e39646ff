import { type Answer, type Request, runStepSync, type Step } from '../../emv/kernel/index.ts';
import type { TapAnswer, TapCard } from './transcript.ts';
import type { World } from './world.ts';

/** A question and what it was told. */
export interface Asked {
  readonly request: Request;
  readonly answer: Answer;
}

/** What came of one tap. */
export interface Played<R> {
  /** Undefined when the step threw, or did not end. */
  readonly result: R | undefined;
  readonly thrown: unknown;
  /** Every question in its order. */
  readonly asked: readonly Asked[];
  /** Every answer of the card, torn ones included, in its order. */
  readonly given: readonly { readonly command: Uint8Array; readonly answer: TapAnswer }[];
}

/** Above what any step may ask: beyond it a step counts as endless. */
const MOST_QUESTIONS = 1_000;

class Endless extends Error {
  override readonly name = 'Endless';
}

/** Runs a step against a card and the world, and keeps everything that was said. Never throws, always ends. */
export function play<R>(step: Step<R>, card: TapCard, world: World): Played<R> {
  const asked: Asked[] = [];
  const given: { command: Uint8Array; answer: TapAnswer }[] = [];
  const answerTo = (request: Request): Answer => {
    if (request.name !== 'exchange') return world(request);
    const answer = card(request.command);
    given.push({ command: request.command, answer });
    return answer === 'torn' ? { kind: 'torn' } : { kind: 'answered', response: answer };
  };
  try {
    const result = runStepSync(step, (request) => {
      if (asked.length >= MOST_QUESTIONS) throw new Endless(`still asking after ${MOST_QUESTIONS} questions`);
      const answer = answerTo(request);
      asked.push({ request, answer });
      return answer;
    });
    return { result, thrown: undefined, asked, given };
  } catch (thrown) {
    return { result: undefined, thrown, asked, given };
  }
}

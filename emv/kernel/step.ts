/*
 * A step is a generator: it yields a question, receives the answer, and ends in a result. What can be asked is a map from
 * name to question and answer; each family of transactions has its own (`requests.ts` here, `emv/purse/requests.ts`).
 */

/** A map of questions: `{ name: { ask: …; answer: … } }`. */
export type Questions<M> = { readonly [N in keyof M]: { readonly ask: object; readonly answer: object } };

/** One question: a union over `name`, so that whoever runs the step can narrow it. */
export type RequestOf<M extends Questions<M>> = { [N in keyof M]: { name: N } & M[N]['ask'] }[keyof M];

export type AnswerOf<M extends Questions<M>> = M[keyof M]['answer'];

/** Asks any number of questions of M and ends with T. */
export type StepOf<M extends Questions<M>, T> = Generator<RequestOf<M>, T, AnswerOf<M>>;

/** One handler a question; a handler returns what card, cardholder or host decided. */
export type HandlersOf<M extends Questions<M>> = {
  [N in keyof M]: (question: M[N]['ask']) => M[N]['answer'] | Promise<M[N]['answer']>;
};

/** Ask one question; the answer has the type that belongs to it. The one assertion of the machinery is here. */
export function* askOf<M extends Questions<M>, N extends keyof M>(
  name: N,
  question: M[N]['ask'],
): Generator<RequestOf<M>, M[N]['answer'], AnswerOf<M>> {
  return (yield { name, ...question } as RequestOf<M>) as M[N]['answer'];
}

const dispatch = <M extends Questions<M>, N extends keyof M>(
  handlers: HandlersOf<M>,
  request: { name: N } & M[N]['ask'],
) => handlers[request.name](request);

/** Runs a step against the world. What a handler throws is thrown into the step, so that its `finally` runs. */
export async function runStepOf<M extends Questions<M>, T>(step: StepOf<M, T>, handlers: HandlersOf<M>): Promise<T> {
  let next = step.next();
  while (!next.done) {
    let answer: AnswerOf<M>;
    try {
      answer = await dispatch<M, keyof M>(handlers, next.value);
    } catch (error) {
      next = step.throw(error);
      continue;
    }
    next = step.next(answer);
  }
  return next.value;
}

/** The same without a promise: for the simulation, for recorded exchanges and for benchmarks. */
export function runStepOfSync<M extends Questions<M>, T>(
  step: StepOf<M, T>,
  answer: (request: RequestOf<M>) => AnswerOf<M>,
): T {
  let next = step.next();
  while (!next.done) next = step.next(answer(next.value));
  return next.value;
}

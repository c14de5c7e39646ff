import type { ApiServer } from '../../contract/http/index.ts';
import { clearingProblem } from '../problems.ts';

export interface Admission {
  /** Requests are let in from now on. */
  open(): void;
  /** Settles when no request is at work any more: those whose sender has left go on as well. */
  done(): Promise<void>;
}

/** Enough to keep the database busy; what comes on top is better told to come again than made to wait. */
const MAX_AT_WORK = 64;
/** Requests of which something is still to come or to be fetched: slow senders and readers cost memory, and nobody's turn. */
const MAX_OPEN = 1_024;

/** Turns requests away with Retry-After while the host is starting or has too much to do. */
export function addAdmission(app: ApiServer): Admission {
  let started = false;
  let open = 0;
  let atWork = 0;
  const working = new WeakSet<object>();
  const overloaded = () => clearingProblem('overloaded', { headers: { 'retry-after': '2' } });
  let allDone = (): void => {};
  const done = (request: object): void => {
    if (!working.delete(request)) return;
    atWork -= 1;
    if (atWork === 0) allDone();
  };
  app.addHook('onRequest', async (_request, reply) => {
    if (!started) throw clearingProblem('starting', { headers: { 'retry-after': '1' } });
    if (open >= MAX_OPEN) throw overloaded();
    open += 1;
    reply.raw.once('close', () => {
      open -= 1;
    });
  });
  // All of the request has come by then.
  app.addHook('preValidation', async (request) => {
    if (atWork >= MAX_AT_WORK) throw overloaded();
    atWork += 1;
    working.add(request);
  });
  // The answer is made; whoever asked may fetch it as slowly as they like. What a client that has left began goes on, and counts.
  app.addHook('onSend', async (request) => done(request));
  return {
    open() {
      started = true;
    },
    done: () =>
      new Promise((resolve) => {
        allDone = resolve;
        if (atWork === 0) resolve();
      }),
  };
}

import type { ApiServer } from '../../contract/http/index.ts';
import { clearingProblem } from '../problems.ts';

export interface Admission {
  /** Requests are let in from now on. */
  open(): void;
}

/** Enough to keep the database busy; what comes on top is better told to come again than made to wait. */
const MAX_IN_FLIGHT = 64;

/** Turns requests away with Retry-After while the host is starting or has too much to do. */
export function addAdmission(app: ApiServer): Admission {
  let started = false;
  let inFlight = 0;
  app.addHook('onRequest', async (_request, reply) => {
    if (!started) throw clearingProblem('starting', { headers: { 'retry-after': '1' } });
    if (inFlight >= MAX_IN_FLIGHT) throw clearingProblem('overloaded', { headers: { 'retry-after': '2' } });
    inFlight += 1;
    reply.raw.once('close', () => {
      inFlight -= 1;
    });
  });
  return {
    open() {
      started = true;
    },
  };
}

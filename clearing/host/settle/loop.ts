import { z } from 'zod';
import { weighEvidence } from '../batches/evidence.ts';
import { lockCard } from '../cards/cards.ts';
import type { HostContext } from '../context.ts';
import { lockLoadsOf } from '../loads/loads.ts';
import { settleDue } from './settle.ts';

export interface SettlingLoop {
  /** Ends it, and waits for the round that is under way. */
  stop(): Promise<void>;
}

/** What is undecided for want of time alone is looked at again this often. */
const SWEEP_EVERY_MS = 60_000;

/** Settles what is due every `everyMs`. A round that fails is logged, and the next one tries again. */
export function startSettling(context: HostContext, everyMs: number): SettlingLoop {
  let timer: NodeJS.Timeout | undefined;
  let round = Promise.resolve();
  let stopped = false;
  let sweptAt = context.now();

  const work = async (): Promise<void> => {
    while (!stopped && (await settleDue(context)) > 0);
    if (context.now() - sweptAt < SWEEP_EVERY_MS) return;
    sweptAt = context.now();
    await sweepUndecided(context);
  };
  const schedule = (): void => {
    if (stopped) return;
    timer = setTimeout(() => {
      round = work()
        .catch((error: unknown) => context.log.error({ err: error }, 'settling failed; it is tried again'))
        .then(schedule);
    }, everyMs);
  };
  schedule();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}

/** Decides what has become decidable because time has passed. */
async function sweepUndecided(context: HostContext): Promise<void> {
  const chips = await context.database.rows(
    z.object({ token: z.string(), pan_sequence: z.int() }),
    `select token, pan_sequence from undecided where state = 'open'
     union select token, pan_sequence from loads where not proven and state = 'waiting' order by token, pan_sequence`,
  );
  for (const { token, pan_sequence: panSequence } of chips) {
    await context.database.transaction(async (tx) => {
      await lockLoadsOf(tx, [token]);
      await lockCard(tx, token);
      await weighEvidence(tx, context, { token, panSequence });
    });
  }
}

import { z } from 'zod';
import { tearAt } from '../card/index.ts';
import type { Tray, TrayListing } from './tray.ts';

/** Where a tap is torn: the nth command of it, from 1, commands of class FF not counted. */
export interface Tear {
  readonly command: number;
  readonly when: 'before-card' | 'after-card';
}

const Question = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('list') }),
  z.strictObject({
    do: z.literal('place'),
    card: z.string(),
    tear: z.strictObject({ command: z.int().positive(), when: z.enum(['before-card', 'after-card']) }).optional(),
  }),
  z.strictObject({ do: z.literal('remove') }),
  z.strictObject({ do: z.literal('restore'), card: z.string().optional() }),
]);

/** Answers a question that came over the control channel. Throws when it is none. */
export function answerControl(tray: Tray, question: unknown): unknown {
  const asked = Question.parse(question);
  if (asked.do === 'list') return tray.list();
  if (asked.do === 'place') {
    const { card, tear } = asked;
    return tray.place(card, tear && [tearAt(tear.command, tear.when)]);
  }
  if (asked.do === 'restore') return tray.restore(asked.card);
  tray.remove();
  return true;
}

/** The hand on the tray, from another process. Every call rejects when the cards process is gone. */
export interface TrayControl {
  list(): Promise<TrayListing[]>;
  /** Holds a card to the field, in place of any other. False: there is no such card. */
  place(card: string, tear?: Tear): Promise<boolean>;
  remove(): Promise<void>;
  /** A card, or every one, back to how its issuer made it. False: there is no such card. */
  restore(card?: string): Promise<boolean>;
}

/** The other end of `answerControl`, over a channel that carries one question and its answer as JSON. */
export function trayControl(ask: (question: z.input<typeof Question>) => Promise<unknown>): TrayControl {
  return {
    // Both ends are this program, so the answers are what answerControl gives.
    list: async () => (await ask({ do: 'list' })) as TrayListing[],
    place: async (card, tear) => (await ask({ do: 'place', card, ...(tear && { tear }) })) === true,
    remove: async () => {
      await ask({ do: 'remove' });
    },
    restore: async (card) => (await ask({ do: 'restore', ...(card !== undefined && { card }) })) === true,
  };
}

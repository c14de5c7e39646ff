import { z } from 'zod';
import type { Collections } from '../../contract/http/index.ts';
import type { HostContext } from '../context.ts';

const row = z.object({
  collected_number: z.int(),
  id: z.string(),
  terminal: z.string(),
  merchant: z.string(),
  epoch: z.int(),
  sequence: z.int(),
  token: z.string(),
  amount_minor: z.int(),
  closed_at: z.string(),
});

/** The collected debts of all terminals. */
export function collections({ database }: Pick<HostContext, 'database'>): Collections {
  return {
    async list({ after, limit }) {
      const rows = await database.rows(
        row,
        `select collected_number, id, terminal, merchant, epoch, sequence, token, amount_minor, closed_at
         from debts where collected_number > $1 order by collected_number limit $2`,
        [after, limit],
      );
      return rows.map(({ collected_number: number, token: cardToken, amount_minor: amountMinor, ...found }) => {
        const { closed_at: collectedAt, ...same } = found;
        return { number, ...same, cardToken, amountMinor, currency: 'CNY', collectedAt } as const;
      });
    },
  };
}

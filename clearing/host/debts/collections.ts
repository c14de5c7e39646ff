import { z } from 'zod';
import type { Collection } from '../../contract/central.ts';
import type { Collections } from '../../contract/http/index.ts';
import { collectionBytes } from '../../contract/record/index.ts';
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
  collection_key_id: z.string().nullable(),
  collection_signature: z.string().nullable(),
});

/** The collected debts of all terminals. Each is signed when it is first asked for, and for ever the same from then on. */
export function collections({ database, hsm }: Pick<HostContext, 'database' | 'hsm'>): Collections {
  const signed = async (found: z.output<typeof row>): Promise<Collection> => {
    const { collected_number: number, id, terminal, merchant, epoch, sequence } = found;
    const money = { cardToken: found.token, amountMinor: found.amount_minor, collectedAt: found.closed_at };
    const content = { number, id, terminal, merchant, epoch, sequence, ...money };
    return { ...content, currency: 'CNY', ...(signatureOf(found) ?? (await sign(content))) };
  };
  /** Of two that are made at once the first stays. */
  const sign = async (content: Parameters<typeof collectionBytes>[0]) => {
    const { keyId, signature } = hsm.sign('acknowledgement', collectionBytes(content));
    const kept = await database.one(
      row.pick({ collection_key_id: true, collection_signature: true }),
      `update debts set collection_key_id = coalesce(collection_key_id, $2),
         collection_signature = coalesce(collection_signature, $3)
       where id = $1 returning collection_key_id, collection_signature`,
      [content.id, keyId, signature],
    );
    return signatureOf(kept) ?? { keyId, signature };
  };
  return {
    async holderOf(number) {
      const found = await database.first(
        z.object({ id: z.string() }),
        'select id from debts where collected_number = $1',
        [number],
      );
      return found?.id;
    },
    async list({ after, limit }) {
      const rows = await database.rows(
        row,
        `select collected_number, id, terminal, merchant, epoch, sequence, token, amount_minor, closed_at,
           collection_key_id, collection_signature
         from debts where collected_number > $1 order by collected_number limit $2`,
        [after, limit],
      );
      const items: Collection[] = [];
      for (const found of rows) items.push(await signed(found));
      return items;
    },
  };
}

function signatureOf(found: Pick<z.output<typeof row>, 'collection_key_id' | 'collection_signature'>) {
  const { collection_key_id: keyId, collection_signature: signature } = found;
  return keyId === null || signature === null ? undefined : { keyId, signature };
}

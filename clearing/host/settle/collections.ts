import { z } from 'zod';
import type { Collection } from '../../contract/central.ts';
import type { Collections } from '../../contract/http/index.ts';
import { collectionBytes } from '../../contract/record/index.ts';
import type { HostContext } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import type { Place } from '../ledger/ledger.ts';

const row = z.object({
  number: z.int(),
  id: z.string(),
  terminal: z.string(),
  merchant: z.string(),
  epoch: z.int(),
  sequence: z.int(),
  token: z.string(),
  amount_minor: z.int(),
  collected_at: z.string(),
  key_id: z.string().nullable(),
  signature: z.string().nullable(),
});

/**
 * Tells central systems that a merchant has got the money of a record which its batch has settled without. The caller has `lockNumbers`:
 * whoever has read up to a number finds none below it later.
 * @param paid `id` of the debt, or of the claim that was in suspense
 */
export async function addCollection(
  tx: Transaction,
  paid: Place & {
    readonly id: string;
    readonly merchant: string;
    readonly token: string;
    readonly amountMinor: number;
  },
  at: string,
): Promise<void> {
  const { id, terminal, epoch, sequence, merchant, token, amountMinor } = paid;
  await tx.run(
    `insert into collections (number, id, terminal, epoch, sequence, merchant, token, amount_minor, collected_at)
     select coalesce(max(number), 0) + 1, $1::uuid, $2, $3::integer, $4::bigint, $5, $6, $7::bigint, $8::timestamptz from collections`,
    [id, terminal, epoch, sequence, merchant, token, amountMinor, at],
  );
}

/** What merchants have got beside the batches. Each is signed when it is first asked for, and for ever the same from then on. */
export function collections({ database, hsm }: Pick<HostContext, 'database' | 'hsm'>): Collections {
  const signed = async (found: z.output<typeof row>): Promise<Collection> => {
    const { number, id, terminal, merchant, epoch, sequence } = found;
    const money = { cardToken: found.token, amountMinor: found.amount_minor, collectedAt: found.collected_at };
    const content = { number, id, terminal, merchant, epoch, sequence, ...money };
    return { ...content, currency: 'CNY', ...(signatureOf(found) ?? (await sign(content))) };
  };
  /** Of two that are made at once the first stays. */
  const sign = async (content: Parameters<typeof collectionBytes>[0]) => {
    const { keyId, signature } = hsm.sign('acknowledgement', collectionBytes(content));
    const kept = await database.one(
      row.pick({ key_id: true, signature: true }),
      `update collections set key_id = coalesce(key_id, $2), signature = coalesce(signature, $3)
       where number = $1 returning key_id, signature`,
      [content.number, keyId, signature],
    );
    return signatureOf(kept) ?? { keyId, signature };
  };
  return {
    async holderOf(number) {
      const found = await database.first(z.object({ id: z.string() }), 'select id from collections where number = $1', [
        number,
      ]);
      return found?.id;
    },
    async list({ after, limit }) {
      const rows = await database.rows(row, 'select * from collections where number > $1 order by number limit $2', [
        after,
        limit,
      ]);
      const items: Collection[] = [];
      for (const found of rows) items.push(await signed(found));
      return items;
    },
  };
}

function signatureOf({ key_id: keyId, signature }: Pick<z.output<typeof row>, 'key_id' | 'signature'>) {
  return keyId === null || signature === null ? undefined : { keyId, signature };
}

import { type Collection, collectionsPage, collectionsQuery } from '../central.ts';
import { problemResponses, problemsOf } from './problem.ts';
import type { ApiServer } from './server.ts';

const problem = problemsOf({
  'bad-cursor': { status: 400, title: 'The cursor was not given out by this list' },
});

/** Where collected debts come from: they are in no batch, since the batch of their record has settled without it. */
export interface Collections {
  /** Was this number given to this debt, or to any where none is named? */
  holds(collection: { readonly number: number; readonly id: string | undefined }): Promise<boolean>;
  /** In the order in which they were collected, numbered without gaps, behind `after`. */
  list(page: { readonly after: number; readonly limit: number }): Promise<readonly Collection[]>;
}

/** Adds the route from which central systems pull collected debts: each number once, for ever the same. */
export function registerCollectionRoutes(app: ApiServer, source: Collections): void {
  app.get(
    '/central/v1/collections',
    {
      schema: {
        summary: 'Debts that were collected, in the order in which they were',
        querystring: collectionsQuery,
        response: { 200: collectionsPage, ...problemResponses(400) },
      },
    },
    async ({ query: { after, limit } }) => {
      const from = await placeOf(after, source);
      if (from === undefined) throw problem('bad-cursor', { detail: 'leave out `after` to begin at the oldest' });
      const items = await source.list({ after: from, limit });
      const last = items.at(-1);
      return { items: [...items], next: last === undefined ? null : `c${last.number}-${last.id}` };
    },
  );
}

/**
 * The number behind which a cursor goes on; undefined when it is none of ours, or one from before the database was put back from a copy
 * and gave the number to another debt. Cursors of before had the number alone.
 */
async function placeOf(cursor: string | undefined, source: Collections): Promise<number | undefined> {
  if (cursor === undefined) return 0;
  const [, digits, id] = /^c([0-9]{1,15})(?:-([0-9a-f-]{36}))?$/.exec(cursor) ?? [];
  if (digits === undefined) return undefined;
  const number = Number(digits);
  return number === 0 || (await source.holds({ number, id })) ? number : undefined;
}

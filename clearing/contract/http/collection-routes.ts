import { type Collection, collectionsPage, collectionsQuery } from '../central.ts';
import { numberedCursor } from './numbered-cursor.ts';
import { problemResponses, problemsOf } from './problem.ts';
import type { ApiServer } from './server.ts';

const problem = problemsOf({
  'bad-cursor': { status: 400, title: 'The cursor was not given out by this list' },
});

const CURSOR = numberedCursor('c');

/** Where collected debts and paid claims come from: they are in no batch, since the batch of their record has settled without it. */
export interface Collections {
  /** The id of the debt or claim to which a number was given. */
  holderOf(number: number): Promise<string | undefined>;
  /** In the order in which they were collected, numbered without gaps, behind `after`. */
  list(page: { readonly after: number; readonly limit: number }): Promise<readonly Collection[]>;
}

/** Adds the route from which central systems pull collected debts and paid claims: each number once, for ever the same. */
export function registerCollectionRoutes(app: ApiServer, source: Collections): void {
  app.get(
    '/central/v1/collections',
    {
      schema: {
        summary: 'Debts that were collected and claims that were paid, in the order in which they were',
        querystring: collectionsQuery,
        response: { 200: collectionsPage, ...problemResponses(400) },
      },
    },
    async ({ query: { after, limit } }) => {
      const from = await CURSOR.place(after, source.holderOf);
      if (from === undefined) throw problem('bad-cursor', { detail: 'leave out `after` to begin at the oldest' });
      const items = await source.list({ after: from, limit });
      const last = items.at(-1);
      return { items: [...items], next: last === undefined ? null : CURSOR.of(last.number, last.id) };
    },
  );
}

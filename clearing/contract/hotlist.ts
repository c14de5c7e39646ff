import { z } from 'zod';
import type { HotlistPage } from './record/index.ts';
import { amountMinor, cardToken, count, hash, keyId, queryNumber, shortName, signature } from './values.ts';

/** Most changes on one page, and most that the answer in one piece may hold. */
export const MAX_HOTLIST_PAGE = 20_000;

/**
 * GET /v1/hotlist?since=: `since` is the version that the terminal has, 0 when it has none. With `limit` the answer is a page of so
 * many changes; `to` and `after` ask for the next page of the same way.
 */
export const hotlistQuery = z.strictObject({
  since: queryNumber.default(0),
  to: queryNumber.exactOptional(),
  after: cardToken.exactOptional(),
  limit: queryNumber.pipe(z.int().min(1).max(MAX_HOTLIST_PAGE)).exactOptional(),
});
export type HotlistQuery = z.output<typeof hotlistQuery>;

/**
 * The way from version `from` to version `to` in one piece. With `full`, `add` is the whole list and what the terminal had is
 * dropped; that is the answer when the terminal has none, or one that the host does not know. from = to means nothing has changed.
 */
export const hotlistAnswer = z.strictObject({
  from: count,
  to: count,
  full: z.boolean(),
  /** Card tokens, sorted. */
  add: z.array(cardToken),
  remove: z.array(cardToken),
  keyId,
  /** Over hotlistBytes of the fields above, by the host's hotlist key. */
  signature,
});
export type HotlistAnswer = z.output<typeof hotlistAnswer>;

const debt = z.strictObject({
  id: shortName,
  token: cardToken,
  /** What is open; 0: collected or waived. */
  amountMinor,
});

/** The same in pages, with what cards owe (contract/record, HotlistPage). */
export const hotlistPage = z.strictObject({
  from: count,
  fromHash: hash,
  to: count,
  hash,
  /** Cards on the list at `to`. */
  entries: count,
  full: z.boolean(),
  after: cardToken.exactOptional(),
  /** Absent on the last page. */
  through: cardToken.exactOptional(),
  add: z.array(cardToken),
  remove: z.array(cardToken),
  debts: z.array(debt),
  keyId,
  /** Over hotlistPageBytes of the fields above, by the host's hotlist key. */
  signature,
}) satisfies z.ZodType<HotlistPage>;
export type HotlistPageAnswer = z.output<typeof hotlistPage>;

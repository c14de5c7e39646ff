import { z } from 'zod';
import { cardToken, count, keyId, queryNumber, signature } from './values.ts';

/** GET /v1/hotlist?since=: `since` is the version that the terminal has, 0 when it has none. */
export const hotlistQuery = z.strictObject({ since: queryNumber.default(0) });

/**
 * The way from version `from` to version `to`. With `full`, `add` is the whole list and what the terminal had is dropped;
 * that is the answer when the terminal has none, or one that the host does not know. from = to means nothing has changed.
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

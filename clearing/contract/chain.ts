import { z } from 'zod';
import { count, hash, ordinal, shortName } from './values.ts';

/**
 * GET /v1/chain: where the asking terminal's chain stands at the host. A terminal that has less, or something else there, was
 * restored or copied, and writes no further record in this epoch.
 */
export const chainPosition = z.strictObject({
  terminal: shortName,
  epoch: ordinal,
  genesisHash: hash,
  /** Of the last record that the host holds; 0 for none. */
  sequence: count,
  /** Chain hash there, the genesis hash at 0. */
  chainHash: hash,
});
export type ChainPosition = z.output<typeof chainPosition>;

import { z } from 'zod';
import { type Comparison, comparison } from '../../clearing/contract/index.ts';
import type { StoredClose } from '../../offline-queue/index.ts';
import { present } from '../present.ts';
import type { CopyView } from '../receipts/slip-state.ts';
import { copyOf, copyResource } from './slip-resource.ts';

const recordAt = z.strictObject({ epoch: z.int(), sequence: z.int() });
const sums = z.strictObject({ count: z.int(), totalMinor: z.int() });

/** One record on which the two sides do not agree; `kind` and what goes with it as in docs/clearing-api.md. */
const difference = z.looseObject({ epoch: z.int(), sequence: z.int(), kind: z.string() });

/** A close as the register sees it. */
export const closeResource = z.strictObject({
  number: z.int(),
  id: z.uuid(),
  first: recordAt,
  last: recordAt,
  closedAt: z.iso.datetime(),
  /** All records here, and the sum of the approved purchases, fen. */
  terminal: sums,
  /** Absent until the centre has answered. */
  comparedAt: z.iso.datetime().exactOptional(),
  /** What the centre has accepted of them. */
  centre: sums.exactOptional(),
  /** Record by record; empty when both sides agree. */
  differences: z.array(difference).exactOptional(),
  /** False while the centre lacks a record: it is compared again. */
  complete: z.boolean(),
  /** What became of its slip on paper; absent while none was to be printed. */
  receipt: copyResource.exactOptional(),
});
export type CloseResource = z.output<typeof closeResource>;

/** With what the centre has signed. */
export const closeWithEvidence = closeResource.extend({ comparisons: z.array(comparison) });

/** What the centre has signed; checked when it came. Empty until then, and where another hand has changed a part of it. */
export function comparisonsOf({ report = [] }: StoredClose): readonly Comparison[] {
  const read = z.array(comparison).safeParse(report);
  return read.success ? read.data : [];
}

export function closeOf(close: StoredClose, slip?: CopyView): CloseResource {
  const { number, id, first, last, closedAt, comparedAt, complete, count, totalMinor } = close;
  const terminal = { count, totalMinor };
  const receipt = slip && copyOf(slip);
  const known = { number, id, first, last, closedAt, terminal, complete, ...(receipt && { receipt }) };
  const comparisons = comparisonsOf(close);
  // What the centre has said is not known any more: nobody is to take it for agreement.
  if (comparedAt === undefined || comparisons.length === 0) return { ...known, complete: false };
  const sum = (of: (one: Comparison) => number): number => comparisons.reduce((total, one) => total + of(one), 0);
  const differences = comparisons.flatMap(({ epoch, differences }) => differences.map((one) => ({ epoch, ...one })));
  const centre = { count: sum((one) => one.acceptedCount), totalMinor: sum((one) => one.acceptedMinor) };
  return present({ ...known, comparedAt, centre, differences });
}

export const closeWithEvidenceOf = (close: StoredClose, slip?: CopyView): z.output<typeof closeWithEvidence> => ({
  ...closeOf(close, slip),
  comparisons: [...comparisonsOf(close)],
});

import { type AcknowledgementAnswer, acknowledgement, type SettlementItem } from '../../clearing/contract/index.ts';
import { acknowledgementBytes, paysMerchant, settlementBytes } from '../../clearing/contract/record/index.ts';
import type { Sm2VerifyingKey } from '../../emv/crypto/index.ts';
import { equalBytes } from '../../emv/values/index.ts';
import type { Identity, StoredBatch, StoredRecord } from '../../offline-queue/index.ts';
import { someOf } from '../some-of.ts';
import { isSigned } from './signed.ts';

const isThatOf = (batch: StoredBatch, identity: Identity, document: Placed, chainHead: string): boolean =>
  document.terminal === identity.terminal &&
  document.epoch === batch.epoch &&
  document.firstSequence === batch.firstSequence &&
  document.lastSequence === batch.lastSequence &&
  chainHead === batch.chainHead;

type Placed = Pick<SettlementItem, 'terminal' | 'epoch' | 'firstSequence' | 'lastSequence'>;

/**
 * What is wrong with an acknowledgement of a batch, undefined when the host holds the batch (design 4.6): it is signed with
 * the pinned key, over this very range and chain head, with one verdict a record in their order.
 * @param hostKey the pinned key, of whoever checks often: made ready before
 */
export function faultOfAcknowledgement(
  answer: AcknowledgementAnswer,
  batch: StoredBatch,
  identity: Identity,
  hostKey: Uint8Array | Sm2VerifyingKey = identity.hostAcknowledgementKey,
): 'signature' | 'other-batch' | 'verdicts' | undefined {
  const bytes = () => acknowledgementBytes(answer);
  if (!isSigned(hostKey, bytes, answer.signature)) return 'signature';
  if (!isThatOf(batch, identity, answer, answer.chainHash)) return 'other-batch';
  const complete =
    answer.verdicts.length === batch.count &&
    answer.verdicts.every(({ sequence }, at) => sequence === batch.firstSequence + at);
  return complete ? undefined : 'verdicts';
}

/** More records than these in a sentence help nobody. */
const MAX_NAMED = 5;

/**
 * What an acknowledgement that holds says otherwise than the one that is kept, for people; undefined when it says the same.
 * Signatures may differ, words may not.
 */
export function contradictions(
  answer: AcknowledgementAnswer,
  { acknowledgement: kept }: StoredBatch,
): string | undefined {
  const before = acknowledgement.safeParse(kept).data;
  if (before === undefined) return 'what was kept of its first word is no longer as it was written';
  if (equalBytes(acknowledgementBytes(answer), acknowledgementBytes(before))) return undefined;
  const said = new Map(before.verdicts.map((one) => [one.sequence, word(one)]));
  const changed = answer.verdicts.filter((one) => said.get(one.sequence) !== word(one));
  const named = changed.map((one) => `record ${one.sequence} ${word(one)}, before ${said.get(one.sequence)}`);
  return someOf(named, MAX_NAMED, '; ');
}

const word = (one: AcknowledgementAnswer['verdicts'][number]): string =>
  one.verdict === 'accepted' ? 'accepted' : `disputed (${one.reason})`;

/** Is a settlement signed with the pinned key? */
export const isSettlementSigned = (item: SettlementItem, identity: Identity): boolean =>
  isSigned(identity.hostAcknowledgementKey, () => settlementBytes(item), item.signature);

/**
 * What is wrong with a signed settlement of a batch: it must say the same as the verdicts that were acknowledged.
 * @param records those of the batch that can still be read
 */
export function faultOfSettlement(
  item: SettlementItem,
  batch: StoredBatch,
  records: readonly StoredRecord[],
  identity: Identity,
): 'other-batch' | 'acknowledgement' | 'disputed' | 'totals' | undefined {
  if (!isThatOf(batch, identity, item, item.chainHead)) return 'other-batch';
  // Another hand has been here: what was acknowledged is not known any more.
  const kept = acknowledgement.safeParse(batch.acknowledgement).data;
  if (kept === undefined) return 'acknowledgement';
  const disputed = kept.verdicts.filter(({ verdict }) => verdict === 'disputed').map(({ sequence }) => sequence);
  if (item.disputed.join() !== disputed.join()) return 'disputed';

  const held = records.filter(({ record }) => disputed.includes(record.sequence));
  const approved = held.filter(({ record }) => paysMerchant(record));
  const atMost = approved.reduce((sum, { record }) => sum - record.amountMinor, batch.totalMinor);
  // What an unreadable record was worth is not known here any more.
  const totalFits = held.length === disputed.length ? item.totalMinor === atMost : item.totalMinor <= atMost;
  return totalFits && item.recordCount === batch.count - disputed.length ? undefined : 'totals';
}

import { hex, toHex } from '../../../emv/values/index.ts';
import type { BatchRequest } from '../../contract/batch.ts';
import type { ApiProblem } from '../../contract/http/index.ts';
import { merkleRoot, type SealContent, sealContentBytes, totalsOf } from '../../contract/record/index.ts';
import { clearingProblem } from '../problems.ts';
import { hasSigned, type Terminal } from '../terminals/authenticate.ts';
import { type ChainedRecord, chainRecords } from './chain.ts';

/** Where an epoch's chain stands. */
export interface Head {
  readonly sequence: number;
  /** Hex; the genesis hash at sequence 0. */
  readonly hash: string;
}

export type CheckedBatch =
  | { readonly kind: 'fits'; readonly records: readonly ChainedRecord[] }
  /** `sequence`: where it goes wrong. `grave`: a person must look. */
  | { readonly kind: 'refused'; readonly problem: ApiProblem; readonly grave: boolean; readonly sequence: number };

const refuse = (problem: ApiProblem, sequence: number, grave = true): CheckedBatch => ({
  kind: 'refused',
  problem,
  grave,
  sequence,
});

/** The seal itself: of this terminal and epoch, signed by it, and counting what is there. Undefined when all is well. */
export function faultOfSeal({ seal, signature, records }: BatchRequest, terminal: Terminal): ApiProblem | undefined {
  if (seal.terminal !== terminal.terminal || seal.epoch !== terminal.epoch) {
    return clearingProblem('bad-seal', { detail: 'the seal names another terminal or epoch than the request' });
  }
  if (!hasSigned(terminal, sealContentBytes(seal), signature)) {
    return clearingProblem('bad-seal', { detail: 'the signature over the seal does not verify' });
  }
  if (seal.count !== records.length || seal.lastSequence - seal.firstSequence + 1 !== records.length) {
    return clearingProblem('wrong-count', {
      detail: `the seal counts ${seal.count} from ${seal.firstSequence} to ${seal.lastSequence}, the batch holds ${records.length}`,
    });
  }
  return undefined;
}

/** Does the batch follow at the head, as a chain that leads to what was sealed, with the total that was sealed? */
export function checkNext({ seal, records }: BatchRequest, head: Head): CheckedBatch {
  const expectedSequence = head.sequence + 1;
  if (seal.firstSequence > expectedSequence) {
    const detail = `record ${expectedSequence} is expected next; send it first`;
    return refuse(clearingProblem('gap', { detail, extra: { expectedSequence } }), expectedSequence, false);
  }
  const chained = chainRecords(head.hash, seal.firstSequence, records);
  const broken = faultOfChain(seal, chained);
  if (broken !== undefined) return refuse(broken, seal.firstSequence);
  const wrong = faultOfTotal(seal, chained);
  return wrong === undefined ? { kind: 'fits', records: chained } : refuse(wrong, seal.lastSequence);
}

function faultOfChain(seal: SealContent, chained: readonly ChainedRecord[]): ApiProblem | undefined {
  const root = toHex(merkleRoot(chained.map(({ hash }) => hex(hash))));
  if (chained.at(-1)?.hash === seal.chainHead && root === seal.merkleRoot) return undefined;
  return clearingProblem('chain-broken', {
    detail: 'a record was changed after it was sealed, or the chain does not start where the host stands',
  });
}

function faultOfTotal(seal: SealContent, chained: readonly ChainedRecord[]): ApiProblem | undefined {
  const readable = chained.flatMap(({ record }) => record ?? []);
  const { totalMinor } = totalsOf(readable);
  // What an unreadable record was worth only the terminal knew.
  const fits = readable.length === chained.length ? totalMinor === seal.totalMinor : totalMinor <= seal.totalMinor;
  if (fits) return undefined;
  const detail = `the seal says ${seal.totalMinor}, the approved records sum to ${totalMinor}`;
  return clearingProblem('wrong-total', { detail, extra: { expectedTotalMinor: totalMinor } });
}

/**
 * A batch that begins at or before the head. The same records once more are an overlap; others are a fork: two histories
 * of one terminal.
 * @param before chain hash just before the batch, hex
 * @param held chain hashes that the host holds by sequence, hex
 */
export function faultOfOverlap(
  { seal, records }: BatchRequest,
  head: Head,
  before: string,
  held: ReadonlyMap<number, string>,
): CheckedBatch {
  const chained = chainRecords(before, seal.firstSequence, records);
  const other = chained.find(({ sequence, hash }) => sequence <= head.sequence && held.get(sequence) !== hash);
  const expectedSequence = head.sequence + 1;
  if (other === undefined) {
    const detail = `the records up to ${head.sequence} are held already, in another batch`;
    return refuse(clearingProblem('overlap', { detail, extra: { expectedSequence } }), seal.firstSequence);
  }
  const { sequence } = other;
  const detail = `record ${sequence} is held with other bytes; a person must look`;
  return refuse(clearingProblem('fork', { detail, extra: { sequence } }), sequence);
}

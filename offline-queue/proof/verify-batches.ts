import { type Acknowledgement, type SealContent, sealContentBytes } from '../../clearing/contract/record/index.ts';
import { type Sm2VerifyingKey, sm2PublicKey, sm2VerifyingKey, sm2VerifyWith } from '../../emv/crypto/index.ts';
import { equalBytes } from '../../emv/values/index.ts';
import { type Disputed, sealOf } from '../batches/batch-rows.ts';
import { contentOf } from '../batches/seal-batch.ts';
import { readJson } from '../database/json.ts';
import { epochOf, type Place, placeOf, sequenceOf } from '../database/place.ts';
import type { Identities } from '../identity/identity.ts';
import type { RecordRows } from '../records/record-rows.ts';
import { type Broken, badBatch, badRecord, badRow } from '../rows/faults.ts';
import type { BatchRow } from '../rows/tables.ts';
import type { Tagged, TaggedTable } from '../rows/tagged-table.ts';
import { readAcknowledgement, readSettlement } from './signed-documents.ts';

interface Parts {
  readonly table: TaggedTable<BatchRow>;
  readonly identities: Identities;
  readonly signers: (epoch: number) => Signers | undefined;
  readonly records: RecordRows;
  /** The last record there is. */
  readonly lastRecord: Place;
}

/** Who signs in an epoch. */
interface Signers {
  readonly terminal: string;
  readonly terminalKey: Sm2VerifyingKey | undefined;
  readonly hostKey: Sm2VerifyingKey | undefined;
}

/** Holds every batch against its records, and the host's documents against the batch. */
export function checkBatches(given: Omit<Parts, 'signers'>): { readonly fault?: Broken; readonly batches: number } {
  const parts = { ...given, signers: signersIn(given.identities) };
  let [batches, last] = [0, 0];
  for (const row of parts.table.all()) {
    const fault = checkBatch(row, last, parts);
    if (fault !== undefined) return { fault, batches };
    [batches, last] = [batches + 1, row.last_place];
  }
  return { batches };
}

/** Their keys, made once: that costs as much as a verification. */
function signersIn(identities: Identities): Parts['signers'] {
  const known = new Map<number, Signers>();
  return (epoch) => {
    const identity = identities.of(epoch);
    if (identity === undefined) return undefined;
    const signers = known.get(epoch) ?? {
      terminal: identity.terminal,
      terminalKey: sm2VerifyingKey(sm2PublicKey(identity.signingKey)),
      hostKey: sm2VerifyingKey(identity.hostAcknowledgementKey),
    };
    known.set(epoch, signers);
    return signers;
  };
}

function checkBatch(row: Tagged<BatchRow>, last: Place, parts: Parts): Broken | undefined {
  const [epoch, sequence] = [epochOf(row.first_place), sequenceOf(row.first_place)];
  const signers = parts.signers(epoch);
  if (signers === undefined)
    return badBatch(row.id, epoch, sequence, 'foreign', 'is of an enrolment that this queue does not have');
  const follows = epoch === epochOf(last) ? last + 1 : placeOf(epoch, 1);
  if (row.first_place !== follows)
    return badBatch(row.id, epoch, sequence, 'seal', 'does not follow the batch before it');
  return (
    checkSeal(row, signers, parts) ??
    checkDocuments(row, signers) ??
    (parts.table.holds(row) ? undefined : badRow('changed', `Batch ${row.id} has been changed since it was written`))
  );
}

function checkSeal(
  row: BatchRow,
  { terminal, terminalKey }: Signers,
  { records, lastRecord }: Parts,
): Broken | undefined {
  const [epoch, sequence] = [epochOf(row.last_place), sequenceOf(row.last_place)];
  if (row.last_place > lastRecord && epochOf(lastRecord) <= epoch) {
    const first = epochOf(lastRecord) === epoch ? sequenceOf(lastRecord) + 1 : 1;
    return badRecord(
      epoch,
      first,
      'truncated',
      `and those after it are missing, up to ${sequence} at least, which batch ${row.id} holds`,
    );
  }
  const bad = (what: string): Broken => badBatch(row.id, epoch, sequence, 'seal', what);
  const content = contentOf(records.range(row.first_place, row.last_place));
  if (content?.last_place !== row.last_place || content.first_place !== row.first_place) return bad('lacks a record');
  if (content.total_minor !== row.total_minor)
    return bad(`says ${row.total_minor} fen, its records say ${content.total_minor}`);
  if (!equalBytes(content.chain_head, row.chain_head)) return bad('ends with another hash than its last record');
  if (!equalBytes(content.merkle_root, row.merkle_root)) return bad('has another Merkle root than its records');
  return isSigned(row, terminal, terminalKey) ? undefined : bad('is not signed by this terminal');
}

function isSigned(row: BatchRow, terminal: string, terminalKey: Sm2VerifyingKey | undefined): boolean {
  try {
    return (
      terminalKey !== undefined && sm2VerifyWith(terminalKey, sealContentBytes(sealOf(row, terminal)), row.signature)
    );
  } catch {
    // What does not fit its field was never signed.
    return false;
  }
}

function checkDocuments(row: BatchRow, { terminal, hostKey }: Signers): Broken | undefined {
  const seal = sealOf(row, terminal);
  const bad = (what: string): Broken => badBatch(row.id, seal.epoch, seal.lastSequence, 'acknowledgement', what);
  if (row.acknowledgement !== null) {
    const document = hostKey && readAcknowledgement(readJson<unknown>(row.acknowledgement, null), hostKey);
    if (document === undefined) return bad('has an acknowledgement that the host did not sign');
    if (!sameRange(document, seal) || document.chainHash !== seal.chainHead)
      return bad('has the acknowledgement of other records');
    if (!sameDisputes(document, readJson<Disputed>(row.disputed, [])))
      return bad('has other verdicts than the host signed');
  }
  if (row.settlement === null) return undefined;
  const document = hostKey && readSettlement(readJson<unknown>(row.settlement, null), hostKey);
  if (document === undefined) return bad('has a settlement that the host did not sign');
  const same = document.batchId === row.id && sameRange(document, seal) && document.chainHead === seal.chainHead;
  return same ? undefined : bad('has the settlement of another batch');
}

type Range = Pick<SealContent, 'terminal' | 'epoch' | 'firstSequence' | 'lastSequence'>;

const sameRange = (a: Range, b: Range): boolean =>
  a.terminal === b.terminal &&
  a.epoch === b.epoch &&
  a.firstSequence === b.firstSequence &&
  a.lastSequence === b.lastSequence;

function sameDisputes({ verdicts }: Acknowledgement, kept: Disputed): boolean {
  const signed = verdicts
    .filter(({ verdict }) => verdict === 'disputed')
    .map(({ sequence, reason }) => [sequence, reason]);
  return JSON.stringify(signed) === JSON.stringify(kept);
}

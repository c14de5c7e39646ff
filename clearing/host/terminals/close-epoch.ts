import { z } from 'zod';
import type { EnrolmentAnswer, EnrolmentRequest } from '../../contract/index.ts';
import type { Transaction } from '../database/database.ts';
import { noteIncident } from '../ledger/incidents.ts';
import { clearingProblem } from '../problems.ts';
import { hashAt } from './chain-position.ts';

const epochRow = z.object({ epoch: z.int(), head_sequence: z.int(), head_hash: z.string() });
/** An epoch and where its chain stands at the host. */
export type EpochRow = z.output<typeof epochRow>;

/** The epoch in which a terminal may still add records; batches of it wait from here on. */
export const lockOpenEpoch = (tx: Transaction, terminal: string): Promise<EpochRow | undefined> =>
  tx.first(
    epochRow,
    'select epoch, head_sequence, head_hash from epochs where terminal = $1 and closed_at is null for update',
    [terminal],
  );

export const epochBefore = (tx: Transaction, terminal: string, epoch: number): Promise<EpochRow | undefined> =>
  tx.first(
    epochRow,
    'select epoch, head_sequence, head_hash from epochs where terminal = $1 and epoch < $2 order by epoch desc limit 1',
    [terminal, epoch],
  );

export const closedOf = (row: EpochRow): NonNullable<EnrolmentAnswer['closed']> => ({
  epoch: row.epoch,
  sequence: row.head_sequence,
  chainHash: row.head_hash,
});

interface Code {
  readonly terminal: string;
  /** The operator has given up what the terminal had not uploaded. */
  readonly lost: boolean;
}

/**
 * Whoever ends an epoch must know where it stands: the host must hold everything that the terminal believes acknowledged. It
 * may hold more, when the last acknowledgement was lost. A terminal that was installed anew, or a copy that is an epoch
 * behind, does not know, and takes the epoch over only if the operator has declared the terminal lost.
 */
export async function assertPrevious(
  tx: Transaction,
  { terminal, lost }: Code,
  open: EpochRow,
  { previous }: EnrolmentRequest,
): Promise<void> {
  if (lost) return;
  if (previous === undefined || previous.terminal !== terminal || previous.epoch !== open.epoch) {
    throw clearingProblem('previous-required', {
      detail: `epoch ${open.epoch} of ${terminal} is open: enrol it from its own queue, or let the operator declare it lost`,
    });
  }
  if ((await hashAt(tx, terminal, previous.epoch, previous.sequence)) === previous.chainHash) return;
  throw clearingProblem('previous-mismatch', {
    detail: `the host does not hold record ${previous.sequence} of epoch ${previous.epoch} as the terminal does; a person must look`,
  });
}

/** Ends an epoch at the last record that the host holds. What came after it, if anything, nobody here can know. */
export async function closeEpoch(tx: Transaction, { terminal, lost }: Code, open: EpochRow, at: string): Promise<void> {
  const { epoch, head_sequence: sequence } = open;
  await tx.run('update epochs set closed_at = $3 where terminal = $1 and epoch = $2', [terminal, epoch, at]);
  const why = lost
    ? 'the terminal was declared lost'
    : 'the terminal was enrolled anew, and says that nothing came after';
  const detail = `epoch ${epoch} ends at record ${sequence}, the last that was acknowledged; what came after it is unknown (${why})`;
  await noteIncident(tx, { kind: 'tail-unknown', terminal, epoch, sequence, detail, at });
}

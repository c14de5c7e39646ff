import { z } from 'zod';
import { isSm2PublicKey } from '../../../emv/crypto/index.ts';
import { hex, toHex } from '../../../emv/values/index.ts';
import type { EnrolmentAnswer, EnrolmentRequest } from '../../contract/index.ts';
import { issueCertificate } from '../certificates/issue.ts';
import { type HostContext, moment } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { clearingProblem } from '../problems.ts';
import { assertPrevious, closedOf, closeEpoch, epochBefore, lockOpenEpoch } from './close-epoch.ts';
import { codeHash } from './codes.ts';

const codeRow = z.object({
  terminal: z.string(),
  merchant: z.string(),
  expires_at: z.string(),
  used_by_key: z.string().nullable(),
  used_for_epoch: z.int().nullable(),
  lost: z.boolean(),
});
type CodeRow = z.output<typeof codeRow>;

const GENESIS_LENGTH = 32;

type NewEpoch = Pick<EnrolmentAnswer, 'terminal' | 'merchant' | 'epoch' | 'genesisHash' | 'closed'>;

/**
 * Takes a terminal in by its one-time code: a new epoch with a genesis hash of its own. What the terminal had before ends
 * where the host last acknowledged it. A code that was used before answers the same key the same, since the first answer
 * may have been lost.
 */
export async function enrol(context: HostContext, request: EnrolmentRequest): Promise<EnrolmentAnswer> {
  const { database, hsm, log } = context;
  if (!isSm2PublicKey(hex(request.signingKey))) {
    throw clearingProblem('bad-signing-key', { detail: 'signingKey is no point of the curve' });
  }
  const epoch = await database.transaction((tx) => enrolWith(tx, context, request));
  const cardTokenKey = hsm.wrapCardTokenKey(request.signingKey, epoch.terminal);
  if (cardTokenKey === undefined) throw clearingProblem('bad-signing-key');
  log.info({ terminal: epoch.terminal, epoch: epoch.epoch }, 'terminal enrolled');
  const certified = await certify(context, epoch, request);
  return { ...epoch, ...certified, cardTokenKey, hostKeys: hsm.publicKeys, ...(hsm.isTest && { mark: 'TEST' }) };
}

/** The terminal's client certificate, where one was requested and this host gives out any. */
async function certify(
  context: HostContext,
  epoch: NewEpoch,
  { certificateRequest: request }: EnrolmentRequest,
): Promise<Pick<EnrolmentAnswer, 'clientCertificate'>> {
  if (request === undefined || context.terminalCa === undefined) return {};
  return { clientCertificate: await issueCertificate(context, epoch, { request, proven: true }) };
}

async function enrolWith(tx: Transaction, context: HostContext, request: EnrolmentRequest): Promise<NewEpoch> {
  const code = await tx.first(
    codeRow,
    `select c.terminal, t.merchant, c.expires_at, c.used_by_key, c.used_for_epoch, c.lost
     from enrolment_codes c join terminals t using (terminal) where c.code_hash = $1 for update`,
    [codeHash(request.code)],
  );
  if (code === undefined)
    throw clearingProblem('code-unknown', { detail: 'ask the operator of the centre for a code' });
  if (code.used_by_key !== null) return enrolledBefore(tx, code, request);
  const now = context.now();
  if (Date.parse(code.expires_at) < now) {
    throw clearingProblem('code-expired', { detail: `it expired at ${code.expires_at}; ask for a new one` });
  }
  const open = await lockOpenEpoch(tx, code.terminal);
  if (open !== undefined) {
    await assertPrevious(tx, code, open, request);
    await closeEpoch(tx, code, open, moment(now));
  }
  const epoch = await openEpoch(tx, context, code, request);
  return { ...epoch, ...(open && { closed: closedOf(open) }) };
}

async function enrolledBefore(tx: Transaction, code: CodeRow, { signingKey }: EnrolmentRequest): Promise<NewEpoch> {
  const { terminal, merchant } = code;
  const epoch = await tx.one(
    z.object({ epoch: z.int(), genesis_hash: z.string(), closed_at: z.string().nullable() }),
    'select epoch, genesis_hash, closed_at from epochs where terminal = $1 and epoch = $2',
    [terminal, code.used_for_epoch],
  );
  if (code.used_by_key !== signingKey || epoch.closed_at !== null) {
    throw clearingProblem('code-used', { detail: 'ask the operator of the centre for a new code' });
  }
  const before = await epochBefore(tx, terminal, epoch.epoch);
  const known = { terminal, merchant, epoch: epoch.epoch, genesisHash: epoch.genesis_hash };
  return { ...known, ...(before && { closed: closedOf(before) }) };
}

async function openEpoch(
  tx: Transaction,
  { now, random }: HostContext,
  { terminal, merchant }: CodeRow,
  { code, signingKey, software }: EnrolmentRequest,
): Promise<NewEpoch> {
  const at = moment(now());
  const genesisHash = toHex(random(GENESIS_LENGTH));
  const { epoch } = await tx.one(
    z.object({ epoch: z.int() }),
    'update terminals set last_epoch = last_epoch + 1 where terminal = $1 returning last_epoch as epoch',
    [terminal],
  );
  await tx.run(
    `insert into epochs (terminal, epoch, merchant, signing_key, genesis_hash, software, opened_at, head_hash)
     values ($1, $2, $3, $4, $5, $6, $7, $5)`,
    [terminal, epoch, merchant, signingKey, genesisHash, software, at],
  );
  await tx.run('update enrolment_codes set used_by_key = $2, used_for_epoch = $3, used_at = $4 where code_hash = $1', [
    codeHash(code),
    signingKey,
    epoch,
    at,
  ]);
  return { terminal, merchant, epoch, genesisHash };
}

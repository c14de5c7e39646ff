import { z } from 'zod';
import type { ClientCertificate } from '../../contract/index.ts';
import type { TerminalCa } from '../../hsm/index.ts';
import { type HostContext, moment } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { clearingProblem } from '../problems.ts';
import type { Terminal } from '../terminals/authenticate.ts';

type Holder = Pick<Terminal, 'terminal' | 'epoch'>;

const certificateRow = z.object({ public_key: z.string(), certificate: z.string(), expires_at: z.string() });

/**
 * A client certificate for a terminal in its epoch. The same key gets the same certificate for as long as it holds.
 * @param proven the terminal has just been enrolled, or shows a certificate of this epoch, be it expired. Without, it gets its
 *   first one, or the one that it did not hear of: whoever has the signing key alone gets no second key certified.
 */
export async function issueCertificate(
  context: HostContext,
  holder: Holder,
  { request, proven }: { readonly request: string; readonly proven: boolean },
): Promise<ClientCertificate> {
  const { terminalCa, now, log } = context;
  if (terminalCa === undefined) throw clearingProblem('no-certificates');
  const issued = await terminalCa.certify(request, holder, now());
  if (issued === undefined) {
    throw clearingProblem('bad-certificate-request', { detail: 'expected PKCS #10 of a P-256 key, signed with it' });
  }
  // One after the other: of two first requests one is first.
  return context.database.transaction(async (tx) => {
    await tx.run('select from epochs where terminal = $1 and epoch = $2 for update', [holder.terminal, holder.epoch]);
    const before = await certificatesOf(tx, holder);
    const same = before.find(
      ({ public_key: key, expires_at: end }) => key === issued.publicKey && Date.parse(end) > now(),
    );
    if (same !== undefined) return answer(terminalCa, same.certificate);
    if (!proven && before.length > 0) {
      const detail = 'this enrolment has a certificate: renew it over a connection that shows it, or enrol anew';
      throw clearingProblem('certificate-required', { detail });
    }
    await keep(tx, holder, issued, now());
    log.info({ ...holder, notAfter: moment(issued.notAfter) }, 'client certificate given out');
    return answer(terminalCa, issued.certificate);
  });
}

const answer = (ca: TerminalCa, certificate: string): ClientCertificate => ({ certificate, issuer: ca.certificate });

const certificatesOf = (tx: Transaction, { terminal, epoch }: Holder) =>
  tx.rows(
    certificateRow,
    'select public_key, certificate, expires_at from client_certificates where terminal = $1 and epoch = $2',
    [terminal, epoch],
  );

async function keep(
  tx: Transaction,
  { terminal, epoch }: Holder,
  issued: { readonly publicKey: string; readonly certificate: string; readonly notAfter: number },
  now: number,
): Promise<void> {
  await tx.run(
    `insert into client_certificates (terminal, epoch, public_key, certificate, issued_at, expires_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (terminal, epoch, public_key) do update
     set certificate = excluded.certificate, issued_at = excluded.issued_at, expires_at = excluded.expires_at`,
    [terminal, epoch, issued.publicKey, issued.certificate, moment(now), moment(issued.notAfter)],
  );
}

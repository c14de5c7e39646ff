import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Sm2VerifyingKey, sm2VerifyingKey, sm2VerifyWith } from '../../../emv/crypto/index.ts';
import { hex } from '../../../emv/values/index.ts';
import { terminalHeaders } from '../../contract/enrolment.ts';
import { requestBytes } from '../../contract/record/index.ts';
import type { Statements } from '../database/database.ts';
import { clearingProblem } from '../problems.ts';

/** An enrolled terminal in one of its epochs. */
export interface Terminal {
  readonly terminal: string;
  readonly epoch: number;
  readonly merchant: string;
  /** Of its signatures over requests and seals; undefined when what was enrolled is no key. */
  readonly signingKey: Sm2VerifyingKey | undefined;
  /** It has been enrolled anew since. */
  readonly closed: boolean;
}

const epochRow = z.object({ merchant: z.string(), signing_key: z.string(), closed: z.boolean() });

/**
 * Who sends this request, by its signature over method, path with query, and body. Throws `unauthenticated`, without
 * saying which part was wrong.
 */
export async function authenticate(
  statements: Statements,
  request: FastifyRequest,
  body: Uint8Array,
): Promise<Terminal> {
  const headers = terminalHeaders.safeParse(request.headers);
  const { method } = request;
  if (!headers.success || (method !== 'GET' && method !== 'POST')) throw unauthenticated();
  const terminal = headers.data['jdpos-terminal'];
  const epoch = Number(headers.data['jdpos-epoch']);
  const found = await findTerminal(statements, terminal, epoch);
  if (found === undefined) throw unauthenticated();
  const signed = requestBytes({ method, path: request.raw.url ?? '', body });
  if (!hasSigned(found, signed, headers.data['jdpos-signature'])) throw unauthenticated();
  return found;
}

/** A terminal in one of its epochs; undefined when it was never enrolled for it. */
export async function findTerminal(
  statements: Statements,
  terminal: string,
  epoch: number,
): Promise<Terminal | undefined> {
  const found = await statements.first(
    epochRow,
    'select merchant, signing_key, closed_at is not null as closed from epochs where terminal = $1 and epoch = $2',
    [terminal, epoch],
  );
  if (found === undefined) return undefined;
  const { merchant, signing_key, closed } = found;
  return { terminal, epoch, merchant, signingKey: sm2VerifyingKey(hex(signing_key)), closed };
}

/** @param signature r then s, hex */
export const hasSigned = ({ signingKey }: Terminal, bytes: Uint8Array, signature: string): boolean =>
  signingKey !== undefined && sm2VerifyWith(signingKey, bytes, hex(signature));

const unauthenticated = () =>
  clearingProblem('unauthenticated', {
    detail: 'enrol the terminal; every request carries jdpos-terminal, jdpos-epoch and jdpos-signature',
  });

/** Refuses a terminal that has been enrolled anew: nothing may be added to an epoch that is closed. */
export function assertOpen({ closed, epoch }: Terminal): void {
  if (closed)
    throw clearingProblem('epoch-closed', { detail: `epoch ${epoch} ended when the terminal was enrolled anew` });
}

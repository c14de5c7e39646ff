import { fen, type Pan, uintBytes } from '../../../emv/values/index.ts';
import type { AuthorisationAnswer, AuthorisationDecline } from '../../contract/authorisation.ts';
import type { AuthorisationRequest } from '../../contract/index.ts';
import type { HostContext } from '../context.ts';

/** Nobody waits for an answer to a cryptogram that is not genuine, or not fresh. */
type Unanswered = 'not-genuine' | 'replayed' | 'unknown-card';

/** 8A for each answer (ISO 8583 DE39; UnionPay's meanings). */
const RESPONSE_CODES: {
  readonly [said in 'approved' | Exclude<AuthorisationDecline, Unanswered>]: string;
} = {
  approved: '00',
  'host-declined': '05',
  'balance-unknown': '05',
  'insufficient-funds': '51',
  expired: '54',
  'pin-wrong': '55',
  'balance-limit': '61',
  hotlisted: '62',
  debt: '62',
  'card-blocked': '62',
  'pin-tries-exceeded': '75',
};

const codeOf = (said: 'approved' | AuthorisationDecline): string | undefined =>
  said === 'not-genuine' || said === 'replayed' || said === 'unknown-card' ? undefined : RESPONSE_CODES[said];

/**
 * What the card is told with the answer, if it can be told anything: ARPC, and in a script the new balance of a load, or the block
 * of a hotlisted card where the scheme wants that. `number` names the script.
 */
export function issuerWord(
  { hsm, blockHotlisted }: Pick<HostContext, 'hsm' | 'blockHotlisted'>,
  { issuerData, chip, card }: AuthorisationRequest,
  pan: Pan,
  number: number,
  answer: AuthorisationAnswer,
): AuthorisationAnswer['issuer'] {
  const said = answer.result === 'approved' ? 'approved' : answer.reason;
  const code = codeOf(said);
  if (issuerData !== true || code === undefined) return undefined;
  const newBalance = answer.result === 'approved' ? answer.chipBalanceMinor : undefined;
  return hsm.issuerAnswer({
    pan,
    panSequence: card.panSequence,
    chip,
    responseCode: new TextEncoder().encode(code),
    scriptIdentifier: uintBytes(number % 2 ** 32, 4),
    ...(newBalance !== undefined && { newBalance: fen(newBalance) }),
    ...(said === 'hotlisted' && blockHotlisted && { blockApplication: true }),
  });
}

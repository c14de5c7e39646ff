import { hex, type Pan } from '../../../emv/values/index.ts';
import type { AuthorisationDecline, AuthorisationRequest } from '../../contract/authorisation.ts';
import type { Card } from '../cards/cards.ts';
import { PIN_TRIES } from '../cards/load-cards.ts';
import type { HostContext } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { clearingProblem } from '../problems.ts';

/**
 * Checks an online PIN, if one came; undefined when all is well. A wrong one uses up a try, a right one gives all of them
 * back. The caller has the card's lock.
 */
export async function pinDecision(
  tx: Transaction,
  { hsm }: HostContext,
  card: Card,
  pan: Pan,
  pin: AuthorisationRequest['pin'],
): Promise<AuthorisationDecline | undefined> {
  if (pin === undefined) return undefined;
  if (card.pinTriesLeft === 0) return 'pin-tries-exceeded';
  const { token, sealedPin } = card;
  const check =
    sealedPin === undefined ? 'wrong' : hsm.checkPin({ pan, token, sealedPin, ...pin, block: hex(pin.block) });
  if (check === 'unreadable') {
    throw clearingProblem('pin-block', { detail: `no PIN can be read under key ${pin.keyId} in format ${pin.format}` });
  }
  const triesLeft = check === 'right' ? PIN_TRIES : card.pinTriesLeft - 1;
  await tx.run('update cards set pin_tries_left = $2 where token = $1', [token, triesLeft]);
  if (check === 'right') return undefined;
  return triesLeft === 0 ? 'pin-tries-exceeded' : 'pin-wrong';
}

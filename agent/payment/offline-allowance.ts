import type { Fen } from '../../emv/values/index.ts';
import type { CardRefusal } from '../risk/card-limits.ts';
import type { Allowance, TerminalRefusal } from '../risk/offline-limits.ts';
import type { Standing } from './tools.ts';

/**
 * May this card pay this amount without the host's word? Asked once the card is known, before the command that makes it pay
 * (design 4.12). The terminal's own limits go first.
 * @param floor the limit of the parameters, before anything shrinks it
 * @param token card token, 64 hex digits
 */
export function offlineAllowance(
  amount: Fen,
  floor: Fen,
  token: string,
  standing: Pick<Standing, 'offline' | 'cardOffline'>,
): Allowance<TerminalRefusal | CardRefusal> {
  const terminal = standing.offline(amount, floor);
  return terminal.kind === 'refused' ? terminal : standing.cardOffline(amount, token);
}

import type { TvrBit } from '../../debit-credit/index.ts';
import { TAG } from '../../dictionary/index.ts';
import type { DeclineReason } from '../outcome.ts';
import type { CardRead } from './read-card.ts';

/** What a refusal is most likely about, by what the terminal has found; the first that applies. */
const REASONS: readonly (readonly [TvrBit, DeclineReason])[] = [
  ['card-on-exception-file', 'hotlisted'],
  ['expired-application', 'expired'],
  ['pin-try-limit-exceeded', 'pin-tries-exceeded'],
  ['pin-not-entered', 'pin-not-entered'],
  ['pin-pad-not-present-or-not-working', 'online-pin-required'],
  ['cardholder-verification-not-successful', 'online-pin-required'],
  ['sda-failed', 'not-genuine'],
  ['dda-failed', 'not-genuine'],
  ['cda-failed', 'not-genuine'],
];

/** 9F34 of an offline PIN that the card found wrong. */
const OFFLINE_PIN: readonly number[] = [0x01, 0x03, 0x04, 0x05];
const FAILED = 0x01;

function isPinWrong({ terminal }: CardRead): boolean {
  const [method = 0, , result] = terminal.get(TAG.cvmResults) ?? [];
  return OFFLINE_PIN.includes(method & 0x3f) && result === FAILED;
}

/** The cashier's word for a refusal: an AAC does not say why. */
export function reasonOf(card: CardRead): DeclineReason {
  const reason = REASONS.find(([bit]) => card.tvr.has(bit))?.[1] ?? 'card-declined';
  return reason === 'online-pin-required' && isPinWrong(card) ? 'pin-wrong' : reason;
}

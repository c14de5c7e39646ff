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

/** Methods of 9F34 of which more can be said than that they failed: the card found its PIN wrong; the document was another. */
const FAILED_METHODS: ReadonlyMap<number, DeclineReason> = new Map([
  ...[0x01, 0x03, 0x04, 0x05].map((method) => [method, 'pin-wrong'] as const),
  [0x20, 'document-mismatch'] as const,
]);
const FAILED = 0x01;

function failedMethod({ terminal, tvr }: CardRead): DeclineReason | undefined {
  const [method = 0, , result] = terminal.get(TAG.cvmResults) ?? [];
  // A method whose data the card lacks was never tried.
  return result === FAILED && !tvr.has('icc-data-missing') ? FAILED_METHODS.get(method & 0x3f) : undefined;
}

/** The cashier's word for a refusal: an AAC does not say why. */
export function reasonOf(card: CardRead): DeclineReason {
  const reason = REASONS.find(([bit]) => card.tvr.has(bit))?.[1] ?? 'card-declined';
  return reason === 'online-pin-required' ? (failedMethod(card) ?? reason) : reason;
}

import { TAG } from '../dictionary/index.ts';
import type { ReadingPlan } from './afl.ts';
import { chooseVerification } from './cardholder-verification.ts';
import type { ReadRecord } from './intent.ts';
import { authenticate, type ChainKeys, recoverKeys } from './offline-data-authentication.ts';
import type { CardholderVerification, DeclineReason } from './outcome.ts';
import { checkApplicationData, takeRecord } from './read-application-data.ts';
import type { Tap } from './tap.ts';

/** Everything is read and right but the last record, which makes the card pay. */
export interface PreparedDebit {
  readonly kind: 'prepared';
  readonly tap: Tap;
  readonly plan: ReadingPlan;
  /** All records but the last. */
  readonly records: readonly ReadRecord[];
  readonly keys: ChainKeys;
  readonly verification: CardholderVerification;
}

export interface Unprepared {
  readonly kind: 'refused';
  readonly reason: DeclineReason;
  /** Was it offline data authentication that failed? Then the card may want another interface (9F6C byte 1 bit 5). */
  readonly authentication: boolean;
}

const refused = (reason: DeclineReason, authentication = false): Unprepared => ({
  kind: 'refused',
  reason,
  authentication,
});

/**
 * Judges everything that can be judged before the card pays (design: refuse before the debit, not after): the records'
 * data, the certificates as far as they are there, and the signature itself if the card has already given it.
 */
export function prepareDebit(tap: Tap, plan: ReadingPlan, records: readonly ReadRecord[]): PreparedDebit | Unprepared {
  const verification = chooseVerification(tap);
  if (verification.kind === 'refused') return refused(verification.reason);
  for (const { data } of records) {
    const fault = takeRecord(tap, data);
    if (fault !== undefined) return refused(fault);
  }
  const fault = checkApplicationData(tap);
  if (fault !== undefined) return refused(fault);
  const recovered = recoverKeys(tap, plan, records, {}, true);
  if (recovered.kind === 'failed') return refused(recovered.reason, true);
  const { keys } = recovered;
  const { data } = tap.answer;
  if (
    keys.icc !== undefined &&
    data.get(TAG.cardAuthenticationData) !== undefined &&
    data.get(TAG.sdad) !== undefined
  ) {
    const signed = authenticate(tap, keys.icc);
    if (signed.kind === 'failed') return refused(signed.reason, true);
  }
  return { kind: 'prepared', tap, plan, records, keys, verification: verification.method };
}

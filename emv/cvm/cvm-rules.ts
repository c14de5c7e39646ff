import type { Findings, TvrBit } from '../debit-credit/verification-results.ts';
import { isBitSet, TAG } from '../dictionary/index.ts';
import type { DataObjects } from '../tlv/index.ts';
import { type CvmFacts, isConditionSatisfied } from './cvm-condition.ts';
import { type CvmRule, parseCvmList } from './cvm-list.ts';
import {
  type CvmMethod,
  type CvmTask,
  cvmMethod,
  goesOnIfUnsuccessful,
  isSupported,
  unsupportedBits,
} from './cvm-method.ts';

/** How a task ended. */
export type CvmResult =
  | 'successful'
  /** Not successful, for a reason that the TVR has no bit for. */
  | 'failed'
  /** Cardholder or attendant would not enter the PIN. */
  | 'bypassed'
  | 'pin-pad-not-working'
  | 'try-limit-exceeded'
  /** The card lacks data that the task needs. */
  | 'data-missing';

export interface CvmOutcome extends Findings {
  readonly kind: 'completed';
  /** 9F34, 3 bytes: method, condition, result. */
  readonly cvmResults: Uint8Array;
  /** The customer must sign. */
  readonly signature: boolean;
  /** A PIN has been entered that the host is to verify. */
  readonly onlinePin: boolean;
}

const RESULT = { unknown: 0x00, failed: 0x01, successful: 0x02 } as const;

/** EMV Book 3, §10.5.1 and §10.5.2; Book 4, §6.3.4.1 and §6.3.4.3. */
const BITS: Readonly<Record<Exclude<CvmResult, 'successful'>, readonly TvrBit[]>> = {
  failed: [],
  bypassed: ['pin-not-entered'],
  'pin-pad-not-working': ['pin-pad-not-present-or-not-working'],
  'try-limit-exceeded': ['pin-try-limit-exceeded'],
  'data-missing': ['icc-data-missing'],
};

/** No CVM performed (EMV Book 4, table 2, first five rows). */
const noneResults = (result: number): Uint8Array => Uint8Array.of(0x3f, 0x00, result);

/** Without list or without the card's support, nothing is performed and no failure noted. */
const notPerformed = (tvr: readonly TvrBit[]): CvmOutcome => ({
  kind: 'completed',
  cvmResults: noneResults(RESULT.unknown),
  tvr,
  tsi: [],
  signature: false,
  onlinePin: false,
});

/** Signature and online PIN are known to have worked only later (EMV Book 4, §6.3.4.2 and §6.3.4.4). */
function successOf(
  { code, condition }: CvmRule,
  { task, signature = false }: CvmMethod,
  tvr: readonly TvrBit[],
): CvmOutcome {
  const onlinePin = task === 'online-pin';
  const result = signature || onlinePin ? RESULT.unknown : RESULT.successful;
  return {
    kind: 'completed',
    cvmResults: Uint8Array.of(code, condition, result),
    tvr: onlinePin ? [...tvr, 'online-pin-entered'] : tvr,
    tsi: ['cardholder-verification-performed'],
    signature,
    onlinePin,
  };
}

/** `last` is the last rule whose method was performed. */
function failureOf(last: CvmRule | undefined, tvr: readonly TvrBit[]): CvmOutcome {
  return {
    kind: 'completed',
    cvmResults: last ? Uint8Array.of(last.code, last.condition, RESULT.failed) : noneResults(RESULT.failed),
    tvr: [...tvr, 'cardholder-verification-not-successful'],
    tsi: ['cardholder-verification-performed'],
    signature: false,
    onlinePin: false,
  };
}

/** What has come of the rules so far. */
interface Progress {
  readonly tvr: Set<TvrBit>;
  /** The last rule whose method was performed. */
  last: CvmRule | undefined;
  /** EMV Book 4, §6.3.4.3: a PIN that was bypassed once may be taken to be bypassed for the whole transaction. */
  bypassed: boolean;
}

function* perform(rule: CvmRule, { task }: CvmMethod, progress: Progress): Generator<CvmTask, boolean, CvmResult> {
  progress.last = rule;
  if (task === undefined) return true;
  const result: CvmResult = progress.bypassed && task !== 'id-document' ? 'bypassed' : yield task;
  if (result === 'successful') return true;
  progress.bypassed ||= result === 'bypassed';
  for (const bit of BITS[result]) progress.tvr.add(bit);
  return false;
}

/**
 * Cardholder verification by the card's CVM list (EMV Book 3, §10.5; Book 4, §6.3.4). The card: 8E, 9F42; `aip` is 82, 2
 * bytes. A generator: it yields a task to be performed, is told how it ended, and ends with 9F34 and what goes into TVR and
 * TSI; a list that is no list ends the transaction. Yields at most once a rule, at most 122 times. Never throws on card data.
 */
export function* cvmRules(
  card: DataObjects,
  aip: Uint8Array,
  facts: CvmFacts,
): Generator<CvmTask, CvmOutcome | { readonly kind: 'malformed' }, CvmResult> {
  if (!isBitSet(aip, 1, 5)) return notPerformed([]);
  const list = parseCvmList(card.get(TAG.cvmList));
  if (list.kind === 'malformed') return list;
  // EMV Book 3, §7.5: the AIP promised a list.
  if (list.kind === 'absent') return notPerformed(['icc-data-missing']);
  const progress: Progress = { tvr: new Set(), last: undefined, bypassed: false };
  for (const rule of list.rules) {
    if (!isConditionSatisfied({ card, facts, list, rule })) continue;
    const method = cvmMethod(rule.code);
    if (method !== undefined && isSupported(method, facts)) {
      // "Fail CVM processing" ends it, whatever its bit 7 says (EMV Book 3, §10.5).
      if (method.kind === 'fail') return failureOf(rule, [...progress.tvr]);
      if (yield* perform(rule, method, progress)) return successOf(rule, method, [...progress.tvr]);
    } else {
      const bits = method === undefined ? (['unrecognised-cvm'] as const) : unsupportedBits(method, facts);
      for (const bit of bits) progress.tvr.add(bit);
    }
    if (!goesOnIfUnsuccessful(rule.code)) break;
  }
  return failureOf(progress.last, [...progress.tvr]);
}

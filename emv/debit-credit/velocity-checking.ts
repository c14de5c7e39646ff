import { TAG } from '../dictionary/index.ts';
import type { DataObjects } from '../tlv/index.ts';
import { readUint } from '../values/index.ts';
import type { TvrBit } from './verification-results.ts';

/** Values that GET DATA gave; undefined where the card gave none. Asked for only when `needsVelocityChecking`. */
export interface VelocityData {
  /** 9F36, 2 bytes. */
  readonly atc: Uint8Array | undefined;
  /** 9F13, 2 bytes. */
  readonly lastOnlineAtc: Uint8Array | undefined;
}

interface Limits {
  readonly lower: number;
  readonly upper: number;
}

const number = (value: Uint8Array | undefined, length: number): number | undefined =>
  value?.length === length ? readUint(value) : undefined;

function limitsOf(card: DataObjects): Limits | undefined {
  const lower = number(card.get(TAG.lowerConsecutiveOfflineLimit), 1);
  const upper = number(card.get(TAG.upperConsecutiveOfflineLimit), 1);
  return lower === undefined || upper === undefined ? undefined : { lower, upper };
}

/** Does the card set both limits, 9F14 and 9F23? Then the terminal asks it for 9F36 and 9F13 (EMV Book 3, §10.6.3). */
export function needsVelocityChecking(card: DataObjects): boolean {
  return limitsOf(card) !== undefined;
}

/**
 * How many transactions since the last one online? (EMV Book 3, §10.6.3.) At a limit, it is not exceeded. Counters that the
 * card does not give, or that contradict each other, exceed both limits; one that is not given is missing data as well.
 */
export function velocityChecking(card: DataObjects, data: VelocityData): readonly TvrBit[] {
  const limits = limitsOf(card);
  if (limits === undefined) return [];
  const atc = number(data.atc, 2);
  const lastOnline = number(data.lastOnlineAtc, 2);
  const newCard = lastOnline === 0 ? (['new-card'] as const) : [];
  const missing = atc === undefined || lastOnline === undefined;
  if (missing || atc <= lastOnline) {
    return [
      ...(missing ? (['icc-data-missing'] as const) : []),
      'lower-consecutive-offline-limit-exceeded',
      'upper-consecutive-offline-limit-exceeded',
      ...newCard,
    ];
  }
  const since = atc - lastOnline;
  return [
    ...(since > limits.lower ? (['lower-consecutive-offline-limit-exceeded'] as const) : []),
    ...(since > limits.upper ? (['upper-consecutive-offline-limit-exceeded'] as const) : []),
    ...newCard,
  ];
}

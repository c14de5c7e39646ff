import { isBitSet } from '../dictionary/index.ts';
import type { DataObjects } from '../tlv/index.ts';
import type { Fen } from '../values/index.ts';
import { connectivityOf } from './terminal-type.ts';
import { type VelocityData, velocityChecking } from './velocity-checking.ts';
import type { Findings, TvrBit } from './verification-results.ts';

/** Random transaction selection of one application (EMV Book 3, §10.6.2). */
export interface RandomSelection {
  /** DF15: below it every transaction has the same chance; it lies below the floor limit. */
  readonly threshold: Fen;
  /** DF17, 0 to 99. */
  readonly targetPercent: number;
  /** DF16, `targetPercent` to 99. */
  readonly maximumTargetPercent: number;
  /** Drawn for this transaction, 1 to 99. */
  readonly random: number;
}

export interface RiskFacts extends VelocityData {
  /** 82, 2 bytes. */
  readonly aip: Uint8Array;
  /** 9F35, the byte. */
  readonly terminalType: number;
  /** 9F02. */
  readonly amount: Fen;
  /** 9F1B. */
  readonly floorLimit: Fen;
  /**
   * Against split sales, the amount that the terminal's log has for this PAN: of its latest entry at least, or of all that
   * count together; 0 where there is no log or no entry.
   */
  readonly loggedAmount: Fen;
  /** Absent: the application has no parameters for it, and none is selected. */
  readonly randomSelection?: RandomSelection;
  readonly onExceptionFile: boolean;
  readonly merchantForcedOnline: boolean;
  /** The card took the electronic-cash path: its balance and its own limits are what counts (JR/T 0025.13). */
  readonly electronicCash: boolean;
}

/** EMV Book 3, §10.6.1: at the limit, it is exceeded. */
function exceedsFloorLimit({ amount, loggedAmount, floorLimit }: RiskFacts): boolean {
  return amount + loggedAmount >= floorLimit;
}

/**
 * EMV Book 3, §10.6.2: below the threshold the target percentage is the chance; from there to the floor limit it rises to
 * the maximum, in proportion. The comparison is multiplied out, so that nothing is rounded.
 */
function isSelectedRandomly({ amount, floorLimit, randomSelection, terminalType }: RiskFacts): boolean {
  if (randomSelection === undefined || connectivityOf(terminalType) !== 'offline-with-online-capability') return false;
  const { threshold, targetPercent, maximumTargetPercent, random } = randomSelection;
  if (amount >= floorLimit) return false;
  if (amount < threshold) return random <= targetPercent;
  const range = floorLimit - threshold;
  return random * range <= (maximumTargetPercent - targetPercent) * (amount - threshold) + targetPercent * range;
}

function riskBits(card: DataObjects, facts: RiskFacts): readonly TvrBit[] {
  // JR/T 0025.13: electronic cash is not held to floor limit, selection and velocity.
  if (facts.electronicCash) return [];
  return [
    ...(exceedsFloorLimit(facts) ? (['floor-limit-exceeded'] as const) : []),
    ...(isSelectedRandomly(facts) ? (['selected-randomly'] as const) : []),
    ...velocityChecking(card, facts),
  ];
}

/**
 * Terminal risk management (EMV Book 3, §10.6). The card: 9F14 and 9F23. Exception file and merchant's wish count whatever
 * the AIP says (Book 4, §6.3.5 and §6.5.3); the rest is done where it asks for it (byte 1, bit 4). Never throws on card data.
 */
export function terminalRiskManagement(card: DataObjects, facts: RiskFacts): Findings {
  const performed = isBitSet(facts.aip, 1, 4);
  return {
    tvr: [
      ...(facts.onExceptionFile ? (['card-on-exception-file'] as const) : []),
      ...(facts.merchantForcedOnline ? (['merchant-forced-online'] as const) : []),
      ...(performed ? riskBits(card, facts) : []),
    ],
    tsi: performed ? ['terminal-risk-management-performed'] : [],
  };
}

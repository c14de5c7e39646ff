import { isBitSet, TAG } from '../dictionary/index.ts';
import type { DataObjects } from '../tlv/index.ts';
import { type CivilDate, compareDates, equalBytes, parseDate } from '../values/index.ts';
import { isAtm } from './terminal-type.ts';
import { hasCashback, isCash, isPurchase, type TransactionKind } from './transaction-type.ts';
import type { TvrBit } from './verification-results.ts';

export interface RestrictionFacts extends TransactionKind {
  /** 9F09, 2 bytes. */
  readonly terminalVersion: Uint8Array;
  /** 9F1A, 2 bytes. */
  readonly countryCode: Uint8Array;
  /** 9F35, the byte. */
  readonly terminalType: number;
  /** 9F40, 5 bytes. */
  readonly additionalCapabilities: Uint8Array;
  /** 9A: today at the terminal. */
  readonly date: CivilDate;
}

/** Byte and bit of 9F07 (EMV Book 3, annex C2). */
type UsageBit = readonly [byte: number, bit: number];

const AT_ATMS: UsageBit = [1, 2];
const ELSEWHERE: UsageBit = [1, 1];

/** What must be allowed at home and abroad, when it happens (EMV Book 3, table 34). One bit of each list is enough. */
const USAGES: readonly {
  readonly happens: (kind: TransactionKind) => boolean;
  readonly domestic: readonly UsageBit[];
  readonly international: readonly UsageBit[];
}[] = [
  { happens: isCash, domestic: [[1, 8]], international: [[1, 7]] },
  // 9C does not tell goods from services: the card need allow but one of them.
  {
    happens: isPurchase,
    domestic: [
      [1, 6],
      [1, 4],
    ],
    international: [
      [1, 5],
      [1, 3],
    ],
  },
  { happens: hasCashback, domestic: [[2, 8]], international: [[2, 7]] },
];

/** EMV Book 3, §10.4.1. A card without a version is taken to be compatible. */
function isOtherVersion(card: DataObjects, { terminalVersion }: RestrictionFacts): boolean {
  const version = card.get(TAG.cardVersion);
  return version !== undefined && !equalBytes(version, terminalVersion);
}

/** EMV Book 3, §10.4.2. A card without usage control allows everything; without a country, everything at this kind of terminal. */
function isServiceAllowed(card: DataObjects, facts: RestrictionFacts): boolean {
  const usageControl = card.get(TAG.applicationUsageControl);
  if (usageControl === undefined) return true;
  const allows = ([byte, bit]: UsageBit) => isBitSet(usageControl, byte, bit);
  if (!allows(isAtm(facts.terminalType, facts.additionalCapabilities) ? AT_ATMS : ELSEWHERE)) return false;
  const country = card.get(TAG.issuerCountry);
  if (country === undefined) return true;
  const where = equalBytes(country, facts.countryCode) ? 'domestic' : 'international';
  return USAGES.every((usage) => !usage.happens(facts) || usage[where].some(allows));
}

/** EMV Book 3, §10.4.3. What is no date is a date to come: the application is not effective. */
function isNotYetEffective(card: DataObjects, { date }: RestrictionFacts): boolean {
  const value = card.get(TAG.effectiveDate);
  if (value === undefined) return false;
  const effective = parseDate(value);
  return effective === undefined || compareDates(effective, date) > 0;
}

/** EMV Book 3, §10.4.3: the day itself still counts. The date is mandatory; a card without a readable one has expired. */
function hasExpired(card: DataObjects, { date }: RestrictionFacts): boolean {
  const expiry = parseDate(card.get(TAG.expiryDate) ?? new Uint8Array());
  return expiry === undefined || compareDates(expiry, date) < 0;
}

/**
 * May this application do this transaction here and today? (EMV Book 3, §10.4; JR/T 0025.6.) The card: 9F08, 9F07, 5F28,
 * 5F25, 5F24, each as it gave it. The bits of the TVR that come of it; nothing is refused here, action analysis decides.
 * Never throws on card data.
 */
export function processingRestrictions(card: DataObjects, facts: RestrictionFacts): readonly TvrBit[] {
  const found: readonly (readonly [boolean, TvrBit])[] = [
    [isOtherVersion(card, facts), 'different-application-versions'],
    [!isServiceAllowed(card, facts), 'service-not-allowed'],
    [isNotYetEffective(card, facts), 'application-not-yet-effective'],
    [hasExpired(card, facts), 'expired-application'],
  ];
  return found.filter(([applies]) => applies).map(([, bit]) => bit);
}

import {
  cardToken,
  type Debited,
  type FundedBy,
  type RecordCard,
  type RecordChip,
  type RecordConfirmation,
  type RecordDraft,
  type RecordKind,
  type RecordOutcome,
  type RecordPurse,
} from '../../clearing/contract/record/index.ts';
import type {
  CardholderVerification,
  CardSeen,
  ChipData,
  Completion,
  OfflineAuthentication,
} from '../../emv/kernel/index.ts';
import { type Pan, type PurseSerial, toHex } from '../../emv/values/index.ts';
import { present } from '../present.ts';

/** What every record of the terminal says, whatever happened. */
export interface RecordContext {
  readonly payment: {
    readonly id: string;
    readonly kind: RecordKind;
    readonly amountMinor: number;
    readonly reference: string;
  };
  /** RFC 3339 with the terminal's offset from UTC. */
  readonly at: string;
  readonly merchant: string;
  /** 32 bytes. */
  readonly cardTokenKey: Uint8Array;
  readonly hotlistVersion: number;
  readonly hotlistAgeS?: number;
  readonly clock: 'trusted' | 'untrusted';
  readonly reader?: string;
  readonly software: string;
}

/** The card: an application of debit/credit, or a purse with its serial number in place of the PAN. */
export interface CardFacts extends Omit<CardSeen, 'pan'> {
  readonly pan: Pan | PurseSerial;
}

/** What happened, as the record has it. */
export interface RecordFacts {
  readonly outcome: RecordOutcome;
  readonly reason?: string;
  readonly fundedBy: FundedBy;
  readonly debited: Debited;
  /** No host was asked. */
  readonly offline: boolean;
  readonly card?: CardFacts;
  readonly chip?: ChipData;
  /** What a purse and its PSAM said. */
  readonly purse?: RecordPurse;
  /** By which interface the card was used; said of full debit/credit and of purses alone. */
  readonly interface?: 'contact' | 'contactless';
  /** How the card took the host's word. */
  readonly completion?: Completion;
  readonly cardholderVerification?: CardholderVerification;
  readonly offlineAuthentication?: OfflineAuthentication;
  readonly authorisationId?: string;
  /** The undecided record of the same epoch that this one settles. */
  readonly resolvesSequence?: number;
}

/** The one place where a record is drafted; docs/record.md has the meaning of each field. */
export function recordDraft(context: RecordContext, facts: RecordFacts): RecordDraft {
  return present({
    paymentId: context.payment.id,
    kind: context.payment.kind,
    outcome: facts.outcome,
    reason: facts.reason,
    fundedBy: facts.fundedBy,
    debited: facts.debited,
    offline: facts.offline,
    amountMinor: context.payment.amountMinor,
    currency: 'CNY' as const,
    at: context.at,
    merchant: context.merchant,
    reference: context.payment.reference,
    cardholderVerification: facts.cardholderVerification ?? 'none',
    offlineAuthentication: facts.offlineAuthentication ?? 'none',
    authorisationId: facts.authorisationId,
    resolvesSequence: facts.resolvesSequence,
    card: facts.card && recordCard(facts.card, context.cardTokenKey),
    chip: facts.chip && recordChip(facts.chip),
    purse: facts.purse,
    interface: facts.interface,
    confirmation: facts.completion && recordConfirmation(facts.completion),
    scriptResults: facts.completion && scriptResults(facts.completion),
    hotlistVersion: context.hotlistVersion,
    hotlistAgeS: context.hotlistAgeS,
    clock: context.clock,
    reader: context.reader,
    software: context.software,
  });
}

function recordCard(card: CardFacts, cardTokenKey: Uint8Array): RecordCard {
  return present({
    token: cardToken(cardTokenKey, card.pan),
    maskedPan: card.pan.masked,
    panSequence: card.panSequence,
    aid: toHex(card.aid),
    balanceBeforeMinor: card.balanceBefore,
    balanceAfterMinor: card.balanceAfter,
    atc: card.atc,
  });
}

/** The second cryptogram, where there is one that can be believed. */
function recordConfirmation({ chip, authorisationResponseCode }: Completion): RecordConfirmation | undefined {
  if (chip === undefined || authorisationResponseCode === undefined || chip.cryptogramType === 'arqc') return undefined;
  return {
    cryptogramType: chip.cryptogramType,
    cryptogram: toHex(chip.cryptogram),
    authorisationResponseCode: toHex(authorisationResponseCode),
    tvr: toHex(chip.tvr),
    unpredictableNumber: toHex(chip.unpredictableNumber),
    atc: toHex(chip.atc),
    issuerApplicationData: toHex(chip.issuerApplicationData),
  };
}

const scriptResults = ({ scriptResults: results }: Completion): string | undefined =>
  results.length === 0 ? undefined : toHex(results);

/** Chip data in the hex that records and authorisation requests carry. */
export function recordChip(chip: ChipData): RecordChip {
  return present({
    cryptogramType: chip.cryptogramType,
    cryptogram: toHex(chip.cryptogram),
    amountAuthorised: toHex(chip.amountAuthorised),
    amountOther: toHex(chip.amountOther),
    terminalCountryCode: toHex(chip.terminalCountryCode),
    tvr: toHex(chip.tvr),
    currencyCode: toHex(chip.currencyCode),
    transactionDate: toHex(chip.transactionDate),
    transactionType: toHex(chip.transactionType),
    unpredictableNumber: toHex(chip.unpredictableNumber),
    aip: toHex(chip.aip),
    atc: toHex(chip.atc),
    issuerApplicationData: toHex(chip.issuerApplicationData),
    cvmResults: chip.cvmResults && toHex(chip.cvmResults),
    tsi: chip.tsi && toHex(chip.tsi),
  });
}

import type { CardSeen, ChipData, Outcome } from '../../emv/kernel/index.ts';
import { toHex } from '../../emv/values/index.ts';
import { printable, yuan } from './text.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** A card as documents name it: the PAN masked. */
export function seenCardJson({ pan, panSequence, expiry, aid, label, balanceBefore, balanceAfter }: CardSeen) {
  return {
    maskedPan: pan.masked,
    panSequence,
    expiry: `${expiry.year}-${two(expiry.month)}-${two(expiry.day)}`,
    aid: toHex(aid),
    label,
    ...(balanceBefore !== undefined && { balanceBeforeMinor: balanceBefore }),
    ...(balanceAfter !== undefined && { balanceAfterMinor: balanceAfter }),
  };
}

const chipJson = ({ cryptogramType, cryptogram, atc, issuerApplicationData }: ChipData) => ({
  cryptogramType,
  cryptogram: toHex(cryptogram),
  atc: toHex(atc),
  issuerApplicationData: toHex(issuerApplicationData),
});

type Facts = Partial<{ readonly card: CardSeen; readonly chip: ChipData }>;

/** An outcome of the kernel as a JSON document, the PAN masked. */
export function outcomeJson(outcome: Outcome): object {
  const { card, chip, ...rest } = outcome as Outcome & Facts;
  return { ...rest, ...(card && { card: seenCardJson(card) }), ...(chip && { chip: chipJson(chip) }) };
}

/** The same in a line. */
export function outcomeLine(outcome: Outcome): string {
  const { card } = outcome as Facts;
  const facts = [
    outcome.kind,
    'reason' in outcome ? outcome.reason : undefined,
    outcome.kind === 'torn' ? outcome.at : undefined,
    outcome.kind === 'approved' ? `from the ${outcome.fundedBy}, ${outcome.offline ? 'offline' : 'online'}` : undefined,
    outcome.kind === 'approved' ? `verification: ${outcome.cardholderVerification}` : undefined,
    outcome.kind === 'approved' ? `authentication: ${outcome.offlineAuthentication}` : undefined,
    outcome.kind === 'declined' && outcome.debited !== 'none' ? `debited: ${outcome.debited}` : undefined,
    card?.pan.masked,
    card && printable(card.label),
    card?.balanceAfter !== undefined ? `balance left ${yuan(card.balanceAfter)}` : undefined,
  ];
  return facts.filter((fact) => fact !== undefined && fact !== '').join('  ');
}

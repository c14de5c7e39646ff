import { hex, type Pan, parseAmount } from '../../../emv/values/index.ts';
import type { RecordChip } from '../../contract/record/index.ts';
import type { HostContext } from '../context.ts';
import type { SeenCryptogram } from './cryptograms.ts';

/** ATC (9F36) as a number. */
export const atcOf = (chip: RecordChip): number => Number.parseInt(chip.atc, 16);

/** 9F02 in fen; undefined when it is no amount. */
export const amountOf = (chip: RecordChip): number | undefined => parseAmount(hex(chip.amountAuthorised));

/** 5F2A of the yuan renminbi. */
export const CNY = '0156';

/**
 * Checks a cryptogram in the HSM; undefined when it is not this card's over these data. A TC that spends the chip tells the balance
 * that is left, so what was there before is that and the amount; everything else has taken nothing from it.
 */
export function genuineCryptogram(
  { hsm }: Pick<HostContext, 'hsm'>,
  card: { readonly pan: Pan; readonly token: string; readonly panSequence: number },
  chip: RecordChip,
  { spends, at }: { readonly spends: 'chip' | 'account'; readonly at: string },
): SeenCryptogram | undefined {
  const check = hsm.checkCryptogram(card.pan, card.panSequence, chip);
  if (check.kind === 'wrong') return undefined;
  const taken = chip.cryptogramType === 'tc' && spends === 'chip' ? amountOf(chip) : 0;
  const known = check.balance !== undefined && taken !== undefined;
  return {
    token: card.token,
    panSequence: card.panSequence,
    atc: atcOf(chip),
    kind: chip.cryptogramType,
    ...(known && { balanceBeforeMinor: (check.balance ?? 0) + taken }),
    at,
  };
}

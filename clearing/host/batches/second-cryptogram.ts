import type { Pan } from '../../../emv/values/index.ts';
import type { Record } from '../../contract/record/index.ts';
import type { HostContext } from '../context.ts';

/**
 * Is the second cryptogram this card's, over what it saw then? What the record does not repeat is as at the first. Undefined when
 * there was none.
 */
export function confirmationOf(
  { hsm }: Pick<HostContext, 'hsm'>,
  pan: Pan,
  { card, chip, confirmation }: Record,
): 'genuine' | 'wrong' | undefined {
  if (card === undefined || chip === undefined || confirmation === undefined) return undefined;
  const { authorisationResponseCode: _, ...second } = confirmation;
  return hsm.checkCryptogram(pan, card.panSequence, { ...chip, ...second }).kind;
}

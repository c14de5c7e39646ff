import { processingRestrictions } from '../../debit-credit/index.ts';
import { TAG } from '../../dictionary/index.ts';
import { fen } from '../../values/index.ts';
import { note } from './dialogue.ts';
import type { CardRead } from './read-card.ts';

const ADDITIONAL_CAPABILITIES_LENGTH = 5;

/** Processing restrictions (EMV Book 3, §10.4): versions, usage control, dates. */
export function restrict(card: CardRead): void {
  const { input, parameters, data } = card;
  const tvr = processingRestrictions(data, {
    terminalVersion: parameters.version,
    countryCode: input.terminal.countryCode,
    terminalType: input.terminal.terminalType,
    additionalCapabilities:
      input.terminal.data.get(TAG.additionalTerminalCapabilities) ?? new Uint8Array(ADDITIONAL_CAPABILITIES_LENGTH),
    transactionType: input.transactionType,
    amountOther: fen(0),
    date: input.date,
  });
  note(card, { tvr });
}

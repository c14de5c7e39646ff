import { needsVelocityChecking, terminalRiskManagement } from '../../debit-credit/index.ts';
import { TAG } from '../../dictionary/index.ts';
import { fen } from '../../values/index.ts';
import { type Ended, TORN } from '../ending.ts';
import { readObject } from '../get-data.ts';
import type { Step } from '../requests.ts';
import { note } from './dialogue.ts';
import type { ExceptionFile } from './exception-file.ts';
import type { CardRead } from './read-card.ts';

const DEFAULT_RANDOM = 50;

/**
 * Terminal risk management (EMV Book 3, §10.6). `atc`: 9F36 from GET DATA, which is asked for 9F13 too where the card sets
 * limits to its offline transactions.
 */
export function* manageRisk(
  card: CardRead,
  facts: {
    readonly electronicCash: boolean;
    readonly exceptionFile: ExceptionFile;
    readonly atc: Uint8Array | undefined;
  },
): Step<{ kind: 'managed' } | Ended> {
  const { input, parameters, data, aip } = card;
  const { electronicCash, exceptionFile, atc } = facts;
  let lastOnlineAtc: Uint8Array | undefined;
  if (!electronicCash && needsVelocityChecking(data)) {
    const told = yield* readObject(TAG.lastOnlineAtc);
    if (told.kind === 'torn') return TORN;
    lastOnlineAtc = told.value;
  }
  const selection = parameters.debitCredit?.randomSelection;
  const random = input.debitCredit?.randomPercent ?? DEFAULT_RANDOM;
  const findings = terminalRiskManagement(data, {
    aip,
    terminalType: input.terminal.terminalType,
    amount: input.amount,
    floorLimit: parameters.terminalFloorLimit ?? fen(0),
    loggedAmount: exceptionFile.loggedAmount,
    ...(selection && { randomSelection: { ...selection, random } }),
    onExceptionFile: exceptionFile.listed,
    merchantForcedOnline: input.debitCredit?.forcedOnline === true,
    atc,
    lastOnlineAtc,
    electronicCash,
  });
  note(card, findings);
  return { kind: 'managed' };
}

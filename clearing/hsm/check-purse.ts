import { verifyPurseLoad, verifyPursePurchase } from '../../emv/issuer/index.ts';
import { hex, isFen, type PurseSerial, parseFullDate, parseTime, readUint } from '../../emv/values/index.ts';
import type { RecordPurse } from '../contract/record/index.ts';
import type { PurseKeys } from './keys.ts';

/** A purse transaction as its record has it. */
export interface PurseToCheck {
  readonly serial: PurseSerial;
  readonly purse: RecordPurse;
  readonly amountMinor: number;
  /** A load's TAC covers it. */
  readonly balanceBeforeMinor?: number;
}

/** ED load, EP load; the rest are purchases. */
const LOADS: readonly string[] = ['01', '02'];
const PURCHASES: readonly string[] = ['05', '06'];

/** Is the TAC this purse's over these data? Never throws on what a terminal sends. */
export function checkPurse(keys: PurseKeys | undefined, checked: PurseToCheck): 'genuine' | 'wrong' {
  const { serial, purse, amountMinor } = checked;
  const moment = momentOf(purse);
  if (keys === undefined || moment === undefined || purse.transactionCode === undefined || !isFen(amountMinor))
    return 'wrong';
  const code = hex(purse.transactionCode);
  const type = readUint(hex(purse.transactionType));
  const facts = { amount: amountMinor, type, terminalId: hex(purse.terminalId), ...moment };
  const verdict = keys.tac.value.use((masterKey) => {
    const owner = { masterKey, serial };
    if (PURCHASES.includes(purse.transactionType) && purse.terminalSequence !== undefined) {
      return verifyPursePurchase(owner, { ...facts, terminalSequence: purse.terminalSequence }, code);
    }
    const balanceBefore = checked.balanceBeforeMinor;
    if (LOADS.includes(purse.transactionType) && balanceBefore !== undefined && isFen(balanceBefore)) {
      const load = { balanceBefore, onlineSequence: purse.sequence, random: hex(purse.random) };
      return verifyPurseLoad(owner, { ...facts, ...load }, code);
    }
    return undefined;
  });
  return verdict?.kind === 'genuine' ? 'genuine' : 'wrong';
}

function momentOf({ date, time }: RecordPurse) {
  const day = date === undefined ? undefined : parseFullDate(hex(date));
  const clock = time === undefined ? undefined : parseTime(hex(time));
  return day && clock && { date: day, time: clock };
}

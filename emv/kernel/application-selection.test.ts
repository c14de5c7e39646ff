import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { selectApplication } from './application-selection.ts';
import { inputAt, inWords, play, TERMINAL } from './testing/play.ts';
import type { Exchange, Script } from './testing/golden-cards.ts';

const DEBIT = 'A000000333010101';
const CASH = 'A000000333010106';
const LONG = 'A00000033301010101';
const PPSE_COMMAND = '00A404000E325041592E5359532E444446303100';

const allowed = (aid: string, partialSelection = false, ttq = '26000080') => ({
  parameters: { aid: hex(aid), partialSelection, version: hex('0030') },
  ttq: hex(ttq),
});
const BOTH = [allowed(DEBIT), allowed(CASH, false, '26400080')];

const ppse = (answer: string): Exchange => ({ name: 'ppse', command: PPSE_COMMAND, answer });
const NO_PPSE = ppse('6A82');
const select = (aid: string, answer: string): Exchange => ({
  name: aid,
  command: `00A40400${(aid.length / 2).toString(16).padStart(2, '0')}${aid}00`,
  answer,
});
/** An FCI with a PDOL of TTQ, amount and unpredictable number. */
const FCI_DEBIT = '6F1A8408A000000333010101A50E9F380B9F66049F02069F3704870101'.replace('870101', '');
const FCI = {
  [DEBIT]: '6F198408A000000333010101A50D9F38099F66049F02069F37049000',
  [CASH]: '6F198408A000000333010106A50D9F38099F66049F02069F37049000',
  [LONG]: '6F1A8409A00000033301010101A50D9F38099F66049F02069F37049000',
};
void FCI_DEBIT;

function selected(card: Script, list = BOTH, contactInterface = false): { said: string; asked: readonly string[] } {
  const { result, asked } = play(selectApplication(inputAt({ contactInterface }).terminal, list), card);
  const said =
    result.kind === 'selected' ? `${toHex(result.application.aid)} ${toHex(result.ttq)}` : inWords(result);
  return { said, asked };
}

describe('directory (PPSE)', () => {
  /** 61 entries in the BF0C of a PPSE's FCI. */
  const ONE = '6F27840E325041592E5359532E4444463031A515BF0C12611084 08'.length; // lengths are written out below
  void ONE;

  it.each<[string, string, string]>([
    ['one application', '6F23840E325041592E5359532E4444463031A511BF0C0E610C4F08A0000003330101018701019000'.replace('610C4F08A000000333010101870101', '610D4F08A000000333010101870101'), ''],
  ])('%s', () => {});
});
void TERMINAL;
void selected;
void select;
void NO_PPSE;
void FCI;
void describe;

import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { selectApplication } from './application-selection.ts';
import { MAX_CANDIDATES } from './bounds.ts';
import type { Exchange, Script } from './testing/golden-cards.ts';
import { inputAt, inWords, play } from './testing/play.ts';

const allowed = (aid: string, partialSelection: boolean, ttq: string) => ({
  parameters: { aid: hex(aid), partialSelection, version: hex('0030') },
  ttq: hex(ttq),
});
const DEBIT = allowed('A000000333010101', false, '26000080');
const CASH = allowed('A000000333010106', false, '26400080');
const PARTIAL = allowed('A000000333010101', true, '26000080');

const ppse = (answer: string): Exchange => ({
  name: 'ppse',
  command: '00A404000E325041592E5359532E444446303100',
  answer,
});
const debit = (answer = '6F188408A000000333010101A50C9F38099F66049F02069F37049000'): Exchange => ({
  name: 'debit',
  command: '00A4040008A00000033301010100',
  answer,
});
const cash = (answer = '6F188408A000000333010106A50C9F38099F66049F02069F37049000'): Exchange => ({
  name: 'cash',
  command: '00A4040008A00000033301010600',
  answer,
});
const long = (answer = '6F198409A00000033301010101A50C9F38099F66049F02069F37049000'): Exchange => ({
  name: 'long',
  command: '00A4040009A0000003330101010100',
  answer,
});

/** Which application, with which TTQ, and what was asked for it. */
function selected(card: Script, list = [DEBIT, CASH], contactInterface = false): string {
  const { result, asked } = play(selectApplication(inputAt({ contactInterface }).terminal, list), card);
  const said = result.kind === 'selected' ? `${toHex(result.application.aid)} ${toHex(result.ttq)}` : inWords(result);
  return `${asked.join(', ')} → ${said}`;
}

describe('the directory (PPSE) says which application comes first', () => {
  const TO_DEBIT = 'ppse, debit → A000000333010101 26000080';
  const TO_CASH = 'ppse, cash → A000000333010106 26400080';

  it.each<[string, string, string]>([
    ['one application', '6F24840E325041592E5359532E4444463031A512BF0C0F610D4F08A0000003330101018701019000', TO_DEBIT],
    [
      'priority 1 before 2',
      '6F33840E325041592E5359532E4444463031A521BF0C1E610D4F08A000000333010101870102610D4F08A0000003330101068701019000',
      TO_CASH,
    ],
    [
      'any priority before none',
      '6F30840E325041592E5359532E4444463031A51EBF0C1B610A4F08A000000333010101610D4F08A00000033301010687010F9000',
      TO_CASH,
    ],
    [
      'any priority before 0',
      '6F33840E325041592E5359532E4444463031A521BF0C1E610D4F08A000000333010101870100610D4F08A00000033301010687010F9000',
      TO_CASH,
    ],
    [
      'equals as they stand',
      '6F33840E325041592E5359532E4444463031A521BF0C1E610D4F08A000000333010106870101610D4F08A0000003330101018701019000',
      TO_CASH,
    ],
    [
      'bits 7 to 5 mean nothing',
      '6F33840E325041592E5359532E4444463031A521BF0C1E610D4F08A000000333010101870172610D4F08A0000003330101068701019000',
      TO_CASH,
    ],
    [
      'what needs a confirmation is passed over',
      '6F33840E325041592E5359532E4444463031A521BF0C1E610D4F08A000000333010101870181610D4F08A0000003330101068701029000',
      TO_CASH,
    ],
    [
      'a foreign scheme is passed over',
      '6F32840E325041592E5359532E4444463031A520BF0C1D610C4F07A0000000031010870101610D4F08A0000003330101018701029000',
      TO_DEBIT,
    ],
    [
      'an entry without a name is passed over',
      '6F29840E325041592E5359532E4444463031A517BF0C146103500158610D4F08A0000003330101018701029000',
      TO_DEBIT,
    ],
    [
      'an entry with too short a name is passed over',
      '6F2C840E325041592E5359532E4444463031A51ABF0C1761064F04A0000003610D4F08A0000003330101018701029000',
      TO_DEBIT,
    ],
  ])('%s', (_, directory, said) => {
    expect(selected([ppse(directory), said === TO_CASH ? cash() : debit()])).toBe(said);
  });

  it.each<[string, string]>([
    [
      'all need a confirmation',
      '6F33840E325041592E5359532E4444463031A521BF0C1E610D4F08A000000333010101870181610D4F08A0000003330101068701829000',
    ],
    ['foreign schemes alone', '6F23840E325041592E5359532E4444463031A511BF0C0E610C4F07A00000000310108701019000'],
    [
      'a longer name, without partial selection',
      '6F25840E325041592E5359532E4444463031A513BF0C10610E4F09A000000333010101018701019000',
    ],
    ['an empty directory', '6F15840E325041592E5359532E4444463031A503BF0C009000'],
    ['no directory in it', '6F10840E325041592E5359532E44444630319000'],
  ])('%s: nothing in common', (_, directory) => {
    expect(selected([ppse(directory)])).toBe('ppse → declined no-common-application none');
    expect(selected([ppse(directory)], [DEBIT, CASH], true)).toBe('ppse → other-interface no-common-application');
  });

  it('partial selection takes a longer name, and selects by it', () => {
    const directory = '6F25840E325041592E5359532E4444463031A513BF0C10610E4F09A000000333010101018701019000';
    expect(selected([ppse(directory), long()], [PARTIAL])).toBe('ppse, long → A00000033301010101 26000080');
  });

  it('a directory of many is tried to a bound', () => {
    const names = Array.from({ length: MAX_CANDIDATES + 1 }, (_, at) => `A0000003330101010${at}`);
    const directory =
      '6F81A7840E325041592E5359532E4444463031A58194BF0C8190610E4F09A00000033301010100870101610E4F09A00000033301010101870101610E4F09A00000033301010102870101610E4F09A00000033301010103870101610E4F09A00000033301010104870101610E4F09A00000033301010105870101610E4F09A00000033301010106870101610E4F09A00000033301010107870101610E4F09A000000333010101088701019000';
    const tried = names
      .slice(0, MAX_CANDIDATES)
      .map((name) => ({ name: 'tried', command: `00A4040009${name}00`, answer: '6A82' }));
    const { result, asked } = play(selectApplication(inputAt({}).terminal, [PARTIAL]), [ppse(directory), ...tried]);
    expect(result).toMatchObject({ kind: 'declined', reason: 'no-common-application' });
    expect(asked.length).toBe(1 + MAX_CANDIDATES);
  });
});

describe('a candidate that cannot be selected gives way to the next', () => {
  const TWO =
    '6F33840E325041592E5359532E4444463031A521BF0C1E610D4F08A000000333010101870101610D4F08A0000003330101068701029000';

  it.each(['6283', '6A82', '6985', '6F00'])('%s', (sw) => {
    expect(selected([ppse(TWO), debit(sw), cash()])).toBe('ppse, debit, cash → A000000333010106 26400080');
  });

  it.each<[string, string, string, string]>([
    ['one blocked, one not found', '6283', '6A82', 'declined application-blocked none'],
    ['one not found, one blocked', '6A82', '6283', 'declined application-blocked none'],
    ['none found', '6A82', '6A82', 'declined no-common-application none'],
    ['a status that means nothing', '6A82', '6F00', 'declined card-error none'],
  ])('%s', (_, first, second, said) => {
    expect(selected([ppse(TWO), debit(first), cash(second)])).toBe(`ppse, debit, cash → ${said}`);
  });

  it('but a blocked card ends it at once', () => {
    expect(selected([ppse(TWO), debit('6A81')])).toBe('ppse, debit → declined card-blocked none');
    expect(selected([ppse('6A81')])).toBe('ppse → declined card-blocked none');
  });
});

describe("a card without a directory is asked for the terminal's applications in their order", () => {
  it.each(['6A82', '6283'])('%s', (sw) => {
    expect(selected([ppse(sw), debit()])).toBe('ppse, debit → A000000333010101 26000080');
    expect(selected([ppse(sw), debit('6A82'), cash()])).toBe('ppse, debit, cash → A000000333010106 26400080');
  });

  it('a longer name than asked for is taken only with partial selection', () => {
    const answer = long().answer;
    expect(selected([ppse('6A82'), debit(answer)], [PARTIAL])).toBe('ppse, debit → A00000033301010101 26000080');
    expect(selected([ppse('6A82'), debit(answer), cash()])).toBe('ppse, debit, cash → A000000333010106 26400080');
  });

  it('any other refusal of the directory is an error', () => {
    expect(selected([ppse('6F00')])).toBe('ppse → declined card-error none');
    expect(selected([ppse('6F00')], [DEBIT], true)).toBe('ppse → other-interface card-error');
  });
});

describe('FCI', () => {
  it.each<[string, string]>([
    ['no PDOL', '6F0F8408A000000333010101A5035001589000'],
    ['a PDOL without the TTQ', '6F158408A000000333010101A5099F38069F02069F37049000'],
    ['a PDOL without the amount', '6F158408A000000333010101A5099F38069F66049F37049000'],
    ['a PDOL without the unpredictable number', '6F158408A000000333010101A5099F38069F66049F02069000'],
    ['a PDOL with half a TTQ', '6F188408A000000333010101A50C9F38099F66029F02069F37049000'],
    ['the amount once more, in eight bytes', '6F1B8408A000000333010101A50F9F380C9F66049F02069F37049F02089000'],
    ['a currency without bytes', '6F1B8408A000000333010101A50F9F380C9F66049F02069F37045F2A009000'],
    ['a country of three bytes', '6F1B8408A000000333010101A50F9F380C9F66049F02069F37049F1A039000'],
    ['a date of two bytes', '6F1A8408A000000333010101A50E9F380B9F66049F02069F37049A029000'],
  ])('%s is no qPBOC: another interface may serve', (_, fci) => {
    expect(selected([ppse('6A82'), debit(fci)])).toBe('ppse, debit → declined card-error none');
    expect(selected([ppse('6A82'), debit(fci)], [DEBIT], true)).toBe('ppse, debit → other-interface card-error');
  });

  it.each<[string, string]>([
    ['a PDOL cut off', '6F178408A000000333010101A50B9F38089F66049F02069F379000'],
    ['no DF name', '6F0EA50C9F38099F66049F02069F37049000'],
    ['a DF name of four bytes', '6F148404A0000003A50C9F38099F66049F02069F37049000'],
    ['another DF name', '6F188408A000000333010106A50C9F38099F66049F02069F37049000'],
    ['no proprietary template', '6F0A8408A0000003330101019000'],
    ['two templates', '6F188408A000000333010101A50C9F38099F66049F02069F37046F009000'],
  ])('%s is an error, and the end', (_, fci) => {
    expect(selected([ppse('6A82'), debit(fci)], [DEBIT], true)).toBe('ppse, debit → declined card-error none');
  });

  it.each<[string, string, string]>([
    ['label', '6F218408A000000333010101A51550074A49414E4744559F38099F66049F02069F37049000', 'JIANGDU'],
    [
      'preferred name in an alphabet that is known',
      '6F2C8408A000000333010101A52050074A49414E4744559F1101019F1204474946549F38099F66049F02069F37049000',
      'GIFT',
    ],
    [
      'preferred name in no alphabet',
      '6F288408A000000333010101A51C50074A49414E4744559F1204474946549F38099F66049F02069F37049000',
      'JIANGDU',
    ],
    [
      'preferred name that cannot be printed',
      '6F2C8408A000000333010101A52050074A49414E4744559F1101019F1204B9BACEEF9F38099F66049F02069F37049000',
      'JIANGDU',
    ],
    ['label that cannot be printed', '6F1D8408A000000333010101A51150034A1B5B9F38099F66049F02069F37049000', ''],
    ['neither', debit().answer, ''],
  ])('is called by its %s', (_, fci, label) => {
    const { result } = play(selectApplication(inputAt({}).terminal, [DEBIT]), [ppse('6A82'), debit(fci)]);
    expect(result).toMatchObject({ application: { label } });
  });
});

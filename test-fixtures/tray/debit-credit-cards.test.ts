import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import { type Behaviour, forgedCryptogram, lyingCid, memoryStorage, replaced, withheld } from '../card/index.ts';
import { DEBIT_CREDIT_CARDS } from './debit-credit-cards.ts';
import { openTray } from './tray.ts';

const PSE = '00A404000E 315041592E5359532E4444463031 00';
const CDOL1 = `000000000100 000000000000 0156 0000000000 0156 250601 00 11223344 123000 ${'20'.repeat(20)}`;

/** A card of the tray in the field, asked as a terminal does over T=0 and T=1. */
function inField(id: string, faults: readonly Behaviour[] = []) {
  const tray = openTray({ storageOf: () => memoryStorage(), random: (length) => new Uint8Array(length).fill(0x5a) });
  tray.place(id, faults);
  const card = tray.field.card();
  if (card === undefined) throw new Error(`no card ${id}`);
  const once = (command: string): string => {
    const answer = card.transmit(hex(command));
    return answer instanceof Uint8Array ? toHex(answer) : answer;
  };
  const says = (command: string): string => {
    const answer = once(command);
    if (answer.startsWith('6C')) return once(`${command.slice(0, -2)}${answer.slice(2)}`);
    return answer.startsWith('61') ? once(`00C00000${answer.slice(2)}`) : answer;
  };
  return { atr: toHex(card.atr), says, balance: () => tray.chip(id)?.stored().applications[0]?.balance };
}

/** Selects by the directory, opens the transaction, reads every record of the AFL: what there is by tag, one level deep. */
function read(id: string, pdolValues: string, faults: readonly Behaviour[] = []) {
  const card = inField(id, faults);
  expect(card.says(PSE)).toMatch(/9000$/);
  const aid = /4F08(.{16})/.exec(card.says('00B2010C00'))?.[1];
  card.says(`00A4040008 ${aid} 00`);
  const length = hex(pdolValues).length;
  const byte = (value: number): string => value.toString(16).padStart(2, '0');
  const options = card.says(`80A80000 ${byte(length + 2)} 83 ${byte(length)} ${pdolValues} 00`);
  const [, afl = ''] = /^(?:77..8202....94..|80......)(.*)9000$/.exec(options) ?? [];
  const records = [...afl.matchAll(/(..)(..)(..)../g)].flatMap(([, sfi = '', first = '', last = '']) =>
    Array.from({ length: Number.parseInt(last, 16) - Number.parseInt(first, 16) + 1 }, (_, at) =>
      card.says(`00B2 ${byte(Number.parseInt(first, 16) + at)} ${byte(Number.parseInt(sfi, 16) | 4)} 00`),
    ),
  );
  for (const record of records) expect(record).toMatch(/^70.*9000$/);
  return { ...card, options, records: records.join(' ') };
}

/** What a card's PDOL asks for, where it asks: 9F7A 9F02 5F2A with electronic cash, DF69 where it knows SM. */
const PDOL_VALUES: Readonly<Record<string, string>> = {
  'ec-contact': '01 000000000100 0156',
  'sm2-contact': '01 000000000100 0156 01',
  'sm2-cda-contact': '01',
  'sm2-sda-contact': '01',
};

const CONTACT = DEBIT_CREDIT_CARDS.filter(({ chip }) => chip?.interface === 'contact').map(({ id }) => id);

describe('the contact cards of the tray', () => {
  it.each(CONTACT)('%s: directory, GPO, records with what a terminal must find, and a cryptogram', (id) => {
    const { says, records, atr, balance } = read(id, PDOL_VALUES[id] ?? '');
    for (const tag of ['5A0A', '5F2403', '570E', '8C', '8D', '9F0D05', '9F0E05', '9F0F05'])
      expect(records).toContain(tag);
    expect(atr).toMatch(/^3B(60|E0)/);
    expect(says(`80AE400034 ${CDOL1} 00`)).toMatch(
      id === 'pin-blocked' ? /^77..9F270180.*9000$/ : /^(77..9F270140|80..40).*9000$/,
    );
    expect(balance()).toBe(['ec-contact', 'sm2-contact'].includes(id) ? 9_900 : 0);
  });

  it('each says in its story that it needs contacts', () => {
    for (const { id, story } of DEBIT_CREDIT_CARDS) {
      expect([id, /contact card/.test(story.en)]).toEqual([id, CONTACT.includes(id)]);
    }
  });

  it('electronic cash shows 9F74 to a terminal that knows it, and to no other', () => {
    expect(read('ec-contact', '01 000000000100 0156').records).toContain('9F7406');
    expect(read('ec-contact', '00 000000000100 0156').records).not.toContain('9F7406');
  });

  it.each([
    ['sda-contact', '93', '9F46'],
    ['cda-contact', '9F46', '9F2D'],
    ['offline-pin-enciphered', '9F2D', '9F74'],
  ])('%s has %s and no %s', (id, there, missing) => {
    const { records } = read(id, '');
    // Long data objects only, so that no other bytes look like them.
    expect(records).toMatch(new RegExp(`${there}81`));
    expect(records).not.toMatch(new RegExp(`70.{0,6}${missing}81`));
  });

  it.each([
    ['sm2-contact', '01 000000000100 0156', /90818E12.*934313DAC0.*9F46819414/],
    ['sm2-cda-contact', '', /90818E12.*9F46819414/],
    ['sm2-sda-contact', '', /90818E12.*934313DAC0/],
  ])('%s has an SM2 chain for a terminal that supports SM, and RSA for any other', (id, values, chain) => {
    expect(read(id, `${values} 01`).records).toMatch(chain);
    const without = read(id, `${values} 00`).records;
    expect(without).not.toMatch(chain);
    expect(without).toMatch(/9081F8.{496}/);
  });

  it('pin-blocked checks no PIN, offline-pin does', () => {
    expect(read('pin-blocked', '').says('0020008008 26123456FFFFFFFF')).toBe('6984');
    expect(read('offline-pin', '').says('0020008008 26123456FFFFFFFF')).toBe('9000');
    expect(read('offline-pin', '').says('0020008008 26123457FFFFFFFF')).toBe('63C2');
  });
});

describe('lies of a contact card', () => {
  const ac = (id: string, ...faults: Behaviour[]): string => read(id, '', faults).says(`80AE400034 ${CDOL1} 00`);

  it.each(['debit-contact', 'sda-contact'])('%s: another CID, another cryptogram', (id) => {
    const honest = ac(id);
    const cid = ac(id, lyingCid(0x80));
    const forged = ac(id, forgedCryptogram());
    expect([cid.length, forged.length]).toEqual([honest.length, honest.length]);
    expect([cid === honest, forged === honest]).toEqual([false, false]);
  });

  it('records that do not say what was signed, or not enough', () => {
    expect(read('debit-contact', '', [replaced(0x5f24, () => hex('991231'))]).records).toContain('5F2403991231');
    expect(read('debit-contact', '').records).toContain('8C1B9F0206');
    expect(read('debit-contact', '', [withheld(0x8c)]).records).not.toContain('8C1B9F0206');
  });
});

it('debit-contactless opens the full flow for TTQ byte 1 bit 7', () => {
  const { says, atr } = inField('debit-contactless');
  expect(atr).toBe('3B80800101');
  says('00A4040008 A000000333010101 00');
  const values = '66000080 000000000100 000000000000 0156 0000000000 0156 250601 00 11223344 01';
  expect(says(`80A8000024 8322 ${values} 00`)).toMatch(/^77..82027D8094/);
  expect(says(`80AE500034 ${CDOL1} 00`)).toMatch(/^7781..9F2701409F36020002 ?9F4B/);
});

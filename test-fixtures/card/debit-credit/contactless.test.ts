import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../../emv/values/index.ts';
import { goldenApplication, goldenCard } from '../golden-card.ts';
import { chip } from '../personalise.ts';
import { memoryStorage } from '../storage.ts';
import { createVirtualCard } from '../virtual-card.ts';
import { debitCardOf, firstAc, GPO, goldenDebitCard, SELECT } from './golden-debit-card.ts';

const PPSE = '00A404000E 325041592E5359532E4444463031 00';
const PSE = '00A404000E 315041592E5359532E4444463031 00';
/** The PDOL values of the golden card, and 9F7A where it asks for that. */
const gpo = (ttq: string, indicator = ''): string =>
  `80A80000${indicator === '' ? '23 8321' : '24 8322'} ${ttq} 000000001250 000000000000 0156 0000000000 0156 250601 00 11223344 ${indicator} 00`;

const contactless = (order: Parameters<typeof goldenDebitCard>[0] = {}) =>
  goldenDebitCard(order, { chip: { interface: 'contactless', manners: 'contactless' } });

describe('full debit/credit over the contactless interface', () => {
  it.each([
    ['knows full debit/credit alone', '46000080'],
    ['knows both', '66000080'],
  ])('where the terminal %s: AIP byte 2 bit 8, and no cryptogram yet', (_, ttq) => {
    const { says } = contactless();
    says(SELECT);
    expect(says(gpo(ttq))).toBe('771682027C809410080101002001010128010500380101009000');
    expect(says(firstAc('40'))).toMatch(/^771F9F270140/);
  });

  it('where it knows qPBOC alone, that', () => {
    const { says, memory } = contactless();
    says(SELECT);
    expect(says(gpo('26000080'))).toContain('9F2608EAD5DD7F514E6EB8');
    expect(says(firstAc('40'))).toBe('6985');
    says('00B2013400');
    expect(memory().balance).toBe(3750);
  });

  it('and neither where it knows neither', () => {
    const { says } = contactless();
    says(SELECT);
    expect(says(gpo('06000080'))).toBe('6985');
  });

  it('pays electronic cash at GENERATE AC', () => {
    const { says, memory } = contactless({ electronicCash: true });
    says(SELECT);
    expect(says(gpo('66000080', '01'))).toContain('48010100');
    expect(memory().balance).toBe(5000);
    says(firstAc('40'));
    expect(memory().balance).toBe(3750);
    expect(says('00B2014C00')).toBe('70099F74064543433030319000');
  });

  it('the records of both stand side by side', () => {
    const { says } = contactless();
    says(SELECT);
    expect(says('00B2011400')).toMatch(/^70.*9000$/);
    expect(says('00B2012C00')).toMatch(/^70.*9000$/);
  });
});

describe('over the contacts', () => {
  it('qPBOC and its records are not there', () => {
    const { says } = goldenDebitCard();
    says(SELECT);
    expect(says(gpo('26000080'))).toBe('6700');
    expect(says('00B2011400')).toBe('6A82');
  });

  it('a card that knows qPBOC alone opens nothing', () => {
    const { says } = goldenCard({}, { interface: 'contact' });
    says(SELECT);
    expect(says(GPO)).toBe('6985');
  });

  it.each([
    ['t0', '3B600000'],
    ['t1', '3BE000FF8131FE4514'],
  ] as const)('ATR of %s', (manners, atr) => {
    expect(toHex(goldenDebitCard({}, { chip: { manners } }).card.atr)).toBe(atr);
    expect(toHex(contactless().card.atr)).toBe('3B80800101');
  });

  it('FCI: 9F38 only where the card asks for something', () => {
    expect(goldenDebitCard().says(SELECT)).not.toContain('9F38');
    expect(goldenDebitCard({ electronicCash: true }).says(SELECT)).toContain('9F38099F7A019F02065F2A02');
  });

  it('T=0: 61xx and 6Cxx all along, and money moves once', () => {
    const { says, memory } = goldenDebitCard({ electronicCash: true }, { chip: { manners: 't0' } });
    expect(says(SELECT)).toMatch(/^61/);
    expect(says('80A800000B 8309 01 000000001250 0156')).toBe('611C');
    expect(says('00C000001C')).toMatch(/^771A.*9000$/);
    expect(says('00B2010C00')).toBe('6C21');
    expect(says('0084000000')).toBe('6C08');
    expect(says('0084000008')).toBe('01020304050607089000');
    expect(says(firstAc('40'))).toBe('612C');
    expect(memory().balance).toBe(3750);
    expect(says('00C000002C')).toMatch(/^772A9F270140.*9000$/);
    expect(says('00C000002C')).toBe('6D00');
    expect(memory().balance).toBe(3750);
  });
});

describe('directories', () => {
  it('PSE: the FCI names SFI 1, and each of its records one application', () => {
    const { says } = goldenDebitCard();
    expect(says(PPSE)).toBe('6A82');
    expect(says(PSE)).toBe(
      `6F20 840E315041592E5359532E4444463031 A50E 880101 5F2D047A68656E 9F110101 9000`.replaceAll(' ', ''),
    );
    expect(says('00B2010C00')).toBe(
      '702C 612A 4F08A000000333010101 500C4A49414E474455 2043415244 9F120C4A49414E474455 2043415244 870101 9000'.replaceAll(
        ' ',
        '',
      ),
    );
    expect(says('00B2020C00')).toBe('6A83');
    expect(says('00B2011400')).toBe('6A82');
    expect(says('80CA9F3600')).toBe('6985');
  });

  it('several applications: each has its record, its own memory, and comes next by part of its AID', () => {
    const applications = ['A000000333010101', 'A000000333010106'].map((aid) =>
      goldenApplication({ aid, debitCredit: { electronicCash: true } }),
    );
    const { says, card } = debitCardOf(chip(applications, { interface: 'contact', manners: 't1' }), {});
    says(PSE);
    expect(says('00B2010C00')).toContain('4F08A000000333010101');
    expect(says('00B2020C00')).toContain('4F08A000000333010106');
    expect(says('00A4040005 A000000333 00')).toContain('8408A000000333010101');
    expect(says('00A4040205 A000000333 00')).toContain('8408A000000333010106');
    says('80A800000B 8309 01 000000001250 0156 00');
    says(firstAc('40'));
    expect(card.stored().applications.map(({ balance, atc }) => [balance, atc])).toEqual([
      [5000, 6],
      [3750, 7],
    ]);
    expect(says('00A4040205 A000000333 00')).toBe('6A82');
  });

  it('both interfaces of a card share its memory', () => {
    const applications = [goldenApplication({ debitCredit: { electronicCash: true } })];
    const random = (length: number): Uint8Array => new Uint8Array(length);
    const storage = memoryStorage();
    const through = (face: 'contact' | 'contactless') => {
      const profile = chip(applications, { interface: face, manners: 't1' });
      const card = createVirtualCard({ profile, storage, random });
      return (command: string): string => toHex(card.transmit(hex(command)));
    };
    const contacts = through('contact');
    [SELECT, '80A800000B 8309 01 000000001250 0156 00', firstAc('40')].map(contacts);
    const field = through('contactless');
    field(SELECT);
    expect(field('80CA9F7900')).toBe('9F79060000000037509000');
    [gpo('26000080', '00'), '00B2013400'].map(field);
    expect(field('80CA9F7900')).toBe('9F79060000000025009000');
  });

  it('over the contactless interface there is the PPSE alone', () => {
    expect(contactless().says(PPSE)).toMatch(/9000$/);
    expect(contactless().says(PSE)).toBe('6A82');
  });

  it('a contact card may come without one', () => {
    expect(goldenDebitCard({}, { chip: { pse: false } }).says(PSE)).toBe('6A82');
  });
});

import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import { goldenApplication, goldenCard, TAP } from './golden-card.ts';
import { chip } from './personalise.ts';
import { memoryStorage } from './storage.ts';
import { createVirtualCard } from './virtual-card.ts';

function twoApplications() {
  const profile = chip([
    goldenApplication({ aid: 'A000000333010102', label: 'CREDIT', priority: 2 }),
    goldenApplication({ aid: 'A000000333010106', label: 'CASH', priority: 1 }),
  ]);
  const card = createVirtualCard({ profile, storage: memoryStorage(), random: (length) => new Uint8Array(length) });
  return (command: string): string => toHex(card.transmit(hex(command)));
}

const NAME_OF = { credit: '8408A000000333010102', cash: '8408A000000333010106' };

describe('SELECT', () => {
  it('lists every application in the PPSE with its priority', () => {
    expect(twoApplications()(TAP.ppse)).toBe(
      '6F41840E325041592E5359532E4444463031A52FBF0C2C' +
        '61154F08A0000003330101025006435245444954870102' +
        '61134F08A00000033301010650044341534887010' +
        '19000',
    );
  });

  it('finds by part of the AID the first, then the next, then none', () => {
    const says = twoApplications();
    expect(says('00A4040005 A000000333 00')).toContain(NAME_OF.credit);
    expect(says('00A4040205 A000000333 00')).toContain(NAME_OF.cash);
    expect(says('00A4040205 A000000333 00')).toBe('6A82');
  });

  it('goes on only with the name it began with', () => {
    const says = twoApplications();
    says('00A4040005 A000000333 00');
    expect(says('00A4040206 A00000033301 00')).toBe('6A82');
    expect(says('00A4040206 A00000033301 00')).toBe('6A82');
  });

  it('keeps the selected application when it finds none', () => {
    const { says } = goldenCard();
    says(TAP.select);
    expect(says('00A4040007 A0000000031010 00')).toBe('6A82');
    expect(says('80CA9F3600')).toBe('9F360200069000');
  });

  it.each([
    ['another P1', '00A4000008 A000000333010101 00', '6A86'],
    ['another P2', '00A4040108 A000000333010101 00', '6A86'],
    ['a name too short', '00A4040004 A0000003 00', '6700'],
    ['a name too long', '00A4040011 A000000333010101A00000033301010100 00', '6700'],
    ['no name', '00A4040000', '6700'],
    ['another class', '80A4040008 A000000333010101 00', '6E00'],
    ['a longer AID than the card has', '00A4040009 A00000033301010101 00', '6A82'],
  ])('refuses %s', (_, command, sw) => {
    expect(goldenCard().says(command)).toBe(sw);
  });

  it('has no PPSE where the card has none, and is found by its AID', () => {
    const { says } = goldenCard({}, { ppse: false });
    expect(says(TAP.ppse)).toBe('6A82');
    expect(says(TAP.select).slice(-4)).toBe('9000');
  });

  it('says that application or card are blocked', () => {
    const application = goldenCard({ blocked: true });
    expect(application.says(TAP.select)).toMatch(/^6F5F8408A000000333010101.*6283$/);
    expect(application.says(TAP.gpo)).toBe('6985');
    const card = goldenCard({}, { blocked: true });
    expect(card.says(TAP.ppse)).toBe('6A81');
    expect(card.says(TAP.select)).toBe('6A81');
  });

  it('two applications keep their own balance and counter', () => {
    const says = twoApplications();
    says('00A4040008 A000000333010106 00');
    says(TAP.gpo);
    says(TAP.last);
    expect(says('80CA9F7900')).toBe('9F79060000000037509000');
    says('00A4040008 A000000333010102 00');
    expect(says('80CA9F7900')).toBe('9F79060000000050009000');
    expect(says('80CA9F3600')).toBe('9F360200019000');
  });
});

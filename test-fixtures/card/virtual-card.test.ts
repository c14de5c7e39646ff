import { describe, expect, it } from 'vitest';
import { goldenApplication, goldenCard, TAP } from './golden-card.ts';
import { chip } from './personalise.ts';
import { memoryStorage } from './storage.ts';
import { createVirtualCard } from './virtual-card.ts';

describe('what is no command of this card', () => {
  it.each([
    ['nothing', '', '6700'],
    ['a class alone', '00', '6700'],
    ['three bytes', '00A404', '6700'],
    ['less data than said', '00A4040008 A0000003330101', '6700'],
    ['more than Le after the data', '00A4040008 A000000333010101 0000', '6700'],
    ['extended lengths', '00A4040000 0008 A000000333010101 0000', '6700'],
    ['an unknown class', 'FFCA000000', '6E00'],
    ['an unknown instruction', '00B0000000', '6D00'],
    ['VERIFY: qPBOC has no offline PIN', '0020008008 26123456FFFFFFFF', '6D00'],
    ['GET RESPONSE: answers come whole', '00C0000000', '6D00'],
  ])('%s', (_, command, sw) => {
    expect(goldenCard().says(command)).toBe(sw);
  });
});

describe('over the contacts', () => {
  const contacts = () => goldenCard({}, { manners: 't0' });

  it('61xx, then GET RESPONSE', () => {
    const { says } = contacts();
    expect(says(TAP.ppse)).toBe('6134');
    expect(says('00C0000034')).toMatch(/^6F32840E.*9000$/);
    expect(says('00C0000034')).toBe('6D00');
  });

  it('another command in between drops what was held', () => {
    const { says } = contacts();
    says(TAP.select);
    says('80CA9F3605');
    expect(says('00C0000061')).toBe('6D00');
  });

  it('6Cxx where Le is not the length, and a refusal stays as it is', () => {
    const { says } = contacts();
    says(TAP.select);
    expect(says('80CA9F7900')).toBe('6C09');
    expect(says('80CA9F7909')).toBe('9F79060000000050009000');
    expect(says('80CA9F7F00')).toBe('6A88');
  });

  it('the warning of a blocked application comes with its data', () => {
    const { says } = goldenCard({ blocked: true }, { manners: 't0' });
    expect(says(TAP.select)).toBe('6161');
    expect(says('00C0000061')).toMatch(/^6F5F.*6283$/);
  });

  it('6Cxx to the last record takes no money yet', () => {
    const { says, memory } = contacts();
    says(TAP.select);
    expect(says(TAP.gpo)).toBe('61E1');
    expect(memory()).toMatchObject({ atc: 7, balance: 5000 });
    expect(says('00C00000E1')).toContain('9F2608EAD5DD7F514E6EB8');
    expect(says('00B2013400')).toBe('6C16');
    expect(memory()?.balance).toBe(5000);
    expect(says('00B2013416')).toMatch(/^7014.*9000$/);
    expect(memory()?.balance).toBe(3750);
  });

  it('is forgotten without power', () => {
    const { card, says } = contacts();
    says(TAP.select);
    card.power();
    expect(says('00C0000061')).toBe('6D00');
  });
});

describe('memory', () => {
  it('goes on where another instance of the card left it', () => {
    const storage = memoryStorage();
    const profile = chip([goldenApplication()]);
    const random = (length: number): Uint8Array => new Uint8Array(length);
    const first = createVirtualCard({ profile, storage, random });
    expect(first.stored().applications[0]).toMatchObject({ balance: 5000, atc: 1, pinTries: 3 });
    for (const command of [TAP.select, TAP.gpo, TAP.last]) {
      first.transmit(Buffer.from(command.replaceAll(' ', ''), 'hex'));
    }
    const second = createVirtualCard({ profile, storage, random });
    expect(second.stored()).toEqual(first.stored());
    expect(second.stored().applications[0]?.balance).toBe(3750);
  });

  it('is of a card with as many applications', () => {
    const storage = memoryStorage();
    storage.save({ applications: [] });
    const make = () =>
      createVirtualCard({ profile: chip([goldenApplication()]), storage, random: (length) => new Uint8Array(length) });
    expect(make).toThrow(RangeError);
  });

  it('a storage that fails leaves the card as it was', () => {
    const profile = chip([goldenApplication()]);
    const storage = memoryStorage();
    const full = {
      ...storage,
      save: () => {
        throw new Error('disk full');
      },
    };
    const card = createVirtualCard({ profile, storage: full, random: (length) => new Uint8Array(length) });
    card.transmit(Buffer.from(TAP.select.replaceAll(' ', ''), 'hex'));
    expect(() => card.transmit(Buffer.from(TAP.gpo.replaceAll(' ', ''), 'hex'))).toThrow('disk full');
    expect(card.stored().applications[0]).toMatchObject({ atc: 1, balance: 5000 });
  });

  it('shows a contactless ATR', () => {
    expect(Buffer.from(goldenCard().card.atr).toString('hex')).toBe('3b80800101');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import { createVirtualPsam, createVirtualPurse, type PurseQuirks, personalisePurse } from './index.ts';

/* In literal bytes that another program made: the card's answers here are not checked against the terminal's code. */

const masterKeys = {
  purchase: hex('101112131415161718191A1B1C1D1E1F'),
  load: hex('202122232425262728292A2B2C2D2E2F'),
  tac: hex('303132333435363738393A3B3C3D3E3F'),
};
const FILE_15 = 'A1A2A3A4A5A6A7A80201310000001234567890122024010120991231AABB';
const DDF = '00A404000E315041592E5359532E444446303100';
const ADF = '00A4040009A0000000038698070100';
const INITIALISE = '805001020B01000004E20102030405060F';
const DEBIT = '805401000F0000002A2025060112301556D9698708';
const INITIALISE_LOAD = '805000020B010000271001020304050610';
const CREDIT = '805200000B20250601123100D753D84104';
const PIN = '0020000003123456';

function purse(quirks: PurseQuirks = {}) {
  const profile = personalisePurse({
    names: [hex('315041592E5359532E4444463031'), hex('A00000000386980701')],
    file15: hex(FILE_15),
    pin: hex('123456'),
    balance: 5_000,
    offline: 7,
    online: 3,
    quirks,
    masterKeys,
  });
  const card = createVirtualPurse(profile, () => hex('A1B2C3D4'));
  const says = (command: string) => toHex(card.transmit(hex(command)));
  const selected = () => {
    card.power();
    says(DDF);
    says(ADF);
  };
  selected();
  return { card, says, selected };
}

describe('a virtual purse', () => {
  it('says who it is and what it holds', () => {
    const { says } = purse();
    expect(says('00B095001E')).toBe(`${FILE_15}9000`);
    expect(says('805C000204')).toBe('000013889000');
  });

  it('pays a PSAM that knows its key', () => {
    const { says, card } = purse();
    expect(says(INITIALISE)).toBe('0000138800070000000100A1B2C3D49000');
    expect(says(DEBIT)).toBe('9AA91D39D5BA4A539000');
    expect(says('805C000204')).toBe('00000EA69000');
    expect(says('805A000602000808')).toBe('D5BA4A539AA91D399000');
    expect(says('805A000602000708')).toBe('9406');
    expect(says('805A000502000808')).toBe('9406');
    expect(says('00B201C417')).toBe('0007000000000004E206010203040506202506011230159000');
    expect(says('00B202C417')).toBe('6A83');
    expect(card.stored()).toMatchObject({ balance: 3_750, offline: 8 });
  });

  it('takes a load that its issuer grants', () => {
    const { says, card } = purse();
    expect(says(INITIALISE_LOAD)).toBe('6982');
    expect(says(PIN)).toBe('9000');
    expect(says(INITIALISE_LOAD)).toBe('0000138800030100A1B2C3D4A4108BCA9000');
    expect(says(CREDIT)).toBe('309FFC9C9000');
    expect(card.stored()).toMatchObject({ balance: 15_000, online: 4 });
    expect(says('805A000202000408')).toBe('00000000309FFC9C9000');
  });

  it.each([
    ['a wrong MAC1', [INITIALISE, DEBIT.replace('56D9', '56DA')], '9302'],
    ['a DEBIT of nothing begun', [DEBIT], '6901'],
    ['a DEBIT twice', [INITIALISE, DEBIT, DEBIT], '6901'],
    ['a DEBIT after something else', [INITIALISE, '805C000204', DEBIT], '6901'],
    ['a CREDIT of a purchase', [INITIALISE, CREDIT], '6901'],
    ['a wrong MAC2', [PIN, INITIALISE_LOAD, CREDIT.replace('D753', 'D754')], '9302'],
    ['more than it holds', ['805001020B01000013890102030405060F'], '9401'],
    ['another key', ['805001020B02000004E20102030405060F'], '9403'],
    ['a wrong PIN', ['0020000003111111'], '63C2'],
    ['another purse', ['805C000104'], '6A86'],
    ['another file', ['00B096001E'], '6A82'],
    ['an unknown command', ['80CA9F3600'], '6D00'],
    ['an unknown class', ['90CA9F3600'], '6E00'],
    ['half a command', ['8050'], '6700'],
  ])('refuses %s', (_, commands, sw) => {
    const { says, card } = purse();
    const last = commands.map(says).at(-1);
    expect(last).toBe(sw);
    expect([5_000, 3_750]).toContain(card.stored().balance);
  });

  it('is blocked for its PIN by three wrong ones, and knows nothing before it is selected', () => {
    const { says, card } = purse();
    expect(['0020000003111111', '0020000003111111', '0020000003111111', PIN].map(says)).toEqual([
      ...['63C2', '63C1', '63C0', '6983'],
    ]);
    card.power();
    expect(says('00B095001E')).toBe('6985');
    expect(says(ADF)).toBe('6A82');
  });

  it('forgets what it has begun with its power, not what it has done', () => {
    const { says, selected, card } = purse();
    says(INITIALISE);
    selected();
    expect(says(DEBIT)).toBe('6901');
    says(INITIALISE);
    says(DEBIT);
    selected();
    expect(says('805A000602000808')).toBe('D5BA4A539AA91D399000');
    expect(card.stored().balance).toBe(3_750);
  });

  it('over the contacts', () => {
    const { says } = purse({ contacts: true });
    expect(says('805C000200')).toBe('6C04');
    expect(says('805C000204')).toBe('000013889000');
    expect(says(INITIALISE)).toBe('610F');
    expect(says('00C000000F')).toBe('0000138800070000000100A1B2C3D49000');
    expect(says(DEBIT)).toBe('6108');
    expect(says('00C0000008')).toBe('9AA91D39D5BA4A539000');
  });

  it('any bytes: never throws, and never pays', () => {
    const { card } = purse();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(card.transmit(bytes).length).toBeGreaterThanOrEqual(2);
        expect(card.stored().balance).toBe(5_000);
      }),
    );
  });
});

describe('a virtual PSAM', () => {
  const psam = (quirks = {}) => {
    const sam = createVirtualPsam({
      serial: hex('53414D00000000000001'),
      terminalId: hex('010203040506'),
      masterKey: masterKeys.purchase,
      keyVersion: 1,
      sequence: 0x29,
      quirks,
    });
    return { sam, says: (command: string) => toHex(sam.transmit(hex(command))) };
  };
  const SELECT = '00A4000002DF0100';
  const INIT = '807000001CA1B2C3D40007000004E206202506011230150100000012345678901208';

  it('says who it is, gives MAC1 and judges MAC2 once', () => {
    const { says, sam } = psam();
    expect(says('00B095000A')).toBe('53414D000000000000019000');
    expect(says('00B0960006')).toBe('0102030405069000');
    expect(says(SELECT)).toBe('9000');
    expect(says(INIT)).toBe('0000002A56D969879000');
    expect(says('8072000004D5BA4A53')).toBe('9000');
    expect(says('8072000004D5BA4A53')).toBe('6901');
    expect(sam.stored().sequence).toBe(0x2a);
  });

  it.each([
    ['a wrong MAC2', [SELECT, INIT, '8072000004D5BA4A54'], '9302'],
    ['a MAC2 after something else', [SELECT, INIT, '00B0960006', '8072000004D5BA4A53'], '6901'],
    ['a purchase before it is selected', [INIT], '6985'],
    ['another key version', [SELECT, INIT.replace('230150100', '230150200')], '9403'],
    ['another length', [SELECT, '807000001400'.padEnd(52, '0')], '6700'],
    ['another file', ['00B0970006'], '6A82'],
    ['an unknown command', ['80CA9F3600'], '6D00'],
  ])('refuses %s', (_, commands, sw) => {
    const { says } = psam();
    expect(commands.map(says).at(-1)).toBe(sw);
  });

  it('forgets the purchase with a reset, not its number', () => {
    const { says, sam } = psam();
    says(SELECT);
    says(INIT);
    sam.power();
    expect(says('8072000004D5BA4A53')).toBe('6901');
    says(SELECT);
    expect(says(INIT).slice(0, 8)).toBe('0000002B');
  });
});

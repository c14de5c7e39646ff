import { describe, expect, it } from 'vitest';
import { hex } from '../values/index.ts';
import { purchase } from './purchase.ts';
import { MODERN, OLD, type Script } from './testing/golden-cards.ts';
import { edited, INPUT, inputAt, inWords, play, told, withAnswer } from './testing/play.ts';

const said = (card: Script, slot = false): string =>
  inWords(play(purchase(inputAt({ contactInterface: slot })), card).result);
const withSlot = (card: Script): Script => told(card, 'gpo', '26000080', '36000080');

describe('GPO refused', () => {
  it.each<[string, string, string]>([
    ['6984', 'declined card-declined none', 'other-interface card-declined'],
    ['6985', 'declined card-declined none', 'other-interface card-declined'],
    ['6283', 'declined application-blocked none', 'other-interface application-blocked'],
    ['6A81', 'declined card-blocked none', 'other-interface card-blocked'],
    ['6D00', 'declined card-error none', 'other-interface card-error'],
    ['6986', 'present-again transmission', 'present-again transmission'],
  ])('%s', (sw, without, withOne) => {
    const card = withAnswer(MODERN, 'gpo', sw);
    expect(said(card)).toBe(without);
    expect(said(withSlot(card), true)).toBe(withOne);
  });

  it('template 80 means the full PBOC flow, which was not offered', () => {
    const card = withAnswer(MODERN, 'gpo', '80067C00080102009000');
    expect(said(card)).toBe('declined card-error none');
    expect(said(withSlot(card), true)).toBe('other-interface card-error');
  });
});

describe('GPO answered with something that is no qPBOC answer', () => {
  it.each<[string, string, string]>([
    ['no AIP', '82027C00', 'C1027C00'],
    ['no ATC', '9F36020007', '9F51020007'],
    ['no track 2', '57106299990000001234567D', 'C1106299990000001234567D'],
    ['no cryptogram', '9F2608EAD5', 'DF0108EAD5'],
    ['no issuer application data', '9F101307010103', 'DF011307010103'],
    ['AIP of another length', '82027C00', '82017C'],
    ['track 2 without a separator', '1234567D3012', '123456733012'],
    ['track 2 of month 13', '1234567D3012', '1234567D3013'],
    ['track 2 with a letter in the PAN', '6299990000001234567D', '62999900000012345A7D'],
    ['issuer application data of another layout', '9F101307010103', '9F101306010103'],
    ['CVR of another length', '07010103900000', '07010104900000'],
    ['9F27 that says ARQC', '5F340101', '9F270180'],
    ['9F27 that says AAC', '5F340101', '9F270100'],
    ['5F34 that is no number', '5F340101', '5F34010A'],
    ['CTQ of another length', '9F6C022000', '9F6C012000'],
    ['a data object of the terminal', '5F340101', '9C010100'],
    ['a data object twice', '5F3401019F6C022000', '9F6C0220009F6C022000'],
  ])('%s', (_, piece, by) => {
    expect(said(edited(MODERN, 'gpo', piece, by))).toBe('declined card-error none');
  });
});

it('5F34 that is no number ends it for a card that wants the host as well', () => {
  const online = edited(MODERN, 'gpo', '07010103900000', '07010103A00000');
  const host = { 'authorise-online': { kind: 'approved', authorisationId: 'H-1' } } as const;
  expect(inWords(play(purchase(INPUT), online, { answers: host }).result)).toMatch(/^approved account/);
  const odd = edited(online, 'gpo', '5F340101', '5F34010A');
  expect(inWords(play(purchase(INPUT), odd, { answers: host }).result)).toBe('declined card-error none');
});

describe('what the card is told', () => {
  it('is what its PDOL asks for, in its order: clock, counter and terminal, zeros for what is unknown', () => {
    // 9F21 03, 9F41 04, 9F35 01, 9F33 03, 9F06 08, 9F09 02, 9F7A 01, DF60 01, DF69 01, 9F4E 05, 9F1E 02, DF7E 02.
    const fci =
      '6F548408A000000333010101A54850074A49414E4744559F383C9F66049F02069F03069F1A0295055F2A029A039C019F37049F21039F41049F35019F33039F06089F09029F7A01DF6001DF69019F4E059F1E02DF7E029000';
    const command =
      '80A800004483422600008000000000125000000000000001560000000000015625060100112233441230150000004222E0E9C8A00000033301010100300100014A440000005858000000';
    const card = withAnswer(MODERN, 'select', fci).map((one) => (one.name === 'gpo' ? { ...one, command } : one));
    const data = new Map([
      [0x9f4e, hex('4A44')],
      [0x9f1e, hex('5858585858')],
    ]);
    expect(inWords(play(purchase(inputAt({ data })), card).result)).toBe('approved chip offline none fdda-01');
  });

  it('is zeros where its PDOL does not ask, each in its own length, and so the host hears it', () => {
    const short = edited(
      edited(edited(OLD, 'select', '6F40', '6F31'), 'select', 'A534', 'A525'),
      'select',
      '9F38189F66049F02069F03069F1A0295055F2A029A039C019F3704',
      '9F38099F66049F02069F3704',
    );
    const command = '80A8000010830E260000800000000012501122334400';
    const card = short.map((one) => (one.name === 'gpo' ? { ...one, command } : one));
    const { result } = play(purchase(INPUT), card);
    expect(inWords(result)).toBe('approved chip offline none fdda-00');
    expect(result).toMatchObject({
      chip: {
        amountAuthorised: hex('000000001250'),
        amountOther: new Uint8Array(6),
        terminalCountryCode: new Uint8Array(2),
        tvr: new Uint8Array(5),
        currencyCode: new Uint8Array(2),
        transactionDate: new Uint8Array(3),
        transactionType: new Uint8Array(1),
        unpredictableNumber: hex('11223344'),
      },
    });
  });

  it('cannot be changed by the parameters where it belongs to the transaction', () => {
    const data = new Map([
      [0x9f02, hex('000000000001')],
      [0x9f66, hex('FFFFFFFF')],
      [0x9f37, hex('00000000')],
    ]);
    expect(inWords(play(purchase({ ...INPUT, terminal: { ...INPUT.terminal, data } }), MODERN).result)).toContain(
      'approved',
    );
  });
});

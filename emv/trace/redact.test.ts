import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MODERN, type Script, SM } from '../kernel/testing/golden-cards.ts';
import { INPUT, inWords } from '../kernel/testing/play.ts';
import { hex, toHex } from '../values/index.ts';
import { lenientCard } from './player.ts';
import { type Recording, writeRecording } from './recording.ts';
import { redact } from './redact.ts';
import { redactCommand } from './redact-command.ts';
import { replay } from './replay.ts';
import { replayInput } from './replay-input.ts';

const PAN = '6299990000001234567';
const HIDDEN = '6299999876543214567';

const recordingOf = (script: Pick<Script[number], 'command' | 'answer'>[]): Recording => ({
  exchanges: script.map(({ command, answer }) => ({ command: hex(command), response: hex(answer) })),
});

/** The answer to one command, redacted. */
const answered = (answer: string, command = '00B2010C00'): string => {
  const { exchanges } = redact(recordingOf([{ command, answer }]));
  return toHex(exchanges[0]?.response ?? new Uint8Array());
};

const characters = (digits: string): string => toHex(new TextEncoder().encode(digits));

/** All of it, as it would stand in a file. */
const textOf = (recording: Recording): string => JSON.stringify(writeRecording(recording));

describe('a redacted recording', () => {
  it.each<[string, Script]>([
    ['RSA', MODERN],
    ['SM2', SM],
  ])('has the same commands and lengths, and replays up to the certificates: %s', (_, script) => {
    const recording = recordingOf([...script]);
    const redacted = redact(recording);
    const shape = ({ exchanges }: Recording) =>
      exchanges.map(({ command, response }) => [command.length, response.length]);
    expect(shape(redacted)).toEqual(shape(recording));
    expect(redacted.exchanges.map(({ command }) => toHex(command))).toEqual(script.map(({ command }) => command));
    expect(textOf(redacted)).not.toContain(PAN);
    const made = replayInput(redacted, { caKeys: INPUT.caKeys });
    if (made.kind === 'missing') throw new Error(made.what);
    const replayed = replay('contactless', made.input, lenientCard(redacted), undefined);
    expect(replayed).toMatchObject({ kind: 'ended', outcome: { reason: 'not-genuine', debited: 'none' } });
    expect(replayed.kind === 'ended' && inWords(replayed.outcome)).toBe('declined not-genuine none');
  });

  it.each([
    [
      'its serial number',
      '00B095001E',
      'A1A2A3A4A5A6A7A80201310000001234567890122024010120991231AABB9000',
      'A1A2A3A4A5A6A7A80201310000987654321090122024010120991231AABB9000',
    ],
    [
      'no other file',
      '00B096001E',
      'A1A2A3A4A5A6A7A80201310000001234567890122024010120991231AABB9000',
      'A1A2A3A4A5A6A7A80201310000001234567890122024010120991231AABB9000',
    ],
    ['a file that has another length', '00B095001E', '0201310000001234567890129000', '0000000000000000000000009000'],
    ['TAC and MAC2', '805401000F0000002A2025060112301556D9698708', '9AA91D39D5BA4A539000', '00000000000000009000'],
    ['the same, proven', '805A000602000808', 'D5BA4A539AA91D399000', '00000000000000009000'],
    ['the TAC of a load', '805200000B20250601123100D753D84104', '309FFC9C9000', '000000009000'],
    [
      'its MAC1 to the host',
      '805000020B010000271001020304050610',
      '0000138800030100A1B2C3D4A4108BCA9000',
      '0000138800030100A1B2C3D4000000009000',
    ],
    [
      'nothing of INITIALIZE FOR PURCHASE',
      '805001020B01000004E20102030405060F',
      '0000138800070000000100A1B2C3D49000',
      '0000138800070000000100A1B2C3D49000',
    ],
  ])('of a purse hides %s', (_, command, answer, shown) => {
    expect(answered(answer, command)).toBe(shown);
  });

  it.each([
    ['805401000F0000002A2025060112301556D9698708', '805401000F0000002A202506011230150000000008'],
    ['805200000B20250601123100D753D84104', '805200000B202506011231000000000004'],
    ['0020000003123456', '0020000003000000'],
    ['8054010001', '8054010001'],
    ['80540100FF00', '80540100FF00'],
  ])('keeps %s without its MAC', (command, kept) => {
    expect(toHex(redactCommand(hex(command)))).toBe(kept);
  });

  it('leaves what it was made from as it was', () => {
    const recording = recordingOf([...MODERN]);
    const before = textOf(recording);
    redact(recording);
    expect(textOf(recording)).toBe(before);
  });

  it.each([
    ['5A', `700C5A0A${PAN}F9000`, `700C5A0A${HIDDEN}F9000`],
    ['57', `70145712${PAN}D30122011234567899000`, `70145712${HIDDEN}D30122010000000009000`],
    ['an even PAN', '700A5A0862999900000012349000', '700A5A0862999998765412349000'],
    ['a PAN too short to show any of it', '70065A04123456789000', '70065A04987654329000'],
    ['5F20', '70075F20044A2E4C2E9000', '70075F2004585858589000'],
    ['9F1F', '70079F1F04313233349000', '70079F1F04585858589000'],
    ['56', '700656044A2E4C2E9000', '70065604585858589000'],
    ['9F61', '70079F6104313233349000', '70079F6104585858589000'],
    ['9F46', '70079F4604AABBCCDD9000', '70079F4604000000009000'],
    ['93', '70069304AABBCCDD9000', '70069304000000009000'],
    ['90 stays', '70069004AABBCCDD9000', '70069004AABBCCDD9000'],
    ['9F26', '770B9F260811223344556677889000', '770B9F260800000000000000009000'],
    [
      'MAC in 9F10',
      '77169F101307010103900000010A010000003750E2D474A19000',
      '77169F101307010103900000010A010000003750000000009000',
    ],
    ['9F10 without discretionary data stays', '770B9F100807010103900000019000', '770B9F100807010103900000019000'],
  ])('%s', (_, answer, expected) => {
    expect(answered(answer)).toBe(expected);
  });

  it('keeps nothing of card data that were cut, and they stay no TLV', () => {
    expect(answered('70105A086299990000009000')).toBe('70FFFFFFFFFFFFFFFFFF9000');
    expect(answered('77105F20044A2E9000')).toBe('77FFFFFFFFFFFF9000');
  });

  it('takes track 2 out of what is no TLV at all', () => {
    expect(answered(`FE${PAN}D30122011234567899000`)).toBe(`FE${HIDDEN}D30122010000000009000`);
  });

  it('takes the cryptogram out of GENERATE AC, and only there', () => {
    const gac = '801380000711223344556677880701010390000001';
    expect(answered(`${gac}9000`, '80AE800000')).toBe('8013800007000000000000000007010103900000019000');
    expect(answered(`${gac}9000`, '80A8000002830000')).toBe(`${gac}9000`);
  });

  it('finds the PAN in answers that came in pieces', () => {
    const whole = `700C5A0A${PAN}F`;
    const { exchanges } = redact(
      recordingOf([
        { command: '00B2010C00', answer: '610E' },
        { command: '00C000000E', answer: `${whole.slice(0, 16)}6106` },
        { command: '00C0000006', answer: `${whole.slice(16)}9000` },
      ]),
    );
    const pieces = exchanges.map(({ response }) => toHex(response));
    expect(pieces).toEqual(['610E', '700C5A0A629999986106', `${`700C5A0A${HIDDEN}F`.slice(16)}9000`]);
  });

  const places = {
    'packed, in a tag nobody knows': (pan: string) => `DF7F0A${pan}F`,
    'packed from the second nibble on': (pan: string) => `DF7F0A1${pan}`,
    'as characters': (pan: string) => `DF7F13${characters(pan)}`,
    'as characters, one digit before': (pan: string) => `DF7F14${characters(`7${pan}`)}`,
  };

  it.each(Object.entries(places))('has no planted PAN %s, in answers or commands', (_, place) => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{19}$/), (pan) => {
        fc.pre(pan.slice(6, 15) !== '987654321');
        const planted = place(pan);
        const names = `700C5A0A${pan}F`;
        const recording = recordingOf([
          { command: '80CADF7F00', answer: `${planted}9000` },
          { command: '00B2010C00', answer: `${names}9000` },
          { command: `80E20000${(planted.length / 2).toString(16).padStart(2, '0')}${planted}`, answer: '9000' },
        ]);
        const text = textOf(redact(recording));
        expect(text).not.toContain(pan);
        expect(text).not.toContain(characters(pan));
      }),
      { numRuns: 200 },
    );
  });

  it('of any bytes has the same lengths', () => {
    const bytes = fc.uint8Array({ maxLength: 60 });
    fc.assert(
      fc.property(fc.array(fc.record({ command: bytes, response: bytes }), { maxLength: 10 }), (exchanges) => {
        const redacted = redact({ exchanges }).exchanges;
        const lengths = (list: Recording['exchanges']) =>
          list.map(({ command, response }) => [command.length, response.length]);
        expect(lengths(redacted)).toEqual(lengths(exchanges));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a command that may be kept', () => {
  it.each([
    ['VERIFY, plaintext', '0020008008241234FFFFFFFFFF', '00200080080000000000000000'],
    ['VERIFY, enciphered, with Le', '002000880411223344 00', '002000880400000000 00'],
    ['VERIFY of the purse', '00200000031234FF', '0020000003000000'],
    ['VERIFY with too much data', '0020008002123456', '0020008002000000'],
    ['PIN CHANGE by script', '8424000208AABBCCDD11223344', '84240002080000000000000000'],
    ['PIN change of the purse', '805E010005123FFF456F', '805E0100050000000000'],
    ['EXTERNAL AUTHENTICATE', '008200000A1F1EFB69FFE35C4F3030', '008200000A00000000000000003030'],
    ['PUT DATA by script', '04DA9F790A0000000500001A765087', '04DA9F790A00000005000000000000'],
    ['GPO', '80A8000002830000', '80A8000002830000'],
    ['SELECT', '00A404000100', '00A404000100'],
    ['nothing', '', ''],
    ['a header', '84160000', '84160000'],
    ['a MAC that is cut', '8416000004AABB', '8416000004AABB'],
  ])('%s', (_, command, expected) => {
    expect(toHex(redactCommand(hex(command)))).toBe(expected.replaceAll(' ', ''));
  });

  it('is a copy', () => {
    const command = hex('0020008008241234FFFFFFFFFF');
    redactCommand(command);
    expect(toHex(command)).toBe('0020008008241234FFFFFFFFFF');
  });
});

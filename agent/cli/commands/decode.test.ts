import { describe, expect, it } from 'vitest';
import { cli } from '../test-terminal.ts';

const PPSE = '6F1A840E325041592E5359532E4444463031A508BF0C0561034F0101';
const PDOL = '9F66049F02069F03069F1A0295055F2A029A039C019F3704';

describe('decode tlv', () => {
  it('prints the tree with names, text and known identifiers', async () => {
    expect(await cli(['decode', 'tlv', PPSE])).toEqual({
      exitCode: 0,
      err: [],
      out: [
        '6F  File Control Information (FCI) Template',
        '  84  Dedicated File (DF) Name: 325041592E5359532E4444463031  Proximity Payment System Environment (PPSE)',
        '  A5  FCI Proprietary Template',
        '    BF0C  FCI Issuer Discretionary Data',
        '      61  Application Template',
        '        4F  Application Identifier (ADF Name): 01',
      ],
    });
    expect((await cli(['decode', 'tlv', '50 04 4A 44 43 44'])).out).toEqual(['50  Application Label: 4A444344  JDCD']);
  });

  it('gives offsets and lengths in JSON', async () => {
    const { out } = await cli(['decode', 'tlv', '770A9F3602000ADF7F021234', '--json']);
    expect(JSON.parse(out.join(''))).toEqual([
      {
        tag: '77',
        name: 'Response Message Template Format 2',
        offset: 0,
        length: 10,
        children: [
          {
            tag: '9F36',
            name: 'Application Transaction Counter (ATC)',
            offset: 2,
            length: 2,
            value: '000A',
            meaning: '10',
          },
          { tag: 'DF7F', name: null, offset: 7, length: 2, value: '1234' },
        ],
      },
    ]);
  });

  it('reads standard input, and hex as logs write it', async () => {
    const readInput = async () => '0x9F 36:02\n00,0a\n';
    expect((await cli(['decode', 'tlv', '-'], { readInput })).out).toEqual([
      '9F36  Application Transaction Counter (ATC): 000A  10',
    ]);
  });

  it('names the object that is broken', async () => {
    const { exitCode, err } = await cli(['decode', 'tlv', '9F3602000A6F05']);
    expect(exitCode).toBe(1);
    expect(err.join()).toContain('value-truncated in the object at byte 5');
  });
});

describe('decode dol', () => {
  it('prints tags, lengths and their sum', async () => {
    const { out } = await cli(['decode', 'dol', PDOL]);
    expect(out[0]).toBe('TAG   BYTES  NAME');
    expect(out[1]).toBe('9F66      4  Terminal Transaction Qualifiers (TTQ)');
    expect(out.at(-1)).toBe('         33  bytes in all');
    expect(out).toHaveLength(11);
  });

  it('does the same in JSON', async () => {
    const { out } = await cli(['decode', 'dol', '9F37045A08', '--json']);
    expect(JSON.parse(out.join(''))).toEqual({
      entries: [
        { tag: '9F37', length: 4, name: 'Unpredictable Number (UN)' },
        { tag: '5A', length: 8, name: 'Application Primary Account Number (PAN)' },
      ],
      totalLength: 12,
    });
  });

  it('names the entry that is broken', async () => {
    const { exitCode, err } = await cli(['decode', 'dol', '9F37049F']);
    expect(exitCode).toBe(1);
    expect(err.join()).toContain('tag-truncated in the entry at byte 3');
  });
});

describe('decode tlv, what names the cardholder', () => {
  const CARD = '700F5A0862999900000012345F20024A2E';

  it('is masked, and the mask is spoken of', async () => {
    expect(await cli(['decode', 'tlv', CARD])).toEqual({
      exitCode: 0,
      out: [
        '70  Record Template',
        '  5A  Application Primary Account Number (PAN): 629999******1234  629999******1234',
        '  5F20  Cardholder Name: ****  hidden',
      ],
      err: ['What names the cardholder is masked; --show-pan shows it.'],
    });
    const { out, err } = await cli(['decode', 'tlv', CARD, '--json']);
    expect(JSON.parse(out.join(''))).toMatchObject([{ children: [{ masked: true }, { value: '****', masked: true }] }]);
    expect(err).toEqual([]);
  });

  it('is shown with --show-pan', async () => {
    const { out, err } = await cli(['decode', 'tlv', CARD, '--show-pan']);
    expect(out.slice(1)).toEqual([
      '  5A  Application Primary Account Number (PAN): 6299990000001234  6299990000001234',
      '  5F20  Cardholder Name: 4A2E  J.',
    ]);
    expect(err).toEqual([]);
  });
});

describe('decode of a value', () => {
  it.each<[string, string, string]>([
    ['tvr', '0020000000', 'Byte 2 bit 6: Application not yet effective'],
    ['tsi', '80 00', 'Byte 1 bit 8: Offline data authentication was performed'],
    ['aip', '0080', 'Byte 2 bit 8: Contactless PBOC debit/credit selected'],
    ['ttq', '08000000', 'Byte 1 bit 4: Offline-only terminal'],
    ['ctq', '4000', 'Byte 1 bit 7: Signature required'],
    [
      'cvm',
      '0000000000000000 1F00',
      'Rule 1: 1F00  no CVM required, always; if it fails: cardholder verification fails',
    ],
    ['cvm-results', '020302', 'Result: successful'],
    ['iad', '07010103900000010A010000003750E2D474A1', '  Electronic cash balance: 0000003750  37.50'],
    ['atr', '3B 80 80 01 01', 'TCK: 01  right'],
    ['sw', '6985', '6985: Conditions of use not satisfied'],
    ['auc', '2000', 'Byte 1 bit 6: Valid for domestic goods'],
    ['capabilities', '22', 'Environment: attended, offline with online capability'],
    ['capabilities', 'E0E9C8', 'Byte 3 bit 7: DDA'],
    ['capabilities', 'FF80F0A001', 'Byte 5 bit 1: Code table 1'],
  ])('%s %s', async (kind, bytes, line) => {
    const { exitCode, out } = await cli(['decode', kind, bytes]);
    expect(out).toContain(line);
    expect(exitCode).toBe(0);
  });

  it('gives value and parts in JSON, from standard input without a word', async () => {
    const { out } = await cli(['decode', 'sw', '--json'], { readInput: async () => '63 C1\n' });
    expect(JSON.parse(out.join(''))).toEqual({
      value: '63C1',
      words: [
        { name: '63C1', meaning: 'Verification failed, the last digit gives the tries left' },
        { name: 'Tries left', meaning: '1' },
      ],
    });
  });

  it.each<[string[], number, string]>([
    [['tvr', '80'], 1, 'at byte 1: Terminal Verification Results (TVR) has 5 bytes, not 1. Give the value alone'],
    [['capabilities', '2222'], 1, 'at byte 2: terminal type (9F35) has 1 byte'],
    [['atr', '00'], 1, 'at byte 0: an ATR begins with 3B or 3F'],
    [['tvr', '80 0G'], 2, 'that is no hex: "G" at character 5. Give hex digits'],
    [['tvr', '800'], 2, '3 hex digits are no whole bytes. Give two hex digits a byte'],
    [['tvr'], 2, 'no bytes were given'],
  ])('%j exits with %i', async (words, code, said) => {
    const { exitCode, err } = await cli(['decode', ...words]);
    expect(exitCode).toBe(code);
    expect(err.join()).toContain(said);
  });
});

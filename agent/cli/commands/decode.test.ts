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
          { tag: '9F36', name: 'Application Transaction Counter (ATC)', offset: 2, length: 2, value: '000A' },
          { tag: 'DF7F', name: null, offset: 7, length: 2, value: '1234' },
        ],
      },
    ]);
  });

  it('reads standard input, and hex as logs write it', async () => {
    const readInput = async () => '0x9F 36:02\n00,0a\n';
    expect((await cli(['decode', 'tlv', '-'], { readInput })).out).toEqual([
      '9F36  Application Transaction Counter (ATC): 000A',
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

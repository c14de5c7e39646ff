import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../values/index.ts';
import { answerToReset } from './atr.ts';
import { bitString } from './bit-string.ts';
import {
  authorisationResponse,
  cryptogramInformation,
  documentType,
  logEntry,
  priorityIndicator,
  terminalType,
  transactionType,
} from './codes.ts';
import { cvmList, cvmResults } from './cvm.ts';
import { dataObjectList, fileLocator, tagList } from './dol.ts';
import { issuerApplicationData } from './issuer-application-data.ts';
import { statusWord } from './status-word.ts';
import type { Decoder, Words } from './words.ts';

const flat = (words: readonly Words[]): string[] =>
  words.flatMap(({ name, value, meaning, parts = [] }) => [
    [name, value, meaning].filter((part) => part !== undefined).join(' | '),
    ...flat(parts).map((line) => `> ${line}`),
  ]);

/** What a decoder says of bytes, a line each. */
function said(decoder: Decoder, bytes: string): string[] {
  const read = decoder(hex(bytes));
  return read.kind === 'decoded' ? flat(read.words) : [`malformed at ${read.offset}: ${read.problem}`];
}

describe('bit strings', () => {
  it.each<[number, string, string[]]>([
    [0x95, '0000000000', ['No bit | is set']],
    [
      0x95,
      '8040080000',
      [
        'Byte 1 bit 8 | Offline data authentication was not performed',
        'Byte 2 bit 7 | Expired application',
        'Byte 3 bit 4 | PIN entry required, PIN pad present, but PIN was not entered',
      ],
    ],
    [
      0x9b,
      'E001',
      [
        'Byte 1 bit 8 | Offline data authentication was performed',
        'Byte 1 bit 7 | Cardholder verification was performed',
        'Byte 1 bit 6 | Card risk management was performed',
        'Byte 2 bit 1 | reserved for future use',
      ],
    ],
    [
      0x9f66,
      '26000080',
      [
        'Byte 1 bit 6 | qPBOC supported',
        'Byte 1 bit 3 | Online PIN supported',
        'Byte 1 bit 2 | Signature supported',
        'Byte 4 bit 8 | fDDA version 01 supported',
      ],
    ],
    [0x9f07, '0180', ['Byte 1 bit 1 | Valid at terminals other than ATMs', 'Byte 2 bit 8 | Domestic cashback allowed']],
    [
      0x9f33,
      '004001',
      ['Byte 2 bit 7 | Enciphered PIN for online verification', 'Byte 3 bit 1 | reserved for future use'],
    ],
    [0x9f40, '0000000001', ['Byte 5 bit 1 | Code table 1']],
    [0x9f0e, '0010000000', ['Byte 2 bit 5 | Requested service not allowed for card product']],
    [0x95, '8000', ['malformed at 2: Terminal Verification Results (TVR) has 5 bytes, not 2']],
    [0x9f6c, '800000', ['malformed at 2: Card Transaction Qualifiers (CTQ) has 2 bytes, not 3']],
  ])('%i %s', (tag, bytes, lines) => {
    expect(said(bitString(tag), bytes)).toEqual(lines);
  });
});

describe('codes', () => {
  it.each<[Decoder, string, string]>([
    [cryptogramInformation, '40', 'Bits 8-7 | TC: approved offline'],
    [cryptogramInformation, '8B', 'Bits 8-7 | ARQC: the host is to be asked'],
    [cryptogramInformation, '8B', 'Bit 4 | advice required'],
    [cryptogramInformation, '8B', 'Bits 3-1 | issuer authentication failed'],
    [authorisationResponse, '5931', 'Y1 | offline approved'],
    [authorisationResponse, '5A33', 'Z3 | unable to go online, offline declined'],
    [authorisationResponse, '3030', '00 | approved by the host'],
    [authorisationResponse, '3535', '55 | declined by the host, or a code of its own'],
    [authorisationResponse, '0001', 'malformed at 0: the ARC is two letters or digits'],
    [terminalType, '22', 'Operated by | merchant'],
    [terminalType, '25', 'Environment | unattended, offline with online capability'],
    [priorityIndicator, '01', 'Order | 1, the highest'],
    [priorityIndicator, '82', 'Confirmation by the cardholder | needed'],
    [logEntry, '0B0A', 'File | SFI 11'],
    [logEntry, '0B0A', 'Records | 10 at most'],
    [transactionType, '00', '00 | purchase'],
    [transactionType, '60', '60 | load'],
    [documentType, '02', '02 | passport'],
    [statusWord, '61 00', 'To be fetched | 256 bytes'],
    [statusWord, '6C 1C', 'Right Le | 28 bytes'],
    [statusWord, '63C2', 'Tries left | 2'],
    [statusWord, '6A83', '6A83 | Record not found'],
    [statusWord, '1234', '1234 | named in none of the standards; the card’s own'],
    [statusWord, '90', 'malformed at 1: a status word has 2 bytes, not 1'],
    [fileLocator, '0801020010030301', 'SFI 1 | 08010200 | records 1 to 2; offline data authentication covers none'],
    [fileLocator, '0801020010030301', 'SFI 2 | 10030301 | record 3; offline data authentication covers the first 1'],
    [fileLocator, '08010200100303', 'malformed at 4: an entry of the AFL has 4 bytes'],
    [dataObjectList, '9F3704DF6901', 'DF69 | SM Algorithm Support Indicator, 1 byte'],
    [dataObjectList, '9F37', 'malformed at 0: no data object list: length-truncated'],
    [tagList, '829F37', '9F37 | Unpredictable Number (UN)'],
    [tagList, '829F', 'malformed at 1: the tag is cut off'],
  ])('%o %s: %s', (decoder, bytes, line) => {
    expect(said(decoder, bytes)).toContain(line);
  });
});

describe('cardholder verification', () => {
  it('reads a list, its amounts, methods, conditions and what comes after a failure', () => {
    expect(said(cvmList, '000007D0000000005F0601034220')).toEqual([
      'Amount X | 000007D0 | 2000',
      'Amount Y | 00000000 | 0',
      'Rule 1 | 5F06 | no CVM required, if in the application currency and under X; if it fails: try the next rule',
      'Rule 2 | 0103 | plaintext PIN verified by the ICC, if the terminal supports the CVM; if it fails: cardholder verification fails',
      'Rule 3 | 4220 | enciphered PIN verified online, not named here; if it fails: try the next rule',
    ]);
    expect(said(cvmList, '0000000000000000')).toContain('Rules | none');
    expect(said(cvmList, '2000')).toEqual(['malformed at 2: a CVM list begins with two amounts of 4 bytes']);
    expect(said(cvmList, '00000000000000001F')).toEqual(['malformed at 8: a rule has 2 bytes; one byte is left over']);
  });

  it.each<[string, string[]]>([
    [
      '1E0300',
      [
        'CVM performed | signature',
        'Condition | if the terminal supports the CVM',
        'Result | unknown (as for a signature or an online PIN)',
      ],
    ],
    ['3F0001', ['CVM performed | no CVM performed', 'Condition | none', 'Result | failed']],
    ['200002', ['CVM performed | cardholder identification document', 'Condition | always', 'Result | successful']],
  ])('reads the result %s', (bytes, lines) => {
    expect(said(cvmResults, bytes)).toEqual(lines);
  });
});

describe('issuer application data', () => {
  it('reads those of a real card', () => {
    expect(said(issuerApplicationData, '07010103A00000010A010000038787868FD1FC')).toEqual([
      'Derivation key index (DKI) | 01',
      'Cryptogram version (CVN) | 01 | version 1',
      'Card verification results (CVR) | 03A00000',
      '> First GENERATE AC, or GPO | ARQC, ask the host',
      '> Second GENERATE AC | not requested',
      '> Issuer script commands | 0',
      'Algorithm | 01 | 3DES',
      'Issuer discretionary data | 010000038787868FD1FC | believe it only where its MAC has been verified',
      '> Type | 01',
      '> Electronic cash balance | 0000038787 | 387.87',
      '> MAC | 868FD1FC',
    ]);
  });

  it('names the flags of the CVR, the CVN, SM4, and two amounts', () => {
    const lines = said(issuerApplicationData, '0702110394602204 0F 03 0000001250 0000000300 AABBCCDD');
    expect(lines).toEqual(
      expect.arrayContaining([
        'Cryptogram version (CVN) | 11 | version 17',
        '> First GENERATE AC, or GPO | TC, approved',
        '> Set | Offline pin performed',
        '> Set | Pin try limit exceeded',
        '> Set | Velocity exceeded',
        '> Set | Dynamic authentication performed',
        '> Issuer script commands | 2',
        'Algorithm | 04 | SM4',
        '> Electronic cash balance | 0000001250 | 12.50',
        '> Cumulative total transaction amount | 0000000300 | 3.00',
      ]),
    );
  });

  it('says where bytes are none', () => {
    expect(said(issuerApplicationData, '0601')).toEqual([
      'malformed at 0: no IAD of a PBOC card: the first byte is 07, and 7 bytes at least follow it',
    ]);
    expect(said(issuerApplicationData, '0701010400000001')[0]).toContain('malformed at 3');
    expect(said(issuerApplicationData, '07010103000000010201')[0]).toContain('malformed at 8');
  });
});

describe('any bytes', () => {
  it('are put in words or found malformed within themselves', () => {
    const decoders = [
      answerToReset,
      bitString(0x95),
      cryptogramInformation,
      authorisationResponse,
      terminalType,
      cvmList,
      cvmResults,
      dataObjectList,
      tagList,
      fileLocator,
      issuerApplicationData,
      statusWord,
    ];
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom(...decoders), (bytes, decoder) => {
        const read = decoder(bytes);
        if (read.kind === 'malformed') expect(read.offset).toBeLessThanOrEqual(bytes.length);
        else for (const line of flat(read.words)) expect(line).not.toContain('undefined');
      }),
      { numRuns: 2_000 },
    );
  });
});

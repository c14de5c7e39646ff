import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import {
  command,
  externalAuthenticate,
  generateAc,
  getChallenge,
  getData,
  getProcessingOptions,
  getResponse,
  internalAuthenticate,
  readRecord,
  selectByName,
  selectNextByName,
  verify,
} from './command.ts';

describe('command', () => {
  const header = { cla: 0x80, ins: 0xca, p1: 0x9f, p2: 0x36 };

  it.each<[string, Parameters<typeof command>[0], string]>([
    ['header alone', header, '80CA9F36'],
    ['with Le', { ...header, le: 16 }, '80CA9F3610'],
    ['with an odd Le', { ...header, le: 17 }, '80CA9F3611'],
    ['all there is', { ...header, le: 0 }, '80CA9F3600'],
    ['256 bytes', { ...header, le: 256 }, '80CA9F3600'],
    ['with data', { ...header, data: hex('AABB') }, '80CA9F3602AABB'],
    ['with both', { ...header, data: hex('AABB'), le: 0 }, '80CA9F3602AABB00'],
    ['as much data as there may be', { ...header, data: new Uint8Array(255), le: 0 }, `80CA9F36FF${'00'.repeat(256)}`],
    ['empty data are none', { ...header, data: hex(''), le: 0 }, '80CA9F3600'],
  ])('%s', (_, parts, bytes) => {
    expect(toHex(command(parts))).toBe(bytes);
  });

  it.each<[string, Partial<Parameters<typeof command>[0]>]>([
    ['256 bytes of data', { data: new Uint8Array(256) }],
    ['Le of 257', { le: 257 }],
    ['Le below 0', { le: -1 }],
  ])('refuses %s', (_, part) => {
    expect(() => command({ ...header, ...part })).toThrow(RangeError);
  });
});

describe('named commands', () => {
  it.each([
    ['SELECT', selectByName(hex('A000000333010101')), '00A4040008A00000033301010100'],
    ['GET PROCESSING OPTIONS', getProcessingOptions(hex('8300')), '80A8000002830000'],
    ['READ RECORD', readRecord(1, 2), '00B2020C00'],
    ['READ RECORD, highest file', readRecord(30, 255), '00B2FFF400'],
    ['GET DATA', getData(0x9f79), '80CA9F7900'],
    ['GET RESPONSE', getResponse(0x1c), '00C000001C'],
    ['SELECT, next occurrence', selectNextByName(hex('A000000333')), '00A4040205A00000033300'],
    ['INTERNAL AUTHENTICATE', internalAuthenticate(hex('11223344')), '00880000041122334400'],
    ['GENERATE AC', generateAc(0x90, hex('AABB')), '80AE900002AABB00'],
    ['EXTERNAL AUTHENTICATE', externalAuthenticate(hex('0102030405060708')), '00820000080102030405060708'],
    ['GET CHALLENGE', getChallenge(), '0084000000'],
    ['VERIFY, plaintext', verify(false, hex('241234FFFFFFFFFF')), '0020008008241234FFFFFFFFFF'],
    ['VERIFY, enciphered', verify(true, hex('AABBCC')), '0020008803AABBCC'],
  ])('%s', (_, bytes, expected) => {
    expect(toHex(bytes)).toBe(expected);
  });
});

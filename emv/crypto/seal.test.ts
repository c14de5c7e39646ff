import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { openBytes, sealBytes, sealingKey } from './seal.ts';

const KEY = hex('000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F');

// Computed by a second implementation, written from the form that sealBytes documents.
const SEALED: readonly (readonly [string, string, string, string])[] = [
  [
    'F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF',
    '',
    '',
    'F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF4C42931BE061ED465E4AC84915ED711FE8994A0AD54EA0D5D6947948BEDEAA45',
  ],
  [
    'F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF',
    '36323939393930303030303031323334353637',
    '6162',
    'F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF784C107BD84AE3A386BFA0E45267600F43F9432361DC5DF6500FC66E71E1EE50705BA9CA53674206D41508076CA6E1099C227D',
  ],
  [
    // The counter wraps after the first block.
    'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF',
    '6669667465656E2062797465732E2E21616E6420616E6F74686572207468697274792D74776F206F7220736F206279746573',
    '6A64706F73',
    'FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF0CBE982D287CE44F1AC0D451C11A85C97FF850971197C1CEC1513D7A8BF7EBD18EACDFA74D0B6B9295BEE9996CC8A298472E87CB30BC37DD61AE7073F39715CFE80CB02E55F7FC6B0EFDBEEE59E007B593A0',
  ],
];

describe('sealBytes and openBytes', () => {
  it.each(SEALED)('iv %s, plaintext %s, associated data %s', (iv, plaintext, associatedData, sealed) => {
    const data = hex(associatedData);
    expect(toHex(sealBytes({ key: KEY, iv: hex(iv), plaintext: hex(plaintext), associatedData: data }))).toBe(sealed);
    expect(openBytes({ key: KEY, sealed: hex(sealed), associatedData: data })).toEqual(hex(plaintext));
  });

  it('are the same with a key that is kept, whatever it did before', () => {
    const given = KEY.slice();
    const key = sealingKey(given);
    given.fill(0);
    for (const [iv, plaintext, data, sealed] of [...SEALED, ...SEALED.toReversed()]) {
      const associatedData = hex(data);
      expect(toHex(key.seal({ iv: hex(iv), plaintext: hex(plaintext), associatedData }))).toBe(sealed);
      expect(key.open({ sealed: hex(sealed), associatedData: hex('FF') })).toBeUndefined();
      expect(key.open({ sealed: hex(sealed), associatedData })).toEqual(hex(plaintext));
    }
  });

  it('does not open when any one bit differs', () => {
    const [, , associatedData = '', sealed = ''] = SEALED[1] ?? [];
    const bytes = hex(sealed);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = bytes.slice();
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openBytes({ key: KEY, sealed: changed, associatedData: hex(associatedData) })).toBeUndefined();
    }
  });

  it('does not open with other associated data, shorter bytes or another key', () => {
    const [, , associatedData = '', hexSealed = ''] = SEALED[1] ?? [];
    const sealed = hex(hexSealed);
    const data = hex(associatedData);
    expect(openBytes({ key: KEY, sealed, associatedData: hex('6163') })).toBeUndefined();
    expect(openBytes({ key: KEY, sealed, associatedData: new Uint8Array() })).toBeUndefined();
    for (const [at, byte] of KEY.entries()) {
      // The enciphering half only changes what comes out; it is the other half that authenticates.
      const key = KEY.with(at, byte ^ 1);
      const opened = openBytes({ key, sealed, associatedData: data });
      if (at < 16) expect(opened).not.toEqual(hex('36323939393930303030303031323334353637'));
      else expect(opened).toBeUndefined();
    }
  });

  it('keeps associated data and iv apart', () => {
    const iv = hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF');
    const sealed = sealBytes({ key: KEY, iv, plaintext: hex('AABB'), associatedData: hex('0102') });
    const moved = hex(`02${toHex(sealed)}`);
    expect(openBytes({ key: KEY, sealed: moved, associatedData: hex('01') })).toBeUndefined();
  });

  it('opens nothing that it did not seal, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.uint8Array({ maxLength: 8 }), (sealed, associatedData) => {
        expect(openBytes({ key: KEY, sealed, associatedData })).toBeUndefined();
      }),
    );
  });

  it('throws RangeError on a key or iv of another length', () => {
    const some = hex('AABB');
    expect(() => openBytes({ key: KEY.subarray(1), sealed: some, associatedData: some })).toThrow(RangeError);
    expect(() =>
      sealBytes({ key: KEY.subarray(1), iv: KEY.subarray(16), plaintext: some, associatedData: some }),
    ).toThrow(RangeError);
    expect(() => sealBytes({ key: KEY, iv: KEY, plaintext: some, associatedData: some })).toThrow(RangeError);
  });
});

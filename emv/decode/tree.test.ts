import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../values/index.ts';
import { type DecodedObject, decodeTree, isMasked } from './tree.ts';

function objectsOf(bytes: string, showPan = false): readonly DecodedObject[] {
  const tree = decodeTree(hex(bytes), { showPan });
  if (tree.kind === 'malformed') throw new Error(tree.problem);
  return tree.objects;
}

describe('decodeTree', () => {
  it('reads templates to the bottom, with offsets', () => {
    expect(objectsOf('770B9F3602000A940408010200')).toMatchObject([
      {
        tag: '77',
        name: 'Response Message Template Format 2',
        children: [
          { tag: '9F36', offset: 2, length: 2, value: '000A', meaning: '10' },
          { tag: '94', offset: 7, parts: [{ name: 'SFI 1', value: '08010200' }] },
        ],
      },
    ]);
  });

  it.each([
    ['5F2403301231', '2030-12-31'],
    ['9A03251301', undefined],
    ['9F2103235959', '23:59:59'],
    ['9F2103240000', undefined],
    ['9F7906000000123456', '1234.56'],
    ['9F79060000001234AF', undefined],
    ['8408A000000333010106', 'PBOC electronic cash'],
    ['5004 4A444344', 'JDCD'],
    ['9F1302 0102', '258'],
    ['9F1701 03', '3'],
    ['DF7F0441424344', undefined],
    ['950180', 'not well formed: Terminal Verification Results (TVR) has 5 bytes, not 1'],
  ])('%s means %s', (bytes, meaning) => {
    expect(objectsOf(bytes)[0]?.meaning).toBe(meaning);
  });

  it.each([
    ['5A0A6299990000001234567F', '629999*********4567F', '6299990000001234567F'],
    ['5A0462999A00', '********', '62999A00'],
    ['57106299990000001234567D30122010AABB', '629999*********4567D3012201*****', '6299990000001234567D30122010AABB'],
    ['5704AABBCCDD', '********', 'AABBCCDD'],
    ['5F20044A2E4C2E', '********', '4A2E4C2E'],
    ['5604AABBCCDD', '********', 'AABBCCDD'],
    ['9F1F0431323334', '********', '31323334'],
    ['9F2004AABBCCDD', '********', 'AABBCCDD'],
    ['9F6104AABBCCDD', '********', 'AABBCCDD'],
    ['9F460414629999', '14******', '14629999'],
  ])('%s is masked as %s', (bytes, masked, open) => {
    expect(objectsOf(bytes)).toMatchObject([{ value: masked, masked: true }]);
    expect(isMasked(objectsOf(`70${(bytes.length / 2).toString(16).padStart(2, '0')}${bytes}`))).toBe(true);
    expect(objectsOf(bytes, true)).toMatchObject([{ value: open }]);
    expect(isMasked(objectsOf(bytes, true))).toBe(false);
  });

  it.each([
    ['as it is', 'DF7F0A6299990000001234567F'],
    ['from the second nibble on', 'DF7F0A16299990000001234567'],
    ['as characters', 'DF7F1336323939393930303030303031323334353637'],
  ])('hides the PAN %s in a tag that nobody knows', (_, foreign) => {
    const objects = objectsOf(`700C5A0A6299990000001234567F${foreign}`);
    expect(JSON.stringify(objects)).not.toMatch(/0000001234567|30303030303030313233343536/);
    expect(objects.at(-1)).toMatchObject({ masked: true, meaning: 'hidden: the PAN is in it' });
  });

  it('says where bytes are none', () => {
    expect(decodeTree(hex('9F3602000A6F05'))).toEqual({
      kind: 'malformed',
      offset: 5,
      problem: 'no BER-TLV: value-truncated',
    });
  });

  it('reads any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
        expect(['decoded', 'malformed']).toContain(decodeTree(bytes).kind);
      }),
      { numRuns: 2_000 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, hex, toHex } from '../values/index.ts';
import { staticDataToAuthenticate } from './static-data.ts';

const AIP = hex('7C00');
const record = (sfi: number, data: string) => ({ sfi, data: hex(data) });

/** The bytes as hex, or why there are none. */
function outcome(records: readonly { sfi: number; data: Uint8Array }[], tagList?: string): string {
  const result = staticDataToAuthenticate({
    records,
    tagList: tagList === undefined ? undefined : hex(tagList),
    aip: AIP,
  });
  return result.kind === 'failed' ? `${result.object} ${result.check}` : toHex(result.bytes);
}

describe('an AIP that somebody has moved into the records', () => {
  // 7C00 is an empty data object as well: the same bytes as with 9F4A, and the AIP no longer among what is signed.
  it.each([
    ['behind the last record', [record(1, '7006 5F340101 7C00')]],
    ['in a record of its own', [record(1, '7004 5F340101'), record(2, '7002 7C00')]],
  ])('%s', (_, records) => {
    expect(outcome(records)).toBe('static-data tag-list');
    expect(outcome(records, '82')).toBe('5F3401017C007C00');
  });

  it('is none where the last data object has a value, or a longer tag', () => {
    expect(outcome([record(1, '7006 7C00 5F340101')])).toBe('7C005F340101');
    expect(outcome([record(1, '7003 5F2D00')])).toBe('5F2D00');
  });
});

describe('staticDataToAuthenticate', () => {
  it.each([
    ['nothing', [], undefined, ''],
    ['the AIP alone', [], '82', '7C00'],
    ['a record of file 1: its value', [record(1, '7004 5F340101')], undefined, '5F340101'],
    ['a record of file 10: its value', [record(10, '7003 500101')], undefined, '500101'],
    ['a record of file 11: the whole of it', [record(11, '7003 500101')], undefined, '7003500101'],
    [
      'records in their order, then the AIP',
      [record(2, '7003 500102'), record(12, '7003 500103'), record(1, '7003 500101')],
      '82',
      '50010270035001035001017C00',
    ],
    ['an empty template', [record(1, '7000')], '82', '7C00'],
    ['a length of two bytes', [record(1, '708103 500101')], undefined, '500101'],
  ] as const)('%s', (_, records, tagList, expected) => {
    expect(outcome(records, tagList)).toBe(expected);
  });

  it.each([
    ['no record', ''],
    ['another template', '7703 500101'],
    ['a template and more', '7003 500101 500101'],
    ['a template and padding', '7003 500101 00'],
    ['padding and a template', '00 7003 500101'],
    ['half a template', '7003 5001'],
    ['a broken value', '7003 500201'],
  ])('fails on %s, in every file', (_, data) => {
    expect(outcome([record(1, data)])).toBe('static-data record');
    expect(outcome([record(11, data)])).toBe('static-data record');
  });

  it.each(['', '8282', '829F36', '57', '9F4A'])('fails on the tag list "%s"', (tagList) => {
    expect(outcome([record(1, '7003 500101')], tagList)).toBe('static-data tag-list');
  });

  it('takes records that lie inside a larger buffer', () => {
    const buffer = hex('FFFF 7003 500101 9000');
    expect(outcome([{ sfi: 1, data: buffer.subarray(2, 7) }])).toBe('500101');
  });

  it('never throws', () => {
    const anyRecord = fc.record({ sfi: fc.integer({ min: 0, max: 40 }), data: fc.uint8Array({ maxLength: 40 }) });
    fc.assert(
      fc.property(
        fc.array(anyRecord, { maxLength: 4 }),
        fc.option(fc.uint8Array({ maxLength: 3 }), { nil: undefined }),
        (records, tagList) => {
          const result = staticDataToAuthenticate({ records, tagList, aip: AIP });
          if (result.kind === 'static-data') {
            const longest = concat(...records.map(({ data }) => data), AIP);
            expect(result.bytes.length).toBeLessThanOrEqual(longest.length);
          }
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchRequest, settlementsQuery } from './batch.ts';
import { hotlistQuery } from './hotlist.ts';
import { cursor, hexOf, hexUpTo, moment, queryNumber, shortName, uuid } from './values.ts';

describe('values on the wire', () => {
  it.each([
    ['hex of two bytes', hexOf(2), '0AFF', ['0aff', '0AF', '0AFF0', '0AFG', '']],
    ['hex of one to two bytes', hexUpTo(1, 2), '0A', ['', '0A0', '0A0B0C']],
    [
      'UUID',
      uuid,
      '3f2b8a52-6f0e-4d9c-9d3e-111111111111',
      [
        '3F2B8A52-6F0E-4D9C-9D3E-111111111111',
        '3f2b8a526f0e4d9c9d3e111111111111',
        '3f2b8a52-6f0e-4d9c-9d3e-11111111111',
      ],
    ],
    ['short name', shortName, 'T-1_a.B', ['', '-T', 'a b', 'a/b', 'ü', 'a'.repeat(65)]],
    ['cursor', cursor, 's12_-', ['', 'a b', 'a'.repeat(65), '../x']],
    ['moment', moment, '2026-03-01T12:00:00+08:00', ['2026-03-01T12:00:00', '2026-03-01', '2026-13-01T12:00:00Z']],
  ] as const)('%s', (_title, schema, good, bad) => {
    expect(schema.parse(good)).toBe(good);
    for (const text of bad) expect(schema.safeParse(text).success, text).toBe(false);
  });

  it('numbers in a query are digits, and few', () => {
    expect(queryNumber.parse('12')).toBe(12);
    for (const text of ['', '-1', '1.5', '1e3', '0x1', '1234567890']) {
      expect(queryNumber.safeParse(text).success, text).toBe(false);
    }
    expect(hotlistQuery.parse({})).toEqual({ since: 0 });
    expect(settlementsQuery.parse({})).toEqual({ limit: 100 });
    expect(settlementsQuery.safeParse({ limit: '501' }).success).toBe(false);
  });
});

describe('a batch on the wire', () => {
  const seal = {
    batchId: '3f2b8a52-6f0e-4d9c-9d3e-111111111111',
    terminal: 'T1',
    epoch: 1,
    firstSequence: 1,
    lastSequence: 1,
    count: 1,
    totalMinor: 0,
    chainHead: 'AB'.repeat(32),
    merkleRoot: 'AB'.repeat(32),
  };
  const batch = { seal, signature: 'CD'.repeat(64), records: [{ canonical: 'x' }] };

  it.each([
    ['one readable record', batch.records],
    ['one with its PAN', [{ canonical: 'x', sealedPan: 'AB'.repeat(131) }]],
    ['one unreadable row', [{ unreadable: '00FF', chainHash: 'AB'.repeat(32) }]],
  ])('takes %s', (_title, records) => {
    expect(batchRequest.parse({ ...batch, records }).records).toEqual(records);
  });

  it.each([
    ['no record', []],
    ['a record of both kinds', [{ canonical: 'x', unreadable: '00', chainHash: 'AB'.repeat(32) }]],
    ['a member too many', [{ canonical: 'x', pan: '6299990000001234567' }]],
    ['too many records', Array.from({ length: 1001 }, () => ({ canonical: 'x' }))],
    ['a record that is too long', [{ canonical: 'x'.repeat(8193) }]],
  ])('refuses %s', (_title, records) => {
    expect(batchRequest.safeParse({ ...batch, records }).success).toBe(false);
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        batchRequest.safeParse(value);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { parseTlv } from '../tlv/index.ts';
import { hex } from '../values/index.ts';
import { CardData } from './card-data.ts';

const nodes = (bytes: string) => {
  const parsed = parseTlv(hex(bytes));
  return parsed.kind === 'parsed' ? parsed.nodes : expect.fail(parsed.code);
};

/** What becomes of a GPO answer and records given one after another. */
function take(answer: string, ...records: readonly string[]) {
  const data = new CardData();
  const faults = [data.addAnswer(nodes(answer)), ...records.map((record) => data.addRecord(nodes(record)))];
  return { data, fault: faults.find((fault) => fault !== undefined) };
}

describe('CardData', () => {
  it('finds what answer and records brought, in templates too', () => {
    const { data, fault } = take('82027C00', '8F0180', '7303 500158 5F340101');
    expect(fault).toBeUndefined();
    expect([0x82, 0x8f, 0x50, 0x5f34, 0x90].map((tag) => data.get(tag))).toEqual([
      hex('7C00'),
      hex('80'),
      hex('58'),
      hex('01'),
      undefined,
    ]);
  });

  it.each([
    ['the same twice in the answer', 'duplicate', ['82027C00 82027C00']],
    ['the same in two records', 'duplicate', ['', '5A0162', '5A0162']],
    ['the same twice in one record', 'duplicate', ['', '5A0162 5A0162']],
    ['inside a template and beside it', 'duplicate', ['', '7303500158 500158']],
    ['a record that contradicts the answer', 'duplicate', ['5F340101', '5F340102']],
    ['the amount in the answer', 'forbidden', ['9F0206000000000001']],
    ['the unpredictable number in a record', 'forbidden', ['', '9F370411223344']],
    ['the currency in a template of a record', 'forbidden', ['', '73055F2A020156']],
    ["the host's response code in a record", 'forbidden', ['', '8A023030']],
  ])('%s: %s', (_, expected, [answer = '', ...records]) => {
    expect(take(answer, ...records).fault).toBe(expected);
  });

  it('lets a record repeat what the answer said, and knows no more for it', () => {
    expect(take('5F340101', '5F340101').fault).toBeUndefined();
  });
});

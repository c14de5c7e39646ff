import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../values/index.ts';
import { parseCvmList } from './cvm-list.ts';

describe('parseCvmList', () => {
  it.each([
    ['one rule', '0000000000000000 0203', 0, 0, [[0x02, 0x03]]],
    [
      'three rules as UnionPay has them',
      '0000000000000000 42031E031F00',
      0,
      0,
      [
        [0x42, 0x03],
        [0x1e, 0x03],
        [0x1f, 0x00],
      ],
    ],
    [
      'electronic cash',
      '000007D000000000 5F060103',
      2000,
      0,
      [
        [0x5f, 0x06],
        [0x01, 0x03],
      ],
    ],
    ['the largest amounts', 'FFFFFFFFFFFFFFFE 1F00', 4_294_967_295, 4_294_967_294, [[0x1f, 0x00]]],
  ])('%s', (_, list, amountX, amountY, rules) => {
    expect(parseCvmList(hex(list))).toEqual({
      kind: 'list',
      amountX,
      amountY,
      rules: rules.map(([code, condition]) => ({ code, condition })),
    });
  });

  it.each([
    ['none', undefined, 'absent'],
    ['no bytes', '', 'absent'],
    ['amounts without rules', '000007D000000000', 'absent'],
    ['half a rule', '000007D00000000002', 'malformed'],
    ['a rule and a half', '000007D000000000020302', 'malformed'],
    ['half the amounts', '000007D0', 'malformed'],
    ['one byte', '00', 'malformed'],
  ])('%s', (_, list, kind) => {
    expect(parseCvmList(list === undefined ? undefined : hex(list))).toEqual({ kind });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 260 }), (bytes) => {
        const list = parseCvmList(bytes);
        if (list.kind === 'list') expect(list.rules).toHaveLength((bytes.length - 8) / 2);
      }),
    );
  });
});

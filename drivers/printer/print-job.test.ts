import fc from 'fast-check';
import { expect, it } from 'vitest';
import { textOf, VirtualPrinter } from '../../test-fixtures/printer/virtual-printer.ts';
import { printJob } from './print-job.ts';
import { type SlipLine, slipText } from './slip.ts';

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

it('is these bytes', () => {
  const slip: readonly SlipLine[] = [
    { kind: 'text', text: '重打印', centred: true, emphasised: true, double: true },
    { kind: 'pair', name: 'ATC', value: '0042' },
    { kind: 'rule' },
  ];
  expect(hexOf(printJob(slip, 32))).toBe(
    [
      '1b401d61001c26',
      '1b61011b45011d2111d6d8b4f2d3a10a1d21001b45001b6100',
      `415443${'20'.repeat(25)}303034320a`,
      `${'2d'.repeat(32)}0a`,
      '1d564200',
    ].join(''),
  );
});

it('puts a name and what it is below each other where they do not fit beside each other', () => {
  const slip: readonly SlipLine[] = [{ kind: 'pair', name: '商户名称 MERCHANT', value: 'JIANGDU DEPARTMENT STORE' }];
  expect(slipText(slip, 48)).toEqual(['商户名称 MERCHANT       JIANGDU DEPARTMENT STORE']);
  expect(slipText(slip, 32)).toEqual(['商户名称 MERCHANT', '        JIANGDU DEPARTMENT STORE']);
});

const text = fc.string({
  unit: fc.oneof(
    // Characters for private use come back from GB18030 as those that were given their place since.
    fc.string({ unit: 'binary', minLength: 1 }).filter((made) => !/\p{Co}/u.test(made)),
    fc.constantFrom('\x1b', '\x1d', '\x10\x04\x01', '\n', '江'),
  ),
});
const flag = fc.constantFrom({}, { emphasised: true } as const);
const line: fc.Arbitrary<SlipLine> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), text }).chain((made) => flag.map((more) => ({ ...made, ...more }))),
  fc.record({
    kind: fc.constant('text' as const),
    text,
    centred: fc.constant(true as const),
    double: fc.constant(true as const),
  }),
  fc.record({ kind: fc.constant('pair' as const), name: text, value: text }),
  fc.constant({ kind: 'rule' as const }),
);

it('has no other command than those of its lines, whatever stands in them, and no line that is too long', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.constantFrom(32, 48), (slip, columns) => {
      const printer = new VirtualPrinter({ columns });
      const answers: number[] = [];
      printer.answer = (bytes) => answers.push(...bytes);
      printer.receive(printJob(slip, columns));
      expect([printer.faults, answers, printer.slips.length, printer.paper]).toEqual([[], [], 1, []]);
      const trimmed = (rows: string): string => rows.replace(/ +$/gm, '');
      expect(trimmed(textOf(printer.slips[0] ?? [], columns))).toBe(trimmed(slipText(slip, columns).join('\n')));
    }),
  );
});

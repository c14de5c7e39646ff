import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { encodeTlv } from './encode.ts';
import { parseTlv } from './parse.ts';
import type { Tlv } from './tlv.ts';

/** A tree in one line: tag@offset[children] or tag@offset=value. */
const show = (nodes: readonly Tlv[]): string =>
  nodes
    .map(({ tag, offset, value, children }) => {
      const name = `${tag.toString(16)}@${offset}`;
      return children === undefined ? `${name}=${toHex(value)}` : `${name}[${show(children)}]`;
    })
    .join(' ');

const parsed = (text: string): string => {
  const result = parseTlv(hex(text));
  return result.kind === 'parsed' ? show(result.nodes) : `${result.code}@${result.offset}`;
};

/** A directory answer: FCI, proprietary template, discretionary data, two entries. */
const PPSE =
  '6F33840E325041592E5359532E4444463031A521BF0C1E610D4F08A000000333010101870101610D4F08A000000333010106870102';

describe('parseTlv', () => {
  it.each([
    ['nothing', '', ''],
    ['one object', '9C0100', '9c@0=00'],
    ['an empty value', '5000', '50@0='],
    ['a tag of two bytes', '9F3602000A', '9f36@0=000A'],
    ['a tag of three bytes', 'DF810101FF', 'df8101@0=FF'],
    ['a length in two bytes', '50810141', '50@0=41'],
    ['a length in three bytes', '5082000141', '50@0=41'],
    ['one after another', '9C01009A03250601', '9c@0=00 9a@3=250601'],
    ['a template', '70059C01005000', '70@0[9c@2=00 50@5=]'],
    ['an empty template', '7000', '70@0[]'],
    ['a template of two bytes', 'BF0C035F2D00', 'bf0c@0[5f2d@3=]'],
    ['padding before, between and after', '00009C010000005000009F3600', '9c@2=00 50@7= 9f36@10='],
    ['padding inside a template', '70060000 9C0100 00', '70@0[9c@4=00]'],
    ['padding alone', '000000', ''],
    ['what looks like padding in a value', '50030000 00', '50@0=000000'],
    ['eight levels', '6F0E6F0C6F0A6F086F066F046F025000', '6f@0[6f@2[6f@4[6f@6[6f@8[6f@10[6f@12[50@14=]]]]]]]'],
    [
      'a directory',
      PPSE,
      '6f@0[84@2=325041592E5359532E4444463031 a5@18[bf0c@20[61@23[4f@25=A000000333010101 87@35=01] 61@38[4f@40=A000000333010106 87@50=02]]]]',
    ],
  ])('reads %s', (_, bytes, tree) => {
    expect(parsed(bytes)).toBe(tree);
  });

  it.each([
    ['a tag of two bytes cut off', '9F', 'tag-truncated@0'],
    ['a tag of three bytes cut off', 'DF81', 'tag-truncated@0'],
    ['a tag of four bytes', 'DF81810100', 'tag-too-long@0'],
    ['a tag of four bytes, cut off after three', 'DF8181', 'tag-truncated@0'],
    ['no length', '9C', 'length-truncated@0'],
    ['no length behind a long tag', '9F36', 'length-truncated@0'],
    ['half a length', '5081', 'length-truncated@0'],
    ['half a length of two bytes', '508201', 'length-truncated@0'],
    ['a length without end', '7080 5000 0000', 'length-indefinite@0'],
    ['a length of three bytes', '5083000001FF', 'length-too-long@0'],
    ['the reserved length', '50FF', 'length-too-long@0'],
    ['a value cut off', '5003AABB', 'value-truncated@0'],
    ['a long value cut off', '508201005A', 'value-truncated@0'],
    ['the second object cut off', '9C01005003AA', 'value-truncated@3'],
    ['an object that leaves its template', '70039C02 0000', 'value-truncated@2'],
    ['a tag that leaves its template', '70039C009F 3600', 'tag-truncated@4'],
    ['a long tag that leaves its template', '7002DF81 0101AA', 'tag-truncated@2'],
    ['a length that leaves its template', '70025081 0141', 'length-truncated@2'],
    ['a template cut off', '70055000', 'value-truncated@0'],
    ['nine levels', '6F106F0E6F0C6F0A6F086F066F046F026F00', 'too-deep@16'],
  ])('refuses %s', (_, bytes, fault) => {
    expect(parsed(bytes)).toBe(fault);
  });

  it('obeys the limits it is given', () => {
    expect(parseTlv(hex('70007000'), { maxBytes: 3 })).toEqual({ kind: 'malformed', code: 'too-large', offset: 3 });
    expect(parseTlv(hex('70007000'), { maxBytes: 4 }).kind).toBe('parsed');
    expect(parseTlv(hex('7000'), { maxDepth: 1 })).toEqual({ kind: 'malformed', code: 'too-deep', offset: 2 });
    expect(parseTlv(hex('5000'), { maxDepth: 1 }).kind).toBe('parsed');
  });

  it('reads 65,535 bytes and not one more', () => {
    const bytes = new Uint8Array(65_536).fill(0x41);
    bytes.set(hex('5082FFFB'));
    const whole = parseTlv(bytes.subarray(0, 65_535));
    expect(whole.kind === 'parsed' && whole.nodes[0]?.value.length).toBe(65_531);
    expect(parseTlv(bytes)).toEqual({ kind: 'malformed', code: 'too-large', offset: 65_535 });
  });

  it('gives views, not copies', () => {
    const bytes = hex('FF9C0141FF').subarray(1, 4);
    const result = parseTlv(bytes);
    const value = result.kind === 'parsed' ? result.nodes[0]?.value : undefined;
    expect(value?.buffer).toBe(bytes.buffer);
    expect([value?.byteOffset, value?.length]).toEqual([3, 1]);
  });
});

/** Objects as a test makes them: a primitive tag with its value, or a template with what is inside. */
type Made =
  | { readonly tag: number; readonly value: Uint8Array }
  | { readonly tag: number; readonly inside: readonly Made[] };

const primitives = fc.record({
  tag: fc.constantFrom(0x50, 0x5a, 0x9c, 0x5f24, 0x9f36, 0x9f6c, 0xdf8101),
  value: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 120, maxLength: 300 })),
});
const made: fc.Arbitrary<Made> = fc.letrec<{ made: Made }>((tie) => ({
  made: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    primitives,
    fc.record({ tag: fc.constantFrom(0x6f, 0x70, 0xa5, 0xbf0c), inside: fc.array(tie('made'), { maxLength: 4 }) }),
  ),
})).made;

const depthOf = (one: Made): number => ('inside' in one ? 1 + Math.max(0, ...one.inside.map(depthOf)) : 1);

const encode = (one: Made): Uint8Array =>
  'inside' in one
    ? encodeTlv(one.tag, Uint8Array.from(one.inside.flatMap((child) => [...encode(child)])))
    : encodeTlv(one.tag, one.value);

const shape = (one: Made): unknown =>
  'inside' in one ? { tag: one.tag, inside: one.inside.map(shape) } : { tag: one.tag, value: toHex(one.value) };
const shapeOf = ({ tag, value, children }: Tlv): unknown =>
  children ? { tag, inside: children.map(shapeOf) } : { tag, value: toHex(value) };

describe('whatever the bytes', () => {
  it('what was encoded is read back', () => {
    fc.assert(
      fc.property(fc.array(made, { maxLength: 4 }), (list) => {
        fc.pre(list.every((one) => depthOf(one) < 8));
        const result = parseTlv(Uint8Array.from(list.flatMap((one) => [...encode(one)])));
        expect(result.kind === 'parsed' && result.nodes.map(shapeOf)).toEqual(list.map(shape));
      }),
    );
  });

  const inside = (nodes: readonly Tlv[], from: number, to: number): boolean =>
    nodes.every(({ value, length, offset, children }) => {
      const start = value.byteOffset;
      return (
        value.length === length &&
        offset >= 0 &&
        start >= from &&
        start + length <= to &&
        inside(children ?? [], start, start + length)
      );
    });

  /** Mostly tags and lengths, so that random bytes get somewhere. */
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .array(
        fc.constantFrom(0x00, 0x01, 0x02, 0x04, 0x1f, 0x5f, 0x6f, 0x70, 0x7f, 0x80, 0x81, 0x82, 0x83, 0x9f, 0xff),
        { maxLength: 60 },
      )
      .map((list) => Uint8Array.from(list)),
  );

  it('it never throws, and no value reaches outside its template', () => {
    fc.assert(
      fc.property(bytes, fc.nat(5), fc.nat(5), (given, before, after) => {
        // Foreign bytes around the view: none of them may be read.
        const buffer = new Uint8Array(before + given.length + after).fill(0x81);
        buffer.set(given, before);
        const view = buffer.subarray(before, before + given.length);
        const result = parseTlv(view);
        expect(result.kind === 'parsed' ? show(result.nodes) : result).toEqual(
          parseTlv(given).kind === 'parsed' ? parsed(toHex(given)) : parseTlv(given),
        );
        if (result.kind === 'parsed') {
          expect(inside(result.nodes, before, before + given.length)).toBe(true);
        } else {
          expect(result.offset).toBeLessThanOrEqual(given.length);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

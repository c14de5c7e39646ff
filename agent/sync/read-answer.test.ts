import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemIn, readJson } from './read-answer.ts';

async function* chunks(...parts: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('readJson', () => {
  it('reads JSON wherever the network cuts it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), fc.nat(), async (text, cut) => {
        const all = bytes(text);
        const at = cut % (all.length + 1);
        const read = await readJson(chunks(all.subarray(0, at), all.subarray(at)), all.length);
        expect(read).toEqual({ kind: 'json', value: JSON.parse(text), text });
      }),
    );
  });

  it('answers to any bytes, and reads no more than it was allowed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 })), fc.nat(60), async (parts, maxBytes) => {
        const read = await readJson(chunks(...parts), maxBytes);
        const length = parts.reduce((sum, part) => sum + part.length, 0);
        if (length > maxBytes) expect(read.kind).toBe('bad');
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['half', '{"a":'],
    ['a page', '<html></html>'],
  ])('%s is no JSON', async (_name, text) => {
    expect(await readJson(chunks(bytes(text)), 100)).toEqual({ kind: 'bad', why: 'the answer is not JSON' });
  });

  it('bytes that are no text are none either', async () => {
    expect((await readJson(chunks(Uint8Array.of(0x22, 0xff, 0x22)), 100)).kind).toBe('bad');
    expect((await readJson(chunks(Uint8Array.of(0x22, 0xe5)), 100)).kind).toBe('bad');
  });
});

it.each([
  [
    { code: 'gap', detail: 'd', more: 1 },
    { code: 'gap', detail: 'd' },
  ],
  [{ code: 'gap' }, { code: 'gap' }],
  [{ code: 5 }, { code: 'unknown' }],
  ['text', { code: 'unknown' }],
  [null, { code: 'unknown' }],
])('problemIn(%o)', (value, expected) => {
  expect(problemIn(value)).toEqual(expected);
});

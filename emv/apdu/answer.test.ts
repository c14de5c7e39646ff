import { describe, expect, it } from 'vitest';
import { hex } from '../values/index.ts';
import { parseAnswer } from './answer.ts';

describe('parseAnswer', () => {
  it('splits data and status word', () => {
    expect(parseAnswer(hex('9F360200079000'))).toEqual({ data: hex('9F36020007'), sw: 0x9000 });
    expect(parseAnswer(hex('6A82'))).toEqual({ data: hex(''), sw: 0x6a82 });
  });

  it('gives a view, not a copy', () => {
    const bytes = hex('AA9000');
    expect(parseAnswer(bytes).data.buffer).toBe(bytes.buffer);
  });

  it.each(['', '90'])('less than two bytes (%s) are no answer', (bytes) => {
    expect(() => parseAnswer(hex(bytes))).toThrow(RangeError);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inputEvent, stroke, strokesOf } from '../../test-fixtures/scanner/virtual-keyboard.ts';
import { typedBytes } from './typed-bytes.ts';

const joined = (...events: readonly Uint8Array[]): Uint8Array => Uint8Array.from(events.flatMap((event) => [...event]));
const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** 5 pressed, as a kernel wrote it: seconds, microseconds, EV_KEY, KEY_5, 1. */
const FIVE = '12345678000000009abc0100000000000100060001000000';

describe('what a keyboard types', () => {
  it('reads struct input_event', () => {
    expect(text(typedBytes()(Uint8Array.from(Buffer.from(FIVE, 'hex'))))).toBe('5');
  });

  it('types a code and Enter', () => {
    expect(text(typedBytes()(strokesOf('hQVDUFYwMQ62')))).toBe('hQVDUFYwMQ62\r');
  });

  it.each([
    ['every plain key', false, "1234567890-=qwertyuiop[]\rasdfghjkl;'`\\zxcvbnm,./* 789-456+1230.\r/"],
    ['every key with shift', true, '!@#$%^&*()_+QWERTYUIOP{}\rASDFGHJKL:"~|ZXCVBNM<>?* 789-456+1230.\r/'],
  ])('%s of a US keyboard', (_, shift, typed) => {
    const keys = Array.from({ length: 128 }, (_value, key) => key).filter(
      (key) => ![42, 54, 29, 97, 56, 100, 125, 126].includes(key),
    );
    const events = keys.flatMap((key) => stroke(key));
    expect(text(typedBytes()(joined(...(shift ? [inputEvent(1, 54, 1)] : []), ...events)))).toBe(typed);
  });

  it('shift ends when the last shift key is let go', () => {
    const events = [inputEvent(1, 42, 1), inputEvent(1, 54, 1), inputEvent(1, 42, 0), ...stroke(30)];
    const typed = typedBytes();
    expect(text(typed(joined(...events)))).toBe('A');
    expect(text(typed(joined(inputEvent(1, 54, 0), ...stroke(30))))).toBe('a');
  });

  it('a key that is held down types once', () => {
    expect(text(typedBytes()(joined(inputEvent(1, 2, 1), inputEvent(1, 2, 2), inputEvent(1, 2, 2))))).toBe('1');
  });

  it.each([
    ['lost by the kernel', [inputEvent(0, 3, 0)]],
    ['typed with Ctrl', [inputEvent(1, 29, 1), ...stroke(3), inputEvent(1, 29, 0)]],
    ['typed with Alt', [inputEvent(1, 56, 1), ...stroke(79), inputEvent(1, 56, 0)]],
  ])('what is %s makes the code unreadable, instead of another one', (_, events) => {
    expect(text(typedBytes()(joined(...stroke(2), ...events, ...stroke(4))))).toBe('1\x003');
  });

  it('does not depend on the pieces in which events come, and wipes them', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 20 }), (sizes) => {
        const all = strokesOf('134567890123456789');
        const typed = typedBytes();
        let out = '';
        let at = 0;
        for (const size of [...sizes, all.length]) {
          const piece = all.slice(at, at + size);
          at += size;
          out += text(typed(piece));
          expect(piece.every((byte) => byte === 0)).toBe(true);
        }
        expect(out).toBe('134567890123456789\r');
      }),
    );
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        expect(typedBytes()(bytes.slice()).length).toBeLessThanOrEqual(bytes.length / 24);
      }),
    );
  });
});

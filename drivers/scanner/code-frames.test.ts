import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type CodeFrames, codeFrames } from './code-frames.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** A code as its text, a spoilt one as the reason in brackets. */
let seen: string[];
let frames: CodeFrames;

beforeEach(() => {
  seen = [];
  frames = codeFrames((frame) =>
    seen.push(frame.kind === 'code' ? new TextDecoder().decode(frame.bytes) : `[${frame.why}]`),
  );
});

describe('the codes in what a scanner sends', () => {
  it.each([
    ['CR', '134567890123456789\r'],
    ['LF', '134567890123456789\n'],
    ['CR and LF', '134567890123456789\r\n'],
    ['an AIM identifier before it', ']Q3134567890123456789\r'],
    ['another AIM identifier', ']C0134567890123456789\r\n'],
    ['signs before it, left over', '\r\n\r134567890123456789\r'],
  ])('ended by %s', (_, sent) => {
    frames.push(ascii(sent));
    expect(seen).toEqual(['134567890123456789']);
    expect(frames.isOpen).toBe(false);
  });

  it('an end by silence, where the scanner gives none', () => {
    frames.push(ascii('1345678901'));
    frames.push(ascii('23456789'));
    expect([seen, frames.isOpen]).toEqual([[], true]);
    frames.quiet();
    frames.push(ascii(']Q3281234567890123456'));
    frames.quiet();
    frames.quiet();
    expect(seen).toEqual(['134567890123456789', '281234567890123456']);
  });

  it('half a code is never taken for another: once ended by a sign, silence breaks it off', () => {
    frames.push(ascii('134567890123456789\r'));
    frames.push(ascii('28123456789012345'));
    frames.quiet();
    frames.push(ascii('6789'));
    frames.quiet();
    frames.push(ascii('0123\r\n281234567890123456\r'));
    expect(seen).toEqual(['134567890123456789', '[broken-off]', '281234567890123456']);
  });

  it('noise with a CR in it teaches nothing about the scanner', () => {
    frames.push(Uint8Array.of(0x80, 0x0d));
    frames.push(ascii('134567890123456789'));
    frames.quiet();
    expect(seen).toEqual(['[unreadable]', '134567890123456789']);
  });

  it('a scanner that comes in the place of another is not known yet, and ends nobody else’s code', () => {
    frames.push(ascii('134567890123456789\r28123'));
    frames.reset();
    frames.push(ascii('4567890123456789'));
    frames.quiet();
    expect(seen).toEqual(['134567890123456789', '4567890123456789']);
  });

  it.each([
    ['a control character', [0x31, 0x00, 0x32, 0x0d]],
    ['DEL', [0x31, 0x7f, 0x0d]],
    ['no UTF-8', [0x31, 0xff, 0x32, 0x0d]],
    ['a control character of two bytes', [0x31, 0xc2, 0x85, 0x0d]],
  ])('unreadable: %s', (_, bytes) => {
    frames.push(Uint8Array.from(bytes));
    expect(seen).toEqual(['[unreadable]']);
  });

  it('other text is a code too: what it is told to be is not decided here', () => {
    frames.push(new TextEncoder().encode('https://例.cn\r'));
    expect(seen).toEqual(['https://例.cn']);
  });

  it('holds the longest code there is, and drops a longer one whole', () => {
    const longest = 'A'.repeat(2_953);
    frames.push(ascii(`]Q3${longest}\r`));
    frames.push(ascii(`]Q3${longest}A\r28\r`));
    expect(seen).toEqual([longest, '[too-long]', '28']);
  });

  it('a flood without an end takes no more room, and ends with the next sign', () => {
    for (let n = 0; n < 100; n++) frames.push(new Uint8Array(10_000).fill(0x41));
    frames.push(ascii('\r134567890123456789\r'));
    expect(seen).toEqual(['[too-long]', '134567890123456789']);
  });

  it('wipes what it was given, and what it has given away', () => {
    let lent: Uint8Array | undefined;
    const wiping = codeFrames((frame) => {
      if (frame.kind === 'code') lent = frame.bytes;
    });
    const chunk = ascii('134567890123456789\r');
    wiping.push(chunk);
    expect(chunk.every((byte) => byte === 0)).toBe(true);
    expect(lent?.length).toBe(18);
    expect(lent?.every((byte) => byte === 0)).toBe(true);
  });

  it('does not depend on the pieces in which the bytes come', () => {
    const byte = fc.oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.constantFrom(0x0d, 0x0a, 0x00, 0xff, 0x5d));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 200 }), fc.array(fc.nat(200), { maxLength: 8 }), (bytes, cuts) => {
        const told = (pieces: readonly (readonly number[])[]): string[] => {
          const out: string[] = [];
          const one = codeFrames((frame) => out.push(frame.kind === 'code' ? String(frame.bytes) : frame.why));
          for (const piece of pieces) one.push(Uint8Array.from(piece));
          one.quiet();
          return out;
        };
        const at = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
        expect(told(at.slice(1).map((end, n) => bytes.slice(at[n], end)))).toEqual(told([bytes]));
      }),
    );
  });

  it('never throws, and gives no code that is empty, too long, or has a control character, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 400 }), fc.constant('quiet' as const))), (steps) => {
        const one = codeFrames((frame) => {
          if (frame.kind !== 'code') return;
          expect(frame.bytes.length).toBeGreaterThan(0);
          expect(frame.bytes.length).toBeLessThanOrEqual(2_956);
          expect(frame.bytes.some((value) => value < 0x20)).toBe(false);
        });
        for (const step of steps) step === 'quiet' ? one.quiet() : one.push(step.slice());
      }),
    );
  });
});

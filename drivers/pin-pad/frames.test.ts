import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import { encodeFrame, frameParser, type Signal } from './frames.ts';

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const heard = (bytes: Uint8Array): string[] => frameParser().push(bytes).map(words);
const words = (signal: Signal): string =>
  signal.kind === 'message' ? `${signal.message.envelope} ${String.fromCharCode(...signal.message.data)}` : signal.kind;

// Check characters reckoned by hand: 37 ^ 32 ^ 03 = 06; 30 ^ 38 ^ 30 ^ 0E = 36.
const CANCEL = hex('02 37 32 03 06');
const SELECTED = hex('0F 30 38 30 0E 36');
const BLOCK = '71.00401C967C8198151A458';

describe('frames', () => {
  it('are made', () => {
    expect(toHex(encodeFrame({ envelope: 'payment', data: ascii('72') }))).toBe('0237320306');
    expect(toHex(encodeFrame({ envelope: 'upkeep', data: ascii('080') }))).toBe('0F3038300E36');
  });

  it.each([
    ['a message', CANCEL, ['payment 72']],
    ['a message of upkeep', SELECTED, ['upkeep 080']],
    ['single characters', hex('06 15 04'), ['ack', 'nak', 'eot']],
    ['a check character that is an ACK', hex('06 02 37 32 03 06 06'), ['ack', 'payment 72', 'ack']],
    ['a wrong check character', hex('02 37 32 03 07'), ['damaged']],
    ['a doubled message', hex('02 37 32 03 06 02 37 32 03 06'), ['payment 72', 'payment 72']],
    ['a half message before a whole one', hex('02 37 31 02 37 32 03 06'), ['payment 72']],
    ['a half message before an EOT', hex('02 37 31 04'), ['damaged', 'eot']],
    ['a message that ends like the other kind', hex('02 37 32 0E 36'), ['damaged']],
    ['noise', hex('FF 00 41 02 37 32 03 06 7F'), ['payment 72']],
    ['a message without end', Uint8Array.of(0x02, ...new Uint8Array(600).fill(0x41), 0x06), ['damaged', 'ack']],
    ['nothing between opening and closing', hex('02 03 03'), ['payment ']],
  ])('are found: %s', (_, bytes, signals) => {
    expect(heard(bytes)).toEqual(signals);
  });

  it('forget what has begun', () => {
    const parser = frameParser();
    parser.push(hex('02 37'));
    parser.reset();
    expect(parser.push(hex('32 03 06'))).toEqual([{ kind: 'ack' }]);
  });

  it('give no other PIN block for any flipped bit', () => {
    const frame = encodeFrame({ envelope: 'payment', data: ascii(BLOCK) });
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const flipped = frame.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const messages = heard(flipped).filter((word) => word.startsWith('payment 71.00401'));
      expect(messages, `bit ${bit}`).toEqual([]);
    }
  });

  it('come out the same in whatever pieces the bytes come', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 8 }),
      fc.constantFrom(CANCEL, SELECTED, CANCEL.slice(0, 3), hex('0F'), hex('03')),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const parser = frameParser();
        const inPieces = pieces.flatMap((part) => parser.push(part)).map(words);
        const whole = Uint8Array.from(pieces.flatMap((part) => [...part]));
        expect(heard(whole)).toEqual(inPieces);
        expect(inPieces.length).toBeLessThanOrEqual(whole.length);
      }),
    );
  });

  it('are found again after any noise, the second time at the latest', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (noise) => {
        expect(heard(Uint8Array.of(...noise, ...CANCEL, ...CANCEL))).toContain('payment 72');
      }),
    );
  });

  it('carry every text that has no control characters', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0x1a, max: 0xff }), { maxLength: 512 }), (data) => {
        const message = { envelope: 'upkeep', data: Uint8Array.from(data) } as const;
        expect(frameParser().push(encodeFrame(message))).toEqual([{ kind: 'message', message }]);
      }),
    );
  });
});

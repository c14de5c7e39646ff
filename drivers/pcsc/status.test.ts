import { describe, expect, it } from 'vitest';
import { type PcscFailure, readFailure, readStatus, type StatusSignal } from './status.ts';

describe('a status word', () => {
  it.each<[string, number, StatusSignal | undefined]>([
    ['empty, never a card', 0x0000_0012, { kind: 'absent', count: 0 }],
    ['a card, first insertion', 0x0001_0022, { kind: 'present', count: 1 }],
    ['a card that a program uses exclusively', 0x0003_01a2, { kind: 'present', count: 3 }],
    ['a card that matches an ATR', 0x0001_0062, { kind: 'present', count: 1 }],
    ['a card that does not answer', 0x0005_0222, { kind: 'mute', count: 5 }],
    ['empty, but still reserved', 0x0002_0092, { kind: 'absent', count: 2 }],
    ['the largest count', 0xffff_0022, { kind: 'present', count: 0xffff }],
    ['an unknown reader', 0x0000_0006, { kind: 'unplugged' }],
    ['a reader that cannot be reached', 0x0000_000a, { kind: 'unplugged' }],
    ['nothing', 0x0000_0000, undefined],
    ['changed, and nothing else', 0x0000_0002, undefined],
  ])('%s', (_, word, signal) => {
    expect(readStatus(word)).toEqual(signal);
  });
});

describe('a failed call', () => {
  it.each<[string, PcscFailure]>([
    ['SCardConnect error: No smart card inserted.(0x8010000c)', 'no-card'],
    ['SCardTransmit error: Card was removed.(0x80100069)', 'no-card'],
    ['SCardConnect error: Card is unresponsive.(0x80100066)', 'mute-card'],
    ['SCardConnect error: Card is unpowered.(0x80100067)', 'mute-card'],
    ['SCardConnect error: Sharing violation.(0x8010000b)', 'in-use'],
    ['SCardConnect error: Unknown reader specified.(0x80100009)', 'reader-gone'],
    ['SCardTransmit error: Service not available.(0x8010001d)', 'service-gone'],
    ['SCardGetStatusChange error: RPC transport error.(0x80100013)', 'service-gone'],
    ['SCardTransmit error: Transaction failed.(0x80100016)', 'other'],
    ['Card Reader not connected', 'other'],
  ])('%s', (message, failure) => {
    expect(readFailure(new Error(message))).toBe(failure);
  });

  it('is something else when it is no error', () => {
    expect(readFailure(undefined)).toBe('other');
    expect(readFailure('(0x8010000c)')).toBe('other');
  });
});

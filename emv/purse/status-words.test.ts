import { describe, expect, it } from 'vitest';
import { type Place, reasonFor, triesLeft } from './status-words.ts';

describe('each status word has one outcome at a place', () => {
  it.each<[Place, number, string]>([
    ['select', 0x6283, 'application-blocked'],
    ['select', 0x6a81, 'application-blocked'],
    ['select', 0x6a82, 'no-common-application'],
    ['select', 0x9303, 'application-blocked'],
    ['select', 0x6f00, 'card-error'],
    ['card', 0x6901, 'card-error'],
    ['card', 0x6982, 'pin-not-entered'],
    ['card', 0x6983, 'card-blocked'],
    ['card', 0x6985, 'card-declined'],
    ['card', 0x6a81, 'application-blocked'],
    ['card', 0x9302, 'not-genuine'],
    ['card', 0x9303, 'application-blocked'],
    ['card', 0x9401, 'insufficient-funds'],
    ['card', 0x9402, 'card-blocked'],
    ['card', 0x9403, 'key-not-supported'],
    ['card', 0x9406, 'card-error'],
    ['card', 0x63c2, 'card-error'],
    ['card', 0x6d00, 'card-error'],
    ['card', 0x0000, 'card-error'],
    ['pin', 0x63c2, 'pin-wrong'],
    ['pin', 0x63c0, 'pin-tries-exceeded'],
    ['pin', 0x6983, 'pin-tries-exceeded'],
    ['pin', 0x6984, 'pin-tries-exceeded'],
    ['pin', 0x6700, 'card-error'],
    ['sam', 0x9302, 'not-genuine'],
    ['sam', 0x63c1, 'not-genuine'],
    ['sam', 0x63c0, 'sam-locked'],
    ['sam', 0x6983, 'sam-locked'],
    ['sam', 0x9403, 'key-not-supported'],
    ['sam', 0x6a88, 'key-not-supported'],
    ['sam', 0x6901, 'sam-unavailable'],
    ['sam', 0x6985, 'sam-unavailable'],
    ['sam', 0x6d00, 'sam-unavailable'],
  ])('%s %i: %s', (place, sw, reason) => {
    expect(reasonFor(place, sw)).toBe(reason);
  });

  it('63Cx gives the tries left', () => {
    expect([0x63c0, 0x63c3, 0x63cf, 0x6300, 0x9000].map(triesLeft)).toEqual([0, 3, 15, undefined, undefined]);
  });
});

import { describe, expect, it } from 'vitest';
import { hex, Pan } from '../values/index.ts';
import { parseIssuerApplicationData } from './issuer-application-data.ts';
import { verifyDiscretionaryData } from './verify-discretionary-data.ts';

function verify(algorithm: '3des' | 'sm4', iad: string, atc = '0007'): boolean {
  const parsed = parseIssuerApplicationData(hex(iad));
  const pan = Pan.parse('6299990000001234567');
  if (parsed.kind === 'malformed' || parsed.iad.discretionaryData === undefined || pan === undefined) {
    throw new Error('no discretionary data');
  }
  const mdk = hex('0123456789ABCDEFFEDCBA9876543210');
  return verifyDiscretionaryData({
    mdk,
    algorithm,
    pan,
    panSequence: 1,
    atc: hex(atc),
    data: parsed.iad.discretionaryData,
  });
}

describe('verifyDiscretionaryData', () => {
  it.each([
    ['balance', '3des', '07010103900000010A010000003750E2D474A1'],
    ['balance', 'sm4', '07010103900000040A010000003750FFDBBC94'],
    // Two amounts, by a second implementation of the formula.
    ['balance and CTTA', '3des', '07010103900000010F0300000037500000012345B4EAC997'],
    ['balance and CTTA', 'sm4', '07010103900000040F0300000037500000012345520C0509'],
  ] as const)('%s, %s: %s is genuine', (_, algorithm, iad) => {
    expect(verify(algorithm, iad)).toBe(true);
  });

  it.each([
    ['another balance', '07010103900000010A010000003751E2D474A1', '0007'],
    ['another MAC', '07010103900000010A010000003750E2D474A0', '0007'],
    ['another ATC', '07010103900000010A010000003750E2D474A1', '0008'],
    ['an unknown type', '07010103900000010A060000003750E2D474A1', '0007'],
  ])('refuses %s', (_, iad, atc) => {
    expect(verify('3des', iad, atc)).toBe(false);
  });
});

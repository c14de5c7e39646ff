import { describe, expect, it } from 'vitest';
import { hex } from '../values/index.ts';
import { parseCvr } from './card-verification-results.ts';

describe('parseCvr', () => {
  it.each([
    ['900000', 'tc', 'not-requested', 0, []],
    ['A00000', 'arqc', 'not-requested', 0, []],
    ['800000', 'aac', 'not-requested', 0, []],
    ['B00000', 'rfu', 'not-requested', 0, []],
    ['600000', 'arqc', 'tc', 0, []],
    ['200000', 'arqc', 'aac', 0, []],
    ['F00000', 'rfu', 'rfu', 0, []],
    ['880000', 'aac', 'not-requested', 0, ['issuer-authentication-failed']],
    ['840000', 'aac', 'not-requested', 0, ['offline-pin-performed']],
    ['820000', 'aac', 'not-requested', 0, ['offline-pin-failed']],
    ['810000', 'aac', 'not-requested', 0, ['unable-to-go-online']],
    ['808000', 'aac', 'not-requested', 0, ['last-online-not-completed']],
    ['804000', 'aac', 'not-requested', 0, ['pin-try-limit-exceeded']],
    ['802000', 'aac', 'not-requested', 0, ['velocity-exceeded']],
    ['801000', 'aac', 'not-requested', 0, ['new-card']],
    ['800800', 'aac', 'not-requested', 0, ['last-issuer-authentication-failed']],
    ['800400', 'aac', 'not-requested', 0, ['issuer-authentication-not-performed']],
    ['800200', 'aac', 'not-requested', 0, ['application-blocked-by-pin-try-limit']],
    ['800100', 'aac', 'not-requested', 0, ['last-static-authentication-failed']],
    ['8000F0', 'aac', 'not-requested', 15, []],
    ['800010', 'aac', 'not-requested', 1, []],
    ['800008', 'aac', 'not-requested', 0, ['script-failed']],
    ['800004', 'aac', 'not-requested', 0, ['last-dynamic-authentication-failed']],
    ['800002', 'aac', 'not-requested', 0, ['dynamic-authentication-performed']],
    ['800001', 'aac', 'not-requested', 0, []],
  ] as const)('%s', (bytes, firstDecision, secondDecision, scriptCount, flags) => {
    expect(parseCvr(hex(bytes))).toEqual({ firstDecision, secondDecision, scriptCount, flags: new Set(flags) });
  });
});

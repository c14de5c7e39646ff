import { describe, expect, it } from 'vitest';
import { bitNames } from '../dictionary/index.ts';
import { toHex } from '../values/index.ts';
import {
  TerminalVerificationResults,
  TransactionStatusInformation,
  type TsiBit,
  type TvrBit,
} from './verification-results.ts';

describe('TerminalVerificationResults', () => {
  // EMV Book 3, annex C5.
  it.each<[TvrBit, string]>([
    ['offline-data-authentication-not-performed', '8000000000'],
    ['sda-failed', '4000000000'],
    ['icc-data-missing', '2000000000'],
    ['card-on-exception-file', '1000000000'],
    ['dda-failed', '0800000000'],
    ['cda-failed', '0400000000'],
    ['sda-selected', '0200000000'],
    ['different-application-versions', '0080000000'],
    ['expired-application', '0040000000'],
    ['application-not-yet-effective', '0020000000'],
    ['service-not-allowed', '0010000000'],
    ['new-card', '0008000000'],
    ['cardholder-verification-not-successful', '0000800000'],
    ['unrecognised-cvm', '0000400000'],
    ['pin-try-limit-exceeded', '0000200000'],
    ['pin-pad-not-present-or-not-working', '0000100000'],
    ['pin-not-entered', '0000080000'],
    ['online-pin-entered', '0000040000'],
    ['floor-limit-exceeded', '0000008000'],
    ['lower-consecutive-offline-limit-exceeded', '0000004000'],
    ['upper-consecutive-offline-limit-exceeded', '0000002000'],
    ['selected-randomly', '0000001000'],
    ['merchant-forced-online', '0000000800'],
    ['default-tdol-used', '0000000080'],
    ['issuer-authentication-failed', '0000000040'],
    ['script-failed-before-final-generate-ac', '0000000020'],
    ['script-failed-after-final-generate-ac', '0000000010'],
  ])('%s is %s', (bit, bytes) => {
    const tvr = new TerminalVerificationResults();
    expect(tvr.has(bit)).toBe(false);
    expect(toHex(tvr.set(bit).bytes)).toBe(bytes);
    expect(tvr.has(bit)).toBe(true);
  });

  it('has no more bits than the standard', () => {
    expect(bitNames(0x95)).toHaveLength(27);
  });

  it('starts with zeros, gathers bits and takes none back', () => {
    const tvr = new TerminalVerificationResults();
    expect(toHex(tvr.bytes)).toBe('0000000000');
    tvr.set('new-card', 'expired-application').set().set('new-card', 'floor-limit-exceeded');
    expect(toHex(tvr.bytes)).toBe('0048008000');
  });

  it('lends no bytes of its own', () => {
    const tvr = new TerminalVerificationResults();
    tvr.bytes.fill(0xff);
    expect(toHex(tvr.bytes)).toBe('0000000000');
  });
});

describe('TransactionStatusInformation', () => {
  // EMV Book 3, annex C6.
  it.each<[TsiBit, string]>([
    ['offline-data-authentication-performed', '8000'],
    ['cardholder-verification-performed', '4000'],
    ['card-risk-management-performed', '2000'],
    ['issuer-authentication-performed', '1000'],
    ['terminal-risk-management-performed', '0800'],
    ['script-processing-performed', '0400'],
  ])('%s is %s', (bit, bytes) => {
    const tsi = new TransactionStatusInformation();
    expect(toHex(tsi.set(bit).bytes)).toBe(bytes);
    expect(tsi.has(bit)).toBe(true);
  });
});

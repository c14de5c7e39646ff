import { describe, expect, it } from 'vitest';
import { Pan, toHex } from '../../../emv/values/index.ts';
import { AUTHORISATION_DECLINES, type AuthorisationAnswer } from '../../contract/authorisation.ts';
import type { AuthorisationRequest } from '../../contract/index.ts';
import type { Hsm } from '../../hsm/index.ts';
import { issuerWord } from './issuer-word.ts';

const PAN = Pan.parse('6299990000001234567') ?? expect.fail('no PAN');
const ID = '3f2b8a52-6f0e-4d9c-9d3e-111111111111';
const REQUEST = { issuerData: true, chip: {}, card: { panSequence: 1 } } as AuthorisationRequest;
const approved: AuthorisationAnswer = { id: ID, result: 'approved', authorisationId: 'A000000007' };

/** What the HSM would be asked to say, in words. */
function word(answer: AuthorisationAnswer, { request = REQUEST, blockHotlisted = false } = {}): string | undefined {
  const hsm = {
    issuerAnswer: ({ responseCode, newBalance, blockApplication, scriptIdentifier }) => ({
      authorisationResponseCode: toHex(responseCode),
      issuerAuthenticationData: [
        ...(newBalance === undefined ? [] : [`balance ${newBalance}`]),
        ...(blockApplication ? ['block'] : []),
        toHex(scriptIdentifier),
      ].join(' '),
    }),
  } satisfies Partial<Hsm> as Hsm;
  const said = issuerWord({ hsm, blockHotlisted }, request, PAN, 7, answer);
  return said && `${said.authorisationResponseCode} ${said.issuerAuthenticationData}`;
}

const declined = (reason: (typeof AUTHORISATION_DECLINES)[number]): AuthorisationAnswer => ({
  id: ID,
  result: 'declined',
  reason,
});

describe('what a card is told', () => {
  it('00 when the host approves, and with a load its new balance', () => {
    expect(word(approved)).toBe('3030 00000007');
    expect(word({ ...approved, chipBalanceMinor: 13_750 })).toBe('3030 balance 13750 00000007');
  });

  it.each([
    ['host-declined', '3035'],
    ['balance-unknown', '3035'],
    ['insufficient-funds', '3531'],
    ['expired', '3534'],
    ['pin-wrong', '3535'],
    ['balance-limit', '3631'],
    ['hotlisted', '3632'],
    ['card-blocked', '3632'],
    ['pin-tries-exceeded', '3735'],
  ] as const)('%s: %s', (reason, code) => {
    expect(word(declined(reason))).toBe(`${code} 00000007`);
  });

  it.each(['not-genuine', 'replayed', 'unknown-card'] as const)('nothing, when it is %s', (reason) => {
    expect(word(declined(reason))).toBeUndefined();
  });

  it('nothing, when it cannot be told', () => {
    const { issuerData: _, ...request } = REQUEST;
    expect(word(approved, { request })).toBeUndefined();
  });

  it('a hotlisted one is blocked where the scheme wants that, and no other', () => {
    expect(word(declined('hotlisted'), { blockHotlisted: true })).toBe('3632 block 00000007');
    expect(word(declined('card-blocked'), { blockHotlisted: true })).toBe('3632 00000007');
    expect(word(approved, { blockHotlisted: true })).toBe('3030 00000007');
  });

  it('has a code for every reason but those', () => {
    const told = AUTHORISATION_DECLINES.filter((reason) => word(declined(reason)) !== undefined);
    expect(told).toHaveLength(AUTHORISATION_DECLINES.length - 3);
  });
});

import { describe, expect, it } from 'vitest';
import { fen, hex, toHex } from '../values/index.ts';
import { preProcess } from './pre-processing.ts';
import { inputAt, inWords } from './testing/play.ts';
import type { ApplicationParameters, TerminalParameters } from './transaction.ts';

const limits = (limit?: number, cvm?: number, floor?: number, general?: number): ApplicationParameters => ({
  aid: hex('A000000333010101'),
  partialSelection: false,
  version: hex('0030'),
  ...(limit !== undefined && { transactionLimit: fen(limit) }),
  ...(cvm !== undefined && { cvmLimit: fen(cvm) }),
  ...(floor !== undefined && { offlineFloorLimit: fen(floor) }),
  ...(general !== undefined && { terminalFloorLimit: fen(general) }),
});

/** The TTQ of each allowed application, or how it ended. */
function result(
  amount: number,
  applications: readonly ApplicationParameters[],
  terminal: Partial<TerminalParameters> = {},
): string {
  const done = preProcess(inputAt({ ...terminal, applications }, { amount: fen(amount) }));
  if (done.kind !== 'allowed') return inWords(done);
  return done.applications.map(({ ttq }) => toHex(ttq)).join(' ');
}

const ORDINARY = limits(1000, 300, 200);
const AWAY = { onlineCapable: false };
const SLOT = { contactInterface: true };

describe('the six rules (JR/T 0025.12-2013 §6.2), limits 10.00, CVM 3.00, floor 2.00', () => {
  it.each<[string, number, ApplicationParameters, Partial<TerminalParameters>, string]>([
    ['an ordinary amount', 100, ORDINARY, {}, '26000080'],
    // 1: exactly one currency unit, where it is switched on.
    ['1: a status check', 100, ORDINARY, { statusCheck: true }, '26800080'],
    ['1: one fen more is none', 101, ORDINARY, { statusCheck: true }, '26000080'],
    // 2, 3
    ['2: nothing to pay', 0, ORDINARY, {}, '26800080'],
    ['3: nothing to pay, offline', 0, ORDINARY, AWAY, 'declined offline-limit none'],
    ['3: nothing to pay, offline, with a slot', 0, ORDINARY, { ...AWAY, ...SLOT }, 'other-interface offline-limit'],
    // 4: at or above
    ['4: below the transaction limit', 999, ORDINARY, {}, '26C00080'],
    ['4: at the transaction limit', 1000, ORDINARY, {}, 'declined transaction-limit none'],
    ['4: with a slot', 1000, ORDINARY, SLOT, 'other-interface transaction-limit'],
    ['4: no such limit', 100_000, limits(undefined, 300, 200), {}, '26C00080'],
    // 5: at or above
    ['5: below the CVM limit', 299, limits(1000, 300, 500), {}, '26000080'],
    ['5: at the CVM limit', 300, limits(1000, 300, 500), {}, '26400080'],
    ['5: no such limit', 999, limits(1000, undefined, 5000), {}, '26000080'],
    // 6: above
    ['6: at the floor limit', 200, ORDINARY, {}, '26000080'],
    ['6: above the floor limit', 201, ORDINARY, {}, '26800080'],
    ['6: the general floor limit in its place', 201, limits(1000, 300, undefined, 200), {}, '26800080'],
    ['6: the contactless one counts', 250, limits(1000, 300, 200, 900), {}, '26800080'],
    ['6: neither is there', 100, limits(1000, 300), {}, 'declined offline-limit none'],
  ])('%s', (_, amount, application, terminal, said) => {
    expect(result(amount, [application], terminal)).toBe(said);
  });

  it.each<[string, Partial<TerminalParameters>, string]>([
    ['contact slot', SLOT, '36000080'],
    ['no online PIN', { onlinePin: false }, '22000080'],
    ['no signature', { signature: false }, '24000080'],
    ['offline only', AWAY, '2E000080'],
  ])('the TTQ says what the terminal can do: %s', (_, terminal, ttq) => {
    expect(result(100, [ORDINARY], terminal)).toBe(ttq);
  });
});

describe('while the host is away, what would need it is refused before a card is asked', () => {
  it.each<[string, number, ApplicationParameters, Partial<TerminalParameters>, string]>([
    ['at the floor limit', 200, ORDINARY, AWAY, '2E000080'],
    ['above it', 201, ORDINARY, AWAY, 'declined offline-limit none'],
    ['below the CVM limit', 299, limits(1000, 300, 500), AWAY, '2E000080'],
    ['at the CVM limit', 300, limits(1000, 300, 500), AWAY, 'declined online-pin-required none'],
    [
      'at it, with another slot',
      300,
      limits(1000, 300, 500),
      { ...AWAY, ...SLOT },
      'declined online-pin-required none',
    ],
    ['a status check', 100, ORDINARY, { ...AWAY, statusCheck: true }, 'declined offline-limit none'],
    ['another slot would need the host as well', 201, ORDINARY, { ...AWAY, ...SLOT }, 'declined offline-limit none'],
  ])('%s', (_, amount, application, terminal, said) => {
    expect(result(amount, [application], terminal)).toBe(said);
  });
});

describe('each application has its own limits', () => {
  it('those that refuse are left out, the others are told their own TTQ', () => {
    expect(result(500, [limits(400, 300, 200), limits(1000, 900, 800), ORDINARY])).toBe('26000080 26C00080');
  });

  it('when all refuse, the first one says why', () => {
    expect(result(2000, [limits(1000, 300, 200), limits(5000, 300)])).toBe('declined transaction-limit none');
  });

  it('a terminal without applications has none in common with any card', () => {
    expect(result(100, [])).toBe('declined no-common-application none');
  });
});

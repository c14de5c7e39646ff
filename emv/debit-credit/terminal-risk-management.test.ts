import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TAG } from '../dictionary/index.ts';
import { fen, hex } from '../values/index.ts';
import { type RandomSelection, type RiskFacts, terminalRiskManagement } from './terminal-risk-management.ts';
import { needsVelocityChecking } from './velocity-checking.ts';

/** 12.50 where the floor limit is 200.00; nothing else speaks against it. */
const FACTS: RiskFacts = {
  aip: hex('7C00'),
  terminalType: 0x22,
  amount: fen(1250),
  floorLimit: fen(20_000),
  loggedAmount: fen(0),
  onExceptionFile: false,
  merchantForcedOnline: false,
  electronicCash: false,
  atc: undefined,
  lastOnlineAtc: undefined,
};

const NO_LIMITS = new Map<number, Uint8Array>();

const bits = (facts: Partial<RiskFacts>, card = NO_LIMITS): string =>
  terminalRiskManagement(card, { ...FACTS, ...facts }).tvr.join(' ');

describe('floor limit (EMV Book 3, §10.6.1)', () => {
  it.each([
    ['below', 19_999, 0, ''],
    ['at the limit', 20_000, 0, 'floor-limit-exceeded'],
    ['above', 20_001, 0, 'floor-limit-exceeded'],
    ['with the log, below', 10_000, 9_999, ''],
    ['with the log, at the limit', 10_000, 10_000, 'floor-limit-exceeded'],
    ['the log alone', 0, 20_000, 'floor-limit-exceeded'],
  ])('%s', (_, amount, logged, expected) => {
    expect(bits({ amount: fen(amount), loggedAmount: fen(logged) })).toBe(expected);
  });

  it('a limit of zero takes every amount online', () => {
    expect(bits({ amount: fen(0), floorLimit: fen(0) })).toBe('floor-limit-exceeded');
  });
});

describe('random transaction selection (EMV Book 3, §10.6.2)', () => {
  // Threshold 100.00 and floor limit 200.00: at 150.00 the factor is 0.5, the chance 20 + 0.5 × 30 = 35 %.
  const selection = (random: number, rest: Partial<RandomSelection> = {}): RandomSelection => ({
    threshold: fen(10_000),
    targetPercent: 20,
    maximumTargetPercent: 50,
    random,
    ...rest,
  });

  it.each([
    ['below the threshold, at the target', 9_999, 20, true],
    ['below the threshold, above the target', 9_999, 21, false],
    ['at the threshold, at the target', 10_000, 20, true],
    ['at the threshold, above the target', 10_000, 21, false],
    ['half-way, at the chance', 15_000, 35, true],
    ['half-way, above the chance', 15_000, 36, false],
    ['one fen above half-way: 35.003 %', 15_001, 36, false],
    ['a third of the way to 36 %', 15_333, 36, false],
    ['36 % exactly is at 153.333…', 15_334, 36, true],
    ['last fen below the floor limit: 49.997 %', 19_999, 49, true],
    ['last fen below the floor limit, 50', 19_999, 50, false],
  ])('%s', (_, amount, random, selected) => {
    expect(bits({ amount: fen(amount), randomSelection: selection(random) })).toBe(selected ? 'selected-randomly' : '');
  });

  it('at the floor limit there is nothing to select', () => {
    expect(bits({ amount: fen(20_000), randomSelection: selection(1) })).toBe('floor-limit-exceeded');
  });

  it('the log does not count for the selection', () => {
    const facts = { amount: fen(15_000), loggedAmount: fen(5_000) };
    expect(bits({ ...facts, randomSelection: selection(35) })).toBe('floor-limit-exceeded selected-randomly');
  });

  it('a target of zero selects nobody, 99 everybody', () => {
    const none = selection(1, { targetPercent: 0, maximumTargetPercent: 0 });
    const all = selection(99, { targetPercent: 99, maximumTargetPercent: 99 });
    expect(bits({ randomSelection: none })).toBe('');
    expect(bits({ randomSelection: all })).toBe('selected-randomly');
  });

  it('with a threshold of zero the chance rises from the first fen', () => {
    const rising = (random: number) =>
      selection(random, { threshold: fen(0), targetPercent: 0, maximumTargetPercent: 99 });
    expect(bits({ amount: fen(0), randomSelection: rising(1) })).toBe('');
    expect(bits({ amount: fen(203), randomSelection: rising(1) })).toBe('selected-randomly');
    expect(bits({ amount: fen(202), randomSelection: rising(1) })).toBe('');
  });

  it.each([0x21, 0x23, 0x24, 0x26])('is not for terminal type %i, which has no choice', (terminalType) => {
    expect(bits({ terminalType, randomSelection: selection(1) })).toBe('');
  });

  it('is exact for the largest amounts', () => {
    const facts = { floorLimit: fen(999_999_999_999), amount: fen(499_999_999_999) };
    const halfway = (random: number) =>
      selection(random, { threshold: fen(0), targetPercent: 0, maximumTargetPercent: 98 });
    expect(bits({ ...facts, randomSelection: halfway(49) })).toBe('');
    expect(bits({ ...facts, amount: fen(500_000_000_000), randomSelection: halfway(49) })).toBe('selected-randomly');
  });
});

describe('velocity checking (EMV Book 3, §10.6.3)', () => {
  const LOWER = 'lower-consecutive-offline-limit-exceeded';
  const UPPER = 'upper-consecutive-offline-limit-exceeded';
  const card = (lower?: string, upper?: string) =>
    new Map([
      ...(lower === undefined ? [] : [[TAG.lowerConsecutiveOfflineLimit, hex(lower)] as const]),
      ...(upper === undefined ? [] : [[TAG.upperConsecutiveOfflineLimit, hex(upper)] as const]),
    ]);

  // Lower limit 3, upper limit 5.
  it.each<[string, string | undefined, string | undefined, string]>([
    ['one transaction since', '0011', '0010', ''],
    ['at the lower limit', '0013', '0010', ''],
    ['one above the lower limit', '0014', '0010', LOWER],
    ['at the upper limit', '0015', '0010', LOWER],
    ['one above the upper limit', '0016', '0010', `${LOWER} ${UPPER}`],
    ['a new card', '0001', '0000', 'new-card'],
    ['a new card above both limits', '0006', '0000', `${LOWER} ${UPPER} new-card`],
    ['the counters are equal', '0010', '0010', `${LOWER} ${UPPER}`],
    ['the counter lags behind', '000F', '0010', `${LOWER} ${UPPER}`],
    ['both are zero', '0000', '0000', `${LOWER} ${UPPER} new-card`],
    ['no counter', undefined, '0010', `icc-data-missing ${LOWER} ${UPPER}`],
    ['no counter, a new card', undefined, '0000', `icc-data-missing ${LOWER} ${UPPER} new-card`],
    ['no last online counter', '0011', undefined, `icc-data-missing ${LOWER} ${UPPER}`],
    ['neither', undefined, undefined, `icc-data-missing ${LOWER} ${UPPER}`],
    ['a counter of one byte', '11', '0010', `icc-data-missing ${LOWER} ${UPPER}`],
    ['a last online counter of three bytes', '0011', '000000', `icc-data-missing ${LOWER} ${UPPER}`],
    ['the largest counters', 'FFFF', 'FFFE', ''],
  ])('%s', (_, atc, lastOnline, expected) => {
    const facts = {
      atc: atc === undefined ? undefined : hex(atc),
      lastOnlineAtc: lastOnline === undefined ? undefined : hex(lastOnline),
    };
    expect(bits(facts, card('03', '05'))).toBe(expected);
  });

  it.each<[string, string | undefined, string | undefined, boolean]>([
    ['both limits', '03', '05', true],
    ['no lower limit', undefined, '05', false],
    ['no upper limit', '03', undefined, false],
    ['neither', undefined, undefined, false],
    ['a lower limit of two bytes', '0003', '05', false],
    ['an empty upper limit', '03', '', false],
  ])('%s', (_, lower, upper, needed) => {
    expect(needsVelocityChecking(card(lower, upper))).toBe(needed);
    const facts = { atc: hex('0100'), lastOnlineAtc: hex('0000') };
    expect(bits(facts, card(lower, upper))).toBe(needed ? `${LOWER} ${UPPER} new-card` : '');
  });

  it('limits of zero let no offline transaction pass', () => {
    expect(bits({ atc: hex('0011'), lastOnlineAtc: hex('0010') }, card('00', '00'))).toBe(`${LOWER} ${UPPER}`);
  });

  it('an upper limit below the lower one is looked at all the same', () => {
    expect(bits({ atc: hex('0014'), lastOnlineAtc: hex('0010') }, card('05', '03'))).toBe(UPPER);
  });
});

describe('what is done, and when', () => {
  const ALL: Partial<RiskFacts> = {
    amount: fen(20_000),
    onExceptionFile: true,
    merchantForcedOnline: true,
    atc: hex('0100'),
    lastOnlineAtc: hex('0000'),
  };
  const LIMITS = new Map([
    [TAG.lowerConsecutiveOfflineLimit, hex('03')],
    [TAG.upperConsecutiveOfflineLimit, hex('05')],
  ]);

  it.each<[string, Partial<RiskFacts>, string, string]>([
    [
      'the card asks for it',
      {},
      'card-on-exception-file merchant-forced-online floor-limit-exceeded lower-consecutive-offline-limit-exceeded upper-consecutive-offline-limit-exceeded new-card',
      'terminal-risk-management-performed',
    ],
    ['the card does not ask for it', { aip: hex('7400') }, 'card-on-exception-file merchant-forced-online', ''],
    [
      'electronic cash',
      { electronicCash: true },
      'card-on-exception-file merchant-forced-online',
      'terminal-risk-management-performed',
    ],
    [
      'neither list nor wish',
      { onExceptionFile: false, merchantForcedOnline: false, amount: fen(1), atc: hex('0001') },
      'new-card',
      'terminal-risk-management-performed',
    ],
  ])('%s', (_, facts, tvr, tsi) => {
    const found = terminalRiskManagement(LIMITS, { ...FACTS, ...ALL, ...facts });
    expect([found.tvr.join(' '), found.tsi.join(' ')]).toEqual([tvr, tsi]);
  });
});

it('never throws on what a card gives', () => {
  const value = fc.option(fc.uint8Array({ maxLength: 3 }), { nil: undefined });
  fc.assert(
    fc.property(
      value,
      value,
      value,
      value,
      fc.uint8Array({ maxLength: 3 }),
      (lower, upper, atc, lastOnlineAtc, aip) => {
        const card = { get: (tag: number) => (tag === TAG.lowerConsecutiveOfflineLimit ? lower : upper) };
        const { tvr } = terminalRiskManagement(card, { ...FACTS, aip, atc, lastOnlineAtc });
        expect(new Set(tvr).size).toBe(tvr.length);
      },
    ),
  );
});

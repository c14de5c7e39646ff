import { describe, expect, it } from 'vitest';
import type { Record } from '../../contract/record/index.ts';
import type { Facts, NamedAuthorisation } from './facts-of-record.ts';
import { judge } from './judge.ts';
import type { Undecided } from './undecided.ts';

const TOKEN = 'AB'.repeat(32);
const CARD = { token: TOKEN, maskedPan: '629999*********4567', panSequence: 1, aid: 'A000000333010101' };
const CHIP = {
  cryptogramType: 'tc',
  cryptogram: 'EAD5DD7F514E6EB8',
  amountAuthorised: '000000001250',
  amountOther: '000000000000',
  terminalCountryCode: '0156',
  tvr: '0000000000',
  currencyCode: '0156',
  transactionDate: '250601',
  transactionType: '00',
  unpredictableNumber: '11223344',
  aip: '7C00',
  atc: '0007',
  issuerApplicationData: '07010103900000010A010000003750E2D474A1',
} as const;

const TC: Record = {
  terminal: 'T1',
  epoch: 1,
  sequence: 9,
  paymentId: 'p1',
  kind: 'purchase',
  outcome: 'approved',
  fundedBy: 'chip',
  debited: 'chip',
  offline: true,
  amountMinor: 1250,
  currency: 'CNY',
  at: '2025-06-01T10:00:00+08:00',
  merchant: 'M1',
  reference: 'r1',
  cardholderVerification: 'none',
  offlineAuthentication: 'fdda-01',
  card: CARD,
  chip: CHIP,
  hotlistVersion: 0,
  clock: 'trusted',
  software: 'test',
};
const ARQC: Record = {
  ...TC,
  fundedBy: 'account',
  debited: 'account',
  offline: false,
  authorisationId: 'A1',
  chip: { ...CHIP, cryptogramType: 'arqc' },
};
const DECLINED: Record = { ...TC, outcome: 'declined', fundedBy: 'none', debited: 'none' };
const AFTER_DEBIT: Record = { ...TC, outcome: 'declined-after-debit', fundedBy: 'none' };
const UNDECIDED: Record = { ...TC, outcome: 'undecided', fundedBy: 'none', debited: 'unknown' };

const GOOD: Facts = { inPlace: true, card: 'known', cryptogram: 'genuine' };
const HELD: NamedAuthorisation = {
  state: 'held',
  amountMinor: 1250,
  token: TOKEN,
  panSequence: 1,
  atc: 7,
  cryptogram: 'EAD5DD7F514E6EB8',
};
const OPEN: Undecided = {
  terminal: 'T1',
  epoch: 1,
  sequence: 4,
  token: TOKEN,
  panSequence: 1,
  atc: 7,
  amountMinor: 1250,
  balanceBeforeMinor: 5000,
  cryptogramSeen: true,
  state: 'open',
};

/** The word of a judgement: its effect, or why it is disputed. */
function word(record: Record, facts: Facts): string {
  const judgement = judge(record, facts);
  return judgement.verdict === 'accepted' ? judgement.effect : `disputed: ${judgement.reason}`;
}

describe('a TC that the terminal approved', () => {
  it.each([
    ['is paid from the chip', GOOD, 'pay-from-chip'],
    ['is not paid with a wrong cryptogram', { ...GOOD, cryptogram: 'wrong' }, 'disputed: wrong-cryptogram'],
    ['is paid once', { ...GOOD, moved: 'paid' }, 'disputed: repeated-cryptogram'],
    ['is not paid when it was given back', { ...GOOD, moved: 'given-back' }, 'disputed: repeated-cryptogram'],
    ['is not paid when its ATC was authorised online', { ...GOOD, moved: 'held' }, 'disputed: repeated-cryptogram'],
    ['needs its PAN', { ...GOOD, card: 'pan-missing' }, 'disputed: pan-missing'],
    ['needs the right PAN', { ...GOOD, card: 'pan-mismatch' }, 'disputed: pan-mismatch'],
    ['needs a card of the scheme', { ...GOOD, card: 'unknown' }, 'disputed: unknown-card'],
    ['belongs to its place', { ...GOOD, inPlace: false }, 'disputed: misplaced'],
  ] as const)('%s', (_title, facts, expected) => {
    expect(word(TC, facts)).toBe(expected);
  });
});

describe('an authorised ARQC', () => {
  it.each([
    ['posts its hold', HELD, 'post-hold'],
    ['posts it once', { ...HELD, state: 'posted' }, 'disputed: authorisation-used'],
    ['posts no reversed hold', { ...HELD, state: 'reversed' }, 'disputed: authorisation-reversed'],
    ['posts no void one', { ...HELD, state: 'void' }, 'disputed: authorisation-reversed'],
    ['posts no declined one', { ...HELD, state: 'declined' }, 'disputed: authorisation-mismatch'],
    ['posts no verified TC', { ...HELD, state: 'verified' }, 'disputed: authorisation-mismatch'],
    ['must have the amount', { ...HELD, amountMinor: 1251 }, 'disputed: authorisation-mismatch'],
    ['must have the card', { ...HELD, token: 'CD'.repeat(32) }, 'disputed: authorisation-mismatch'],
    ['must have the sequence number', { ...HELD, panSequence: 2 }, 'disputed: authorisation-mismatch'],
    ['must have the ATC', { ...HELD, atc: 8 }, 'disputed: authorisation-mismatch'],
    ['must have the cryptogram', { ...HELD, cryptogram: '0000000000000000' }, 'disputed: authorisation-mismatch'],
    ['must exist', undefined, 'disputed: authorisation-unknown'],
  ] as const)('%s', (_title, authorisation, expected) => {
    expect(word(ARQC, { ...GOOD, moved: 'held', ...(authorisation && { authorisation }) })).toBe(expected);
  });

  it.each([
    ['is paid where the host had accepted it', GOOD, 'pay-from-account'],
    ['even if another has its number now', { ...GOOD, authorisation: { ...HELD, atc: 8 } }, 'pay-from-account'],
    ['only if it is genuine', { ...GOOD, cryptogram: 'wrong' }, 'disputed: wrong-cryptogram'],
    ['only once', { ...GOOD, moved: 'paid' }, 'disputed: repeated-cryptogram'],
    ['from its hold, if that is still there', { ...GOOD, moved: 'held', authorisation: HELD }, 'post-hold'],
  ] as const)('that the host has lost %s', (_title, facts, expected) => {
    expect(word(ARQC, { ...facts, acceptedBefore: true })).toBe(expected);
  });

  it('must be named', () => {
    const { authorisationId: _, ...unnamed } = ARQC;
    expect(word(unnamed, GOOD)).toBe('disputed: authorisation-missing');
  });
});

describe('the card’s last word on an authorised ARQC', () => {
  const confirmation = {
    cryptogramType: 'tc',
    cryptogram: 'F29E7A92779871E1',
    authorisationResponseCode: '3030',
    tvr: '0000000000',
    unpredictableNumber: '11223344',
    atc: '0007',
    issuerApplicationData: '0701010360000001',
  } as const;
  const facts: Facts = { ...GOOD, moved: 'held', authorisation: HELD };

  it.each([
    ['a TC', confirmation, 'genuine', 'post-hold'],
    ['somebody else’s TC', confirmation, 'wrong', 'disputed: wrong-confirmation'],
    ['a TC that could not be checked', confirmation, undefined, 'disputed: wrong-confirmation'],
    ['an AAC', { ...confirmation, cryptogramType: 'aac' }, 'genuine', 'disputed: inconsistent'],
    ['a TC of another transaction', { ...confirmation, atc: '0008' }, 'genuine', 'disputed: inconsistent'],
  ] as const)('%s', (_title, last, checked, expected) => {
    const record: Record = { ...ARQC, confirmation: last };
    expect(word(record, { ...facts, ...(checked && { confirmation: checked }) })).toBe(expected);
  });

  it('a refusal moves nothing', () => {
    const refused: Record = {
      ...DECLINED,
      chip: ARQC.chip ?? CHIP,
      confirmation: { ...confirmation, cryptogramType: 'aac' },
    };
    expect(word(refused, facts)).toBe('none');
  });
});

describe('a TC that spends the account, no host asked', () => {
  const { authorisationId: _, ...unnamed } = ARQC;
  const alone: Record = { ...unnamed, offline: true, chip: CHIP };

  it.each([
    ['is paid', GOOD, 'pay-from-account'],
    ['is not paid with a wrong cryptogram', { ...GOOD, cryptogram: 'wrong' }, 'disputed: wrong-cryptogram'],
    ['is paid once', { ...GOOD, moved: 'paid' }, 'disputed: repeated-cryptogram'],
    ['takes what was held for its own ARQC', { ...GOOD, moved: 'held', hold: HELD }, 'pay-from-account'],
    ['but only then', { ...GOOD, moved: 'held' }, 'disputed: repeated-cryptogram'],
    [
      'and of its amount',
      { ...GOOD, moved: 'held', hold: { ...HELD, amountMinor: 1 } },
      'disputed: repeated-cryptogram',
    ],
    ['needs a card of the scheme', { ...GOOD, card: 'unknown' }, 'disputed: unknown-card'],
  ] as const)('%s', (_title, facts, expected) => {
    expect(word(alone, facts)).toBe(expected);
  });
});

describe('a chip debited for nothing', () => {
  const resolving: Record = { ...AFTER_DEBIT, resolvesSequence: 4 };

  it.each([
    ['is given back', AFTER_DEBIT, GOOD, 'give-back'],
    ['is given back once', AFTER_DEBIT, { ...GOOD, moved: 'given-back' }, 'disputed: repeated-cryptogram'],
    [
      'is not given back when the merchant has it',
      AFTER_DEBIT,
      { ...GOOD, moved: 'paid' },
      'disputed: repeated-cryptogram',
    ],
    ['needs its TC', AFTER_DEBIT, { ...GOOD, cryptogram: 'wrong' }, 'disputed: wrong-cryptogram'],
    ['settles an undecided payment', resolving, { ...GOOD, resolved: OPEN }, 'give-back'],
    [
      'comes after evidence',
      resolving,
      { ...GOOD, moved: 'given-back', resolved: { ...OPEN, state: 'given-back' } },
      'none',
    ],
    [
      'against evidence',
      resolving,
      { ...GOOD, resolved: { ...OPEN, state: 'not-debited' } },
      'disputed: contradicts-evidence',
    ],
    [
      'of a payment that was paid',
      resolving,
      { ...GOOD, moved: 'paid', resolved: { ...OPEN, state: 'paid' } },
      'disputed: repeated-cryptogram',
    ],
    ['of nothing', resolving, GOOD, 'disputed: resolves-unknown'],
    ['of another amount', resolving, { ...GOOD, resolved: { ...OPEN, amountMinor: 1 } }, 'disputed: resolves-unknown'],
    ['of another ATC', resolving, { ...GOOD, resolved: { ...OPEN, atc: 6 } }, 'disputed: resolves-unknown'],
    [
      'of another card',
      resolving,
      { ...GOOD, resolved: { ...OPEN, token: 'CD'.repeat(32) } },
      'disputed: resolves-unknown',
    ],
  ] as const)('%s', (_title, record, facts, expected) => {
    expect(word(record, facts)).toBe(expected);
  });
});

describe('a debit for nothing whose TC is lost', () => {
  const { chip: _, ...lost } = AFTER_DEBIT;
  const told: Record = { ...lost, card: { ...CARD, atc: 7, balanceBeforeMinor: 5000, balanceAfterMinor: 3750 } };
  const settling: Record = { ...told, resolvesSequence: 4 };
  const { cryptogram: __, ...known } = GOOD;
  it.each([
    ['waits for its chip', told, known, 'keep-undecided'],
    ['moves nothing when its TC was counted', told, { ...known, moved: 'paid' }, 'none'],
    ['needs its PAN', told, { ...known, card: 'pan-missing' }, 'disputed: pan-missing'],
    ['needs its counter', { ...told, card: CARD }, known, 'disputed: inconsistent'],
    ['leaves an undecided payment to its chip', settling, { ...known, resolved: OPEN }, 'none'],
    ['comes after evidence', settling, { ...known, resolved: { ...OPEN, state: 'given-back' } }, 'none'],
    [
      'against evidence',
      settling,
      { ...known, resolved: { ...OPEN, state: 'not-debited' } },
      'disputed: contradicts-evidence',
    ],
    ['of another ATC', settling, { ...known, resolved: { ...OPEN, atc: 6 } }, 'disputed: resolves-unknown'],
    ['of nothing', settling, known, 'disputed: resolves-unknown'],
  ] as const)('%s', (_title, record, facts, expected) => {
    expect(word(record, facts)).toBe(expected);
  });
});

describe('an undecided payment', () => {
  it.each([
    ['is kept', UNDECIDED, GOOD, 'keep-undecided'],
    ['needs its TC', UNDECIDED, { ...GOOD, cryptogram: 'wrong' }, 'disputed: wrong-cryptogram'],
    ['moves nothing when its TC was counted', UNDECIDED, { ...GOOD, moved: 'paid' }, 'none'],
    ['needs its PAN', UNDECIDED, { ...GOOD, card: 'pan-missing' }, 'disputed: pan-missing'],
  ] as const)('%s', (_title, record, facts, expected) => {
    expect(word(record, facts)).toBe(expected);
  });

  it('without a card is only noted', () => {
    const { card: _card, chip: _chip, ...bare } = UNDECIDED;
    expect(word(bare, { inPlace: true, card: 'pan-missing' })).toBe('note-lost');
  });

  it.each([
    ['is kept by its counter', 7, GOOD, 'keep-undecided'],
    ['moves nothing when its TC was counted', 7, { ...GOOD, moved: 'paid' }, 'none'],
    ['needs its PAN', 7, { ...GOOD, card: 'pan-missing' }, 'disputed: pan-missing'],
    ['is only noted without one', undefined, GOOD, 'note-lost'],
  ] as const)('whose cryptogram never came %s', (_title, atc, facts, expected) => {
    const { chip: _, ...rest } = UNDECIDED;
    const { cryptogram: _none, ...known } = facts;
    expect(word({ ...rest, card: { ...CARD, ...(atc !== undefined && { atc }) } }, known)).toBe(expected);
  });

  it.each([
    ['open', 'close-undecided'],
    ['not-debited', 'none'],
    ['given-back', 'disputed: contradicts-evidence'],
    ['paid', 'disputed: contradicts-evidence'],
  ] as const)('found not debited while it is %s', (state, expected) => {
    expect(word({ ...DECLINED, resolvesSequence: 4 }, { ...GOOD, resolved: { ...OPEN, state } })).toBe(expected);
  });
});

describe('a declined payment', () => {
  it('moves nothing, whatever its card is', () => {
    expect(word(DECLINED, { inPlace: true, card: 'unknown', cryptogram: 'wrong' })).toBe('none');
  });
});

describe('a record that contradicts itself', () => {
  it.each([
    ['approved by nobody', { ...TC, fundedBy: 'none' }],
    ['approved from the chip but debited from the account', { ...TC, debited: 'account' }],
    ['approved from the chip with an ARQC', { ...TC, chip: { ...CHIP, cryptogramType: 'arqc' } }],
    ['approved from the account with a TC', { ...ARQC, chip: CHIP }],
    ['another amount than the card saw', { ...TC, amountMinor: 1251 }],
    ['another currency', { ...TC, chip: { ...CHIP, currencyCode: '0840' } }],
    ['an amount that is no number', { ...TC, chip: { ...CHIP, amountAuthorised: '00000000125A' } }],
    ['nothing', { ...TC, amountMinor: 0, chip: { ...CHIP, amountAuthorised: '000000000000' } }],
    ['declined and debited', { ...DECLINED, debited: 'chip' }],
    ['an approval that settles an earlier record', { ...TC, resolvesSequence: 4 }],
    ['a record that settles itself', { ...AFTER_DEBIT, resolvesSequence: 9 }],
  ] as const)('%s', (_title, record) => {
    expect(word(record, { ...GOOD, authorisation: HELD, resolved: OPEN })).toBe('disputed: inconsistent');
  });

  it.each(['card', 'chip'] as const)('approved without a %s', (missing) => {
    expect(word({ ...TC, [missing]: undefined } as Record, GOOD)).toBe('disputed: inconsistent');
  });
});

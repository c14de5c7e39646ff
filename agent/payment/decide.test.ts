import { describe, expect, it } from 'vitest';
import type { CardSeen, ChipData, Outcome } from '../../emv/kernel/index.ts';
import { fen, hex, Pan } from '../../emv/values/index.ts';
import { decide, type TapEnd } from './decide.ts';

const pan = Pan.parse('6299990000001234567');
if (pan === undefined) throw new Error('not a PAN');

const card: CardSeen = {
  pan,
  panSequence: 1,
  expiry: { year: 2030, month: 12, day: 31 },
  aid: hex('A000000333010101'),
  label: 'JIANGDU',
  balanceBefore: fen(5000),
  balanceAfter: fen(3750),
};
const chip: ChipData = {
  cryptogram: hex('EAD5DD7F514E6EB8'),
  cryptogramType: 'tc',
  amountAuthorised: hex('000000001250'),
  amountOther: hex('000000000000'),
  terminalCountryCode: hex('0156'),
  tvr: hex('0000000000'),
  currencyCode: hex('0156'),
  transactionDate: hex('260601'),
  transactionType: hex('00'),
  unpredictableNumber: hex('11223344'),
  aip: hex('7C00'),
  atc: hex('0007'),
  issuerApplicationData: hex('07010103900000010A010000038787868FD1FC'),
};
const seen = { maskedPan: '629999*********4567', label: 'JIANGDU', aid: 'A000000333010101' };

const approved: Outcome = {
  kind: 'approved',
  fundedBy: 'chip',
  offline: true,
  card,
  chip,
  cardholderVerification: 'none',
  offlineAuthentication: 'fdda-01',
};
const fromAccount: Outcome = { ...approved, fundedBy: 'account', offline: false, authorisationId: 'A-1' };
const refused: Outcome = { kind: 'declined', reason: 'host-declined', debited: 'none', card, chip };
const forNothing: Outcome = { ...refused, reason: 'not-genuine', debited: 'chip' };
const reversal = (host: 'approved' | 'declined' | 'no-answer') => ({ reversal: { id: 'r', host } });

const end = (outcome: Outcome, more: Partial<TapEnd> = {}): TapEnd => ({
  outcome,
  interface: 'contactless',
  cancelled: false,
  intentOpen: false,
  hostAsked: false,
  ...more,
});

describe('decide', () => {
  it('approved from the chip', () => {
    expect(decide(end(approved, { intentOpen: true }))).toEqual({
      kind: 'ending',
      state: 'approved',
      detail: { card: { ...seen, balanceMinor: 3750 }, offline: true, fundedBy: 'chip', debited: 'chip' },
      record: {
        outcome: 'approved',
        fundedBy: 'chip',
        debited: 'chip',
        offline: true,
        card,
        chip,
        cardholderVerification: 'none',
        offlineAuthentication: 'fdda-01',
      },
      pan,
    });
  });

  it('approved from the account: the record names the authorisation, and its reversal is cancelled', () => {
    const decision = decide(end(fromAccount, { hostAsked: true, ...reversal('approved') }));
    expect(decision).toMatchObject({ record: { authorisationId: 'A-1', debited: 'account' }, cancelReversal: 'r' });
  });

  it('a TC that the host has verified posts no authorisation', () => {
    const decision = decide(end({ ...approved, offline: false, authorisationId: 'A-1' }, { hostAsked: true }));
    expect(decision).toMatchObject({ detail: { fundedBy: 'chip', offline: false } });
    expect(decision).not.toHaveProperty('record.authorisationId');
  });

  it.each<[string, TapEnd, object]>([
    [
      'declined by the host: nothing to reverse',
      end(refused, { hostAsked: true, ...reversal('declined') }),
      {
        state: 'declined',
        detail: { reason: 'host-declined', debited: 'none' },
        record: { offline: false },
        cancelReversal: 'r',
      },
    ],
    [
      'declined after debit',
      end(forNothing, { intentOpen: true }),
      {
        state: 'declined',
        detail: { reason: 'not-genuine', debited: 'chip', card: { balanceMinor: 3750 } },
        record: { outcome: 'declined-after-debit', fundedBy: 'none', debited: 'chip', offline: true },
      },
    ],
    [
      'cancelled while the host was asked whether the TC is genuine: the chip has paid all the same',
      end(forNothing, { intentOpen: true, cancelled: true, hostAsked: true }),
      { state: 'declined', record: { outcome: 'declined-after-debit' } },
    ],
    [
      'another interface',
      end({ kind: 'other-interface', reason: 'card-error', card }),
      { state: 'declined', detail: { reason: 'use-contact' }, record: { outcome: 'declined', reason: 'use-contact' } },
    ],
    [
      'a card that is not taken here, whatever the interface',
      end({ kind: 'other-interface', reason: 'no-common-application' }),
      { state: 'declined', detail: { reason: 'no-common-application' }, record: { outcome: 'declined' } },
    ],
    [
      'refused before any card was seen',
      end({ kind: 'declined', reason: 'transaction-limit', debited: 'none' }),
      { state: 'declined', detail: { reason: 'transaction-limit', debited: 'none' }, record: { outcome: 'declined' } },
    ],
    [
      'cancelled at the PIN pad',
      end({ kind: 'cancelled', reason: 'pin-timed-out', card }),
      { state: 'cancelled', detail: { reason: 'pin-timed-out', debited: 'none' } },
    ],
    [
      'cancelled by the register at the PIN',
      end({ kind: 'cancelled', reason: 'pin-cancelled', card }, { cancelled: true }),
      { state: 'cancelled', detail: { reason: 'cancelled' } },
    ],
  ])('%s', (_name, tapEnd, expected) => {
    expect(decide(tapEnd)).toMatchObject({ kind: 'ending', ...expected });
  });

  it.each<[string, TapEnd]>([
    ['an approval that came to nothing', end(refused, { hostAsked: true, ...reversal('approved') })],
    ['no answer', end(refused, { hostAsked: true, ...reversal('no-answer') })],
    ['cancelled by the register', end(refused, { cancelled: true, hostAsked: true, ...reversal('no-answer') })],
  ])('%s is reversed', (_name, tapEnd) => {
    expect(decide(tapEnd)).not.toHaveProperty('cancelReversal');
  });

  it('a cancelled payment has no record', () => {
    const decision = decide(end(refused, { cancelled: true, hostAsked: true, ...reversal('no-answer') }));
    expect(decision).toMatchObject({ state: 'cancelled', detail: { reason: 'cancelled', debited: 'none' } });
    expect(decision).not.toHaveProperty('record');
  });

  it.each<[string, TapEnd, string]>([
    ['torn before the intent', end({ kind: 'torn', at: 'before-intent' }), 'transmission'],
    ['torn after it', end({ kind: 'torn', at: 'after-intent' }, { intentOpen: true }), 'torn'],
    ['what is on disk decides', end({ kind: 'torn', at: 'before-intent' }, { intentOpen: true }), 'torn'],
    ['several cards', end({ kind: 'present-again', reason: 'several-cards' }), 'several-cards'],
  ])('%s: a card is asked for again', (_name, tapEnd, reason) => {
    expect(decide(tapEnd)).toEqual({ kind: 'present-again', reason });
  });
});

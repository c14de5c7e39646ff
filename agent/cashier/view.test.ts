import { describe, expect, it } from 'vitest';
import { EMPTY_BOOK, hear } from './payment-book.ts';
import { INITIAL_STATE, type PageState } from './state.ts';
import { type Face, isResult, pinPadOf, queueView, readerView, viewOf } from './view.ts';
import type { Payment, Status } from './wire.ts';

const PAYMENT: Payment = {
  id: 'a',
  kind: 'purchase',
  state: 'awaiting-card',
  amountMinor: 1280,
  reference: 'r',
  offline: false,
  debited: 'none',
  createdAt: '',
};

const showing = (change: Partial<Payment>, page: Partial<PageState> = {}): PageState => ({
  ...INITIAL_STATE,
  daemon: 'reachable',
  currentId: 'a',
  book: hear(EMPTY_BOOK, { ...PAYMENT, ...change }),
  ...page,
});

const STATUS: Status = {
  readers: [],
  clearing: { reachable: true },
  queue: { unacknowledgedCount: 0, unacknowledgedSumMinor: 0 },
  limits: {},
  openIntent: false,
  pinOnScreen: false,
};

describe('the face of a payment', () => {
  it.each<[Partial<Payment>, Face, cancel: boolean, result: boolean]>([
    [{ state: 'awaiting-card' }, 'tap', true, false],
    [{ state: 'card-present' }, 'hold', false, false],
    [{ state: 'awaiting-pin' }, 'pin', true, false],
    [{ state: 'card-present', question: { id: 1, kind: 'application', candidates: [] } }, 'choose', true, false],
    [
      { state: 'card-present', question: { id: 1, kind: 'id-document', documentType: { zh: '', en: '' } } },
      'document',
      true,
      false,
    ],
    [{ state: 'awaiting-pin', question: { id: 1, kind: 'pin', mayBypass: true } }, 'pin', true, false],
    [{ state: 'authorising' }, 'authorising', true, false],
    [{ state: 'present-again', reason: 'transmission' }, 'again', true, false],
    [{ state: 'present-again', reason: 'several-cards' }, 'again', true, false],
    [{ state: 'present-again', reason: 'torn' }, 'same-card-again', true, false],
    [{ state: 'present-again', reason: 'other-card' }, 'same-card-again', true, false],
    [{ state: 'present-again', reason: 'transmission', debited: 'unknown' }, 'same-card-again', true, false],
    [{ state: 'present-again' }, 'same-card-again', true, false],
    [{ state: 'approved', debited: 'chip' }, 'approved', false, true],
    [{ state: 'declined' }, 'declined', false, true],
    [{ state: 'declined', debited: 'chip' }, 'declined-after-debit', false, true],
    [{ state: 'failed', debited: 'unknown' }, 'declined-after-debit', false, true],
    [{ state: 'undecided', debited: 'unknown' }, 'undecided', false, true],
    [{ state: 'cancelled' }, 'cancelled', false, true],
    [{ state: 'failed' }, 'failed', false, true],
  ])('%j is %s', (change, face, mayCancel, result) => {
    const view = viewOf(showing(change));
    expect(view).toMatchObject({ kind: 'payment', face, mayCancel });
    expect(isResult(view)).toBe(result);
  });

  it('of a live payment is unknown while the daemon does not answer; a result stays what it was', () => {
    expect(viewOf(showing({}, { daemon: 'unreachable' }))).toMatchObject({ face: 'lost', mayCancel: false });
    expect(viewOf(showing({ state: 'approved' }, { daemon: 'unreachable' }))).toMatchObject({ face: 'approved' });
  });

  it('cannot be cancelled twice at a time', () => {
    expect(viewOf(showing({}, { cancelling: true }))).toMatchObject({ mayCancel: false });
  });
});

describe('what is not yet at the centre', () => {
  const waiting = { unacknowledgedCount: 2, unacknowledgedSumMinor: 700, oldestAgeS: 60 };
  it.each([
    ['nothing', STATUS, { kind: 'clear', count: 0, sumMinor: 0 }],
    ['some', { ...STATUS, queue: waiting }, { kind: 'waiting', count: 2, sumMinor: 700, oldestAgeS: 62.5 }],
    [
      'some, and no centre',
      { ...STATUS, queue: waiting, clearing: { reachable: false } },
      { kind: 'offline', count: 2, sumMinor: 700, oldestAgeS: 62.5 },
    ],
    ['no centre', { ...STATUS, clearing: { reachable: false } }, { kind: 'offline', count: 0, sumMinor: 0 }],
  ])('%s', (_case, status, view) => {
    expect(queueView(status, 10_000, 12_500)).toEqual(view);
  });
});

describe('the reader', () => {
  const reader = (role: string, state: 'card' | 'empty' | 'unplugged') => ({ name: role + state, role, state });
  it.each([
    ['none', [], 'none'],
    ['the contactless one', [reader('sam', 'card'), reader('contactless', 'empty')], 'empty'],
    ['the one that works', [reader('contactless', 'unplugged'), reader('contactless', 'empty')], 'empty'],
    ['the one with the card', [reader('contactless', 'empty'), reader('contactless', 'card')], 'card'],
    ['any, where none is contactless', [reader('contact', 'unplugged')], 'unplugged'],
  ] as const)('%s', (_case, readers, state) => {
    expect(readerView({ ...STATUS, readers })).toBe(state);
  });
});

describe('the PIN pad on the page', () => {
  const sandbox = { cards: [], networkUp: true, networkMode: 'refuse' } as unknown as NonNullable<PageState['sandbox']>;
  const onScreen = { status: { ...STATUS, pinOnScreen: true } };
  it.each([
    ['none where the cardholder has one', {}, undefined],
    ['the sandbox’s', { sandbox }, 'sandbox'],
    ['the daemon’s own', onScreen, 'on-screen'],
    ['the daemon’s own in the sandbox too', { ...onScreen, sandbox }, 'on-screen'],
  ] as const)('is %s', (_case, state, pad) => {
    expect(pinPadOf(showing({ state: 'awaiting-pin' }, state))).toBe(pad);
    expect(pinPadOf(showing({ state: 'authorising' }, state))).toBeUndefined();
    expect(pinPadOf(showing({ state: 'awaiting-pin' }, { ...state, daemon: 'unreachable' }))).toBeUndefined();
  });
});

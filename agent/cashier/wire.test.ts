import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument, parsePayment, parsePaymentList, parseProblem, parseSandboxCards, parseStatus } from './wire.ts';

const PAYMENT = {
  id: '6c9b8a52-5ac9-4b64-9d0c-0f7a34c9cd2f',
  kind: 'purchase',
  state: 'approved',
  amountMinor: 1280,
  currency: 'CNY',
  reference: 'P1',
  card: { maskedPan: '622384******0011', label: 'JD', aid: 'A000000333010106', balanceMinor: 48_720 },
  offline: true,
  fundedBy: 'chip',
  debited: 'chip',
  record: { epoch: 1, sequence: 42 },
  createdAt: '2026-11-24T10:00:00+08:00',
  updatedAt: '2026-11-24T10:00:01+08:00',
};

describe('a payment', () => {
  it('is read with what the page needs', () => {
    expect(parsePayment(PAYMENT)).toEqual({
      id: PAYMENT.id,
      kind: 'purchase',
      state: 'approved',
      amountMinor: 1280,
      reference: 'P1',
      card: { maskedPan: '622384******0011', label: 'JD', balanceMinor: 48_720 },
      offline: true,
      fundedBy: 'chip',
      debited: 'chip',
      record: { epoch: 1, sequence: 42 },
      createdAt: '2026-11-24T10:00:00+08:00',
    });
  });

  it('has what became of its slips', () => {
    const whyText = { zh: '缺纸', en: 'no paper' };
    const receipt = {
      state: 'not-printed',
      copies: {
        merchant: { state: 'printed', confirmed: false },
        customer: { state: 'not-printed', why: 'paper-out', whyText },
      },
    };
    expect(parsePayment({ ...PAYMENT, receipt })?.slips).toEqual({
      merchant: { state: 'printed', unconfirmed: true },
      customer: { state: 'not-printed', whyText, unconfirmed: false },
    });
    expect(parsePayment({ ...PAYMENT, receipt: { copies: { merchant: { state: 'burnt' } } } })?.slips).toEqual({});
  });

  it.each([
    ['no identity', { ...PAYMENT, id: undefined }],
    ['an unknown state', { ...PAYMENT, state: 'paid' }],
    ['half a fen', { ...PAYMENT, amountMinor: 0.5 }],
    ['a list in its place', [PAYMENT]],
    ['nothing', null],
  ])('with %s is none', (_fault, value) => {
    expect(parsePayment(value)).toBeUndefined();
  });

  it('has a reason in both languages or none', () => {
    const reasonText = { zh: '此卡已过有效期', en: 'This card has expired' };
    expect(parsePayment({ ...PAYMENT, reasonText })?.reasonText).toEqual(reasonText);
    expect(parsePayment({ ...PAYMENT, reasonText: { zh: 'x' } })).not.toHaveProperty('reasonText');
  });

  it('that cannot be read does not hide the others of a list', () => {
    expect(parsePaymentList({ items: [{ id: 1 }, PAYMENT], next: null })?.map(({ id }) => id)).toEqual([PAYMENT.id]);
    expect(parsePaymentList([PAYMENT])).toBeUndefined();
  });
});

describe('the status', () => {
  const STATUS = {
    terminal: 'JD000001',
    readers: [
      { name: 'ACR1252', role: 'contactless', state: 'card' },
      { name: 'odd', role: 'contactless', state: 'melted' },
    ],
    clearing: { reachable: false, lastContactAt: '2026-11-24T02:00:00Z' },
    queue: { unacknowledgedCount: 5, unacknowledgedSumMinor: 6_400, oldestAgeS: 61.5 },
    hotlist: { version: 3, ageS: 60 },
    limits: { floorMinor: 1, cvmMinor: 2, transactionMinor: 3 },
    openIntent: false,
  };

  it('is read with what the page needs', () => {
    expect(parseStatus(STATUS)).toEqual({
      terminal: 'JD000001',
      readers: [{ name: 'ACR1252', role: 'contactless', state: 'card' }],
      clearing: { reachable: false, lastContactAt: '2026-11-24T02:00:00Z' },
      queue: { unacknowledgedCount: 5, unacknowledgedSumMinor: 6_400, oldestAgeS: 61.5 },
      limits: { transactionMinor: 3 },
      openIntent: false,
      pinOnScreen: false,
    });
  });

  it.each([
    [[{ kind: 'pin-pad', name: 'on-screen', state: 'ready' }], true],
    [[{ kind: 'pin-pad', name: '/dev/ttyS0', state: 'ready' }], false],
    [[{ kind: 'scanner', name: 'on-screen', state: 'ready' }], false],
    [['on-screen', null], false],
    ['on-screen', false],
  ])('says whether the PIN is typed on the screen: %j', (devices, pinOnScreen) => {
    expect(parseStatus({ ...STATUS, devices })).toMatchObject({ pinOnScreen });
  });

  it('without its queue is none: a count that is not known must not read as nought', () => {
    expect(parseStatus({ ...STATUS, queue: undefined })).toBeUndefined();
  });
});

describe('the rest', () => {
  it('reads a problem, and makes one of a body that is none', () => {
    expect(parseProblem(409, { code: 'payment-in-progress', title: 'Busy' })).toEqual({
      status: 409,
      code: 'payment-in-progress',
      title: 'Busy',
    });
    expect(parseProblem(404, 'gone')).toEqual({ status: 404, code: 'http-404', title: '' });
  });

  it('reads the tray', () => {
    const card = { id: 'rich', title: { zh: '富', en: 'Rich' }, balanceMinor: 1, maskedPan: '6*1', story: 'plain' };
    expect(parseSandboxCards([card, { id: 'broken' }])).toEqual([{ ...card, story: { zh: 'plain', en: 'plain' } }]);
    expect(parseSandboxCards({ title: 'no such route' })).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const parse of [parsePayment, parsePaymentList, parseDocument, parseStatus, parseSandboxCards])
          parse(value);
        parseProblem(500, value);
      }),
    );
  });
});

describe('a question', () => {
  const asking = (question: unknown) => parsePayment({ ...PAYMENT, question })?.question;

  it('is one of those that the page knows', () => {
    const candidates = [
      { index: 0, label: 'JD', aid: 'A000000333010106' },
      { index: 1, label: '', aid: 'A000000333010101' },
    ];
    expect(asking({ id: 3, kind: 'application', candidates })).toEqual({ id: 3, kind: 'application', candidates });
    const documentType = { zh: '护照', en: 'passport' };
    expect(asking({ id: 3, kind: 'id-document', documentType: { code: 'passport', ...documentType } })).toEqual({
      id: 3,
      kind: 'id-document',
      documentType,
    });
    expect(asking({ id: 3, kind: 'pin', checkedBy: 'card', triesLeft: 1, mayBypass: true })).toEqual({
      id: 3,
      kind: 'pin',
      triesLeft: 1,
      mayBypass: true,
    });
    expect(asking({ id: 3, kind: 'pin' })).toEqual({ id: 3, kind: 'pin', mayBypass: false });
  });

  it.each([null, 'pin', {}, { kind: 'pin' }, { id: 1, kind: 'horoscope' }, { id: 1, kind: 'application' }])(
    'that the page does not know is none, and hides no payment: %j',
    (question) => {
      expect(asking(question)).toBeUndefined();
      expect(parsePayment({ ...PAYMENT, question })).toMatchObject({ id: PAYMENT.id });
    },
  );

  it('the document comes apart from it', () => {
    expect(parseDocument({ question: 3, number: 'E1', documentType: {} })).toEqual({ question: 3, number: 'E1' });
    expect(parseDocument({ question: 3 })).toBeUndefined();
  });

  it('a blocked PIN is told of the card', () => {
    expect(parsePayment({ ...PAYMENT, card: { pinBlocked: true } })?.card).toMatchObject({ pinBlocked: true });
    expect(parsePayment({ ...PAYMENT, card: { pinBlocked: 'no' } })?.card).not.toHaveProperty('pinBlocked');
  });
});

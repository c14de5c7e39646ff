import { describe, expect, it } from 'vitest';
import { firstAc, GPO, goldenDebitCard, type Remembered, SELECT, secondAc } from './golden-debit-card.ts';
import type { DebitCreditOrder } from './order.ts';

/** CID and CVR of an answer in format 80. */
const outcome = (answer: string): string => answer.replace(/^8013(..).{20}0701..(.{8}).*$/, '$1 $2');

/** The first GENERATE AC of a card that remembers this; ¥12.50. */
function first(order: DebitCreditOrder, memory: Remembered, p1 = '40') {
  const { says } = goldenDebitCard({ format: 0x80, ...order }, { memory });
  says(SELECT);
  says(GPO);
  const decided = outcome(says(firstAc(p1)));
  return { decided, second: (arc: string): string => outcome(says(secondAc('40', arc))) };
}

describe('first GENERATE AC, TC asked for: card risk management', () => {
  it.each([
    ['nothing to say', {}, {}, '40 03900000'],
    ['lower consecutive limit reached', { data: { '9F58': '03' } }, { lastOnlineAtc: 4 }, '40 03900000'],
    ['and exceeded', { data: { '9F58': '03' } }, { lastOnlineAtc: 3 }, '80 03A02000'],
    ['the upper one does not matter yet', { data: { '9F59': '01' } }, { lastOnlineAtc: 3 }, '40 03900000'],
    ['cumulative amount reached', { data: { '9F54': '000000002000' } }, { offlineAmount: 750 }, '40 03900000'],
    ['and exceeded', { data: { '9F54': '000000002000' } }, { offlineAmount: 751 }, '80 03A02000'],
    ['abroad does not count at home', { data: { '9F53': '00' } }, { offlineAbroad: 3 }, '40 03900000'],
    ['last online not completed', {}, { onlineNotCompleted: true }, '80 03A08000'],
    ['issuer authentication failed', {}, { issuerAuthenticationFailed: true }, '40 03900800'],
    [
      'and the next one is to go online',
      { data: { '9F52': '8000' } },
      { issuerAuthenticationFailed: true },
      '80 03A00800',
    ],
    ['issuer authentication missing', {}, { issuerAuthenticationMissing: true }, '40 03900400'],
    ['script failed', {}, { scriptFailed: true, scripts: 2 }, '40 03900028'],
    ['and is to go online', { data: { '9F52': '0008' } }, { scriptFailed: true }, '80 03A00008'],
    ['SDA failed, DDA failed', {}, { sdaFailed: true, ddaFailed: true }, '40 03900104'],
    ['no PIN tries', {}, { pinTries: 0 }, '40 03904000'],
    ['which goes online', { data: { '9F52': '0020' } }, { pinTries: 0 }, '80 03A04000'],
    ['which is declined', { data: { '9F52': '0040' } }, { pinTries: 0 }, '00 03804000'],
    ['blocked', {}, { blocked: true }, '00 03800000'],
    ['blocked by the PIN', {}, { blocked: true, blockedByPin: true }, '00 03800200'],
    ['new', {}, { lastOnlineAtc: 0 }, '40 03901000'],
    ['new, to go online', { data: { '9F52': '0200' } }, { lastOnlineAtc: 0 }, '80 03A01000'],
  ])('%s', (_, order, memory, said) => {
    expect(first(order, memory).decided).toBe(said);
  });

  it.each([
    ['80', '80 03A08000'],
    ['00', '00 03808000'],
  ])('asked for %s it never answers higher', (p1, said) => {
    expect(first({}, { onlineNotCompleted: true }, p1).decided).toBe(said);
  });

  it('a card fresh from its issuer is new until it has been online', () => {
    const { says, memory } = goldenDebitCard({ newCard: true, format: 0x80 });
    says(SELECT);
    expect(says('80CA9F1300')).toBe('9F130200009000');
    says(GPO);
    expect(says(firstAc('40'))).toMatch(/^8013400001.{16}0701010390100001/);
    expect(memory().atc).toBe(1);
  });
});

describe('second GENERATE AC after Y3', () => {
  it.each([
    ['nothing to say', {}, {}, '40 03610000'],
    ['upper consecutive limit reached', { data: { '9F59': '03' } }, { lastOnlineAtc: 4 }, '40 03610000'],
    ['and exceeded', { data: { '9F59': '03' } }, { lastOnlineAtc: 3 }, '00 03212000'],
    ['cumulative amount exceeded', { data: { '9F5C': '000000002000' } }, { offlineAmount: 751 }, '00 03212000'],
    ['new', { data: { '9F52': '0100' } }, { lastOnlineAtc: 0 }, '00 03211000'],
    ['no PIN tries', { data: { '9F52': '0010' } }, { pinTries: 0 }, '00 03214000'],
    ['online not completed before', {}, { onlineNotCompleted: true }, '40 03618000'],
  ])('%s', (_, order, memory, said) => {
    expect(first(order, memory, '80').second('5933')).toBe(said);
  });

  it('the upper limits do not matter once the host has answered', () => {
    expect(first({ data: { '9F59': '01' } }, { lastOnlineAtc: 0 }, '80').second('3030')).toBe('40 03601000');
  });
});

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

describe('abroad', () => {
  const ABROAD = firstAc('40').replace('0000000000 0156 250601', '0000000000 0840 250601');

  it.each([
    ['counted up to its limit', 1, '40 03900000', 2],
    ['and sent online beyond it', 2, '80 03A02000', 2],
  ])('%s', (_, offlineAbroad, said, left) => {
    const { says, memory } = goldenDebitCard(
      { format: 0x80, data: { '9F53': '02', '9F54': '000000000000' } },
      { memory: { offlineAbroad } },
    );
    says(SELECT);
    says(GPO);
    expect(outcome(says(ABROAD))).toBe(said);
    expect(memory()).toMatchObject({ offlineAbroad: left, offlineAmount: 0 });
  });
});

describe('what is approved offline is counted', () => {
  it('at the first cryptogram, and at the second after Y3', () => {
    const { says, memory } = goldenDebitCard();
    [SELECT, GPO, firstAc('40'), SELECT, GPO, firstAc('80'), secondAc('40', '5933')].map(says);
    expect(memory()).toMatchObject({ offlineAmount: 2500, offlineAbroad: 0 });
  });

  it('and by nothing else: refusals, approvals of the host, electronic cash', () => {
    const refused = goldenDebitCard();
    [SELECT, GPO, firstAc('80'), secondAc('00', '5A33')].map(refused.says);
    expect(refused.memory().offlineAmount).toBe(0);
    const online = goldenDebitCard();
    [SELECT, GPO, firstAc('80'), secondAc('40', '3030')].map(online.says);
    expect(online.memory().offlineAmount).toBe(0);
  });
});

describe('electronic cash', () => {
  /** First GENERATE AC, TC asked for, of a card whose PDOL asks for 9F7A alone; ¥12.50. */
  function pay(order: DebitCreditOrder, singleLimit: number, balance: number): string {
    const card = goldenDebitCard(
      { electronicCash: true, pdol: '9F7A01', format: 0x80, ...order },
      {
        application: { risk: { singleLimit }, cryptogram: { withBalance: false } },
        memory: { balance, lastOnlineAtc: 1 },
      },
    );
    card.says(SELECT);
    card.says('80A8000003 8301 01 00');
    return `${outcome(card.says(firstAc('40')))} ${balance - card.memory().balance}`;
  }

  it.each([
    ['up to the single limit', {}, 1250, 5000, '40 03900000 1250'],
    ['not above it', {}, 1249, 5000, '80 03A00000 0'],
    ['down to nothing', {}, 5000, 1250, '40 03900000 1250'],
    ['not below', {}, 5000, 1249, '80 03A00000 0'],
    ['without velocity checking', { data: { '9F58': '01', '9F54': '000000000001' } }, 5000, 5000, '40 03900000 1250'],
  ])('pays %s', (_, order, singleLimit, balance, said) => {
    expect(pay(order, singleLimit, balance)).toBe(said);
  });

  it.each([
    ['01', 3750],
    ['00', 5000],
  ])('may be asked for by CDOL1 alone: 9F7A = %s', (indicator, left) => {
    const { says, memory } = goldenDebitCard({
      electronicCash: true,
      pdol: '',
      cdol1: '9F7A01 9F0206 9F0306 9F1A02 9505 5F2A02 9A03 9C01 9F3704 9F2103 9F4E14',
    });
    says(SELECT);
    expect(says(GPO)).toContain('48010100');
    says(firstAc('40').replace('80AE400034 ', `80AE400035 ${indicator} `));
    expect(memory().balance).toBe(left);
  });

  it('is nothing where neither PDOL nor CDOL1 asks for it', () => {
    const { says } = goldenDebitCard({ electronicCash: true, pdol: '9F0206' });
    says(SELECT);
    expect(says('80A8000008 8306 000000001250 00')).not.toContain('48010100');
  });

  it('is for purchases alone', () => {
    const { says } = goldenDebitCard({ electronicCash: true, pdol: '9F7A01 9C01' });
    says(SELECT);
    expect(says('80A8000004 8302 01 20 00')).not.toContain('48010100');
    says(SELECT);
    expect(says('80A8000004 8302 01 00 00')).toContain('48010100');
  });
});

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { FakeRegister, StartFate } from './fake-register.ts';
import { cashierHands, chromiumIsHere, type OnPage, onPage, type watch } from './page-support.ts';

const CARD = { maskedPan: '622384******0011', label: 'JD', aid: 'A000000333010106', balanceMinor: 48_720 };

let register: FakeRegister;
let page: Page;
let seen: ReturnType<typeof watch>;

let here: OnPage;
const { face, amount, settled, open, charge } = cashierHands(() => here);

describe.skipIf(!chromiumIsHere())('the cashier page', () => {
  onPage((on) => {
    here = on;
    ({ register, page, seen } = on);
  });

  it('takes a payment by keyboard alone, from the amount to the balance left', async () => {
    await open();
    await page.keyboard.type('1280');
    expect(await amount().textContent()).toBe('¥12.80');
    await page.keyboard.press('Enter');
    await settled(face('tap').getByText('请刷卡'));
    register.move({ state: 'card-present' });
    await settled(face('hold').getByText('请勿移开卡片'));
    register.move({ state: 'approved', offline: true, fundedBy: 'chip', debited: 'chip', card: CARD });
    await settled(face('approved').getByText('收款成功'));
    await settled(face('approved').getByText('¥487.20'));
    await page.keyboard.press('Enter');
    await settled(amount());
    expect(await amount().textContent()).toBe('¥0.00');
    await settled(page.locator('.recent-row').getByText('¥12.80'));
    // The page asks once whether there is a sandbox; Chromium logs every 404.
    expect(seen.errors.filter((text) => !text.includes('404'))).toEqual([]);
  });

  it('says why a stopped terminal takes no payments', async () => {
    register.status = { ...register.status, stopped: { reason: 'restored', detail: 'the queue is an older copy' } };
    await page.goto(register.url);
    await settled(page.getByRole('alert').getByText('本终端已停止收款'));
    await settled(page.getByRole('alert').getByText('旧的副本'));
  });

  it('prints a slip by hand, and says what became of it and what is wrong with the printer', async () => {
    register.status['devices'] = [{ kind: 'printer', name: '/dev/usb/lp0', state: 'ready' }];
    await open();
    await charge('1280');
    register.move({ state: 'approved', fundedBy: 'chip', debited: 'chip', card: CARD });
    const slip = (copy: string) => page.locator(`[data-slip=${copy}]`);
    await slip('customer').getByRole('button', { name: '打印持卡人存根', exact: true }).click();
    await settled(slip('customer').getByText('等待打印'));
    expect(await slip('customer').getByRole('button').isDisabled()).toBe(true);
    expect(register.received.filter(({ path }) => path.endsWith('/print')).map(({ body }) => body)).toEqual([
      { copy: 'customer' },
    ]);
    const out = { state: 'maybe-printed', why: 'paper-out', whyText: { zh: '打印机缺纸', en: 'out of paper' } };
    register.move({ receipt: { ...out, copies: { customer: out } } });
    await settled(slip('customer').getByText('打印机缺纸'));
    await settled(slip('customer').getByRole('button', { name: '重打印持卡人存根' }));
    await settled(slip('merchant').getByRole('button', { name: '打印商户存根', exact: true }));
    register.status['devices'] = [{ kind: 'printer', name: '/dev/usb/lp0', state: 'attention', detail: 'no paper' }];
    register.emit('device', {});
    await settled(page.getByText('打印机需要处理'));
  });

  it('asks which application by big buttons, each with its key', async () => {
    await open();
    await charge('1280');
    const candidates = [
      { index: 0, label: 'JIANGDU CASH', aid: 'A000000333010106' },
      { index: 1, label: 'JIANGDU DEBIT', aid: 'A000000333010101' },
    ];
    register.move({ state: 'card-present', question: { id: 3, kind: 'application', candidates } });
    await settled(face('choose').getByRole('heading', { name: '请选择卡上的应用' }));
    const button = face('choose').getByRole('button', { name: 'JIANGDU DEBIT' });
    expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(76);
    await page.keyboard.press('Enter');
    await page.keyboard.press('2');
    await settled(face('hold'));
    expect(register.received.filter(({ path }) => path.endsWith('/answer')).map(({ body }) => body)).toEqual([
      { question: 3, kind: 'application', index: 1 },
    ]);
    register.move({ question: { id: 4, kind: 'application', candidates } });
    await settled(face('choose'));
    await page.keyboard.press('Escape');
    await settled(face('cancelled'));
  });

  it('shows the number of a document only while it is asked for', async () => {
    await open();
    await charge('1280');
    register.document = {
      question: 5,
      documentType: { code: 'passport', zh: '护照', en: 'passport' },
      number: 'E12345678',
    };
    register.move({
      state: 'card-present',
      question: { id: 5, kind: 'id-document', documentType: { code: 'passport', zh: '护照', en: 'passport' } },
    });
    await settled(face('document').getByText('E12345678'));
    await settled(face('document').getByText('护照'));
    await face('document').getByRole('button', { name: '证件相符' }).click();
    await settled(face('hold'));
    expect(await page.content()).not.toContain('E12345678');
    expect(await page.evaluate('JSON.stringify([sessionStorage, localStorage])')).not.toContain('E12345678');
    expect(register.received.at(-1)?.body).toEqual({ question: 5, kind: 'id-document', matches: true });
  });

  it('says at the PIN which try is the last, and leaves the PIN out where that is allowed', async () => {
    await open();
    await charge('1280');
    const question = { id: 6, kind: 'pin', checkedBy: 'card', triesLeft: 1, mayBypass: false };
    register.move({ state: 'awaiting-pin', question });
    await settled(face('pin').getByText('最后一次'));
    expect(await face('pin').getByRole('button', { name: '不输密码' }).count()).toBe(0);
    register.move({ question: { ...question, id: 7, mayBypass: true } });
    await face('pin').getByRole('button', { name: '不输密码' }).click();
    await page.waitForFunction(
      "document.querySelector('[data-face=pin]')?.textContent?.includes('最后一次') === false",
    );
    expect(register.received.filter(({ path }) => path.endsWith('/answer')).map(({ body }) => body)).toEqual([
      { question: 7, kind: 'pin', bypass: true },
    ]);
    register.move({ state: 'declined', reason: 'pin-not-entered', card: { ...CARD, pinBlocked: true } });
    await settled(face('declined').getByText('密码已锁'));
  });

  it('takes a payment by touch alone', async () => {
    await open();
    for (const key of ['3', '0', '00']) await page.getByRole('button', { name: key, exact: true }).click();
    await page.getByRole('button', { name: '退格' }).click();
    expect(await amount().textContent()).toBe('¥3.00');
    await page.getByRole('button', { name: '收款', exact: true }).click();
    await settled(face('tap'));
    await page.getByRole('button', { name: '取消收款' }).click();
    await settled(face('cancelled'));
    await page.getByRole('button', { name: '返回，保留 ¥3.00' }).click();
    expect(await amount().textContent()).toBe('¥3.00');
  });

  it('asks for a balance by touch, and loads by keyboard, and the sale that was keyed is still there', async () => {
    await open();
    await page.keyboard.type('1280');
    await page.getByRole('button', { name: '查余额' }).click();
    await settled(face('tap').getByText('查余额：请出示卡片'));
    expect(await face('tap').getByText('¥').count()).toBe(0);
    register.move({ state: 'approved', card: { label: 'JD', aid: CARD.aid, balanceMinor: 48_720 } });
    await settled(face('balance').getByText('¥487.20'));
    await settled(face('balance').getByText('没有收款'));
    expect(await page.locator('.recent-row').count()).toBe(0);
    await page.keyboard.press('Enter');
    await settled(amount());
    expect(await amount().textContent()).toBe('¥12.80');
    await page.keyboard.press('Escape');

    await page.keyboard.type('5000');
    await page.keyboard.press('F8');
    await settled(face('tap').getByText('圈存：请出示卡片'));
    await settled(face('tap').getByText('¥50.00'));
    register.move({ state: 'present-again', reason: 'torn', debited: 'unknown' });
    await settled(face('same-card-again').getByText('不会重复圈存'));
    register.move({ state: 'approved', debited: 'account', fundedBy: 'account', card: CARD });
    await settled(face('approved').getByText('圈存成功'));
    await settled(face('approved').getByText('圈存后余额'));
    await settled(page.locator('.recent-row').getByText('圈存'));
    await page.keyboard.press('Enter');
    expect(await amount().textContent()).toBe('¥0.00');
    expect(register.starts().map(({ body }) => body)).toMatchObject([
      { kind: 'balance', amountMinor: 0 },
      { kind: 'load', amountMinor: 5_000 },
    ]);
  });

  it('cancels a load in its own words, and asks before it gives a torn one up', async () => {
    await open();
    await page.keyboard.type('5000');
    await page.getByRole('button', { name: '圈存' }).click();
    await settled(face('tap'));
    register.move({ state: 'present-again', reason: 'torn', debited: 'unknown' });
    await page.getByRole('button', { name: '取消圈存' }).click();
    await settled(page.locator('#question-meaning').getByText('这张卡可能已经圈存'));
    await page.getByRole('button', { name: '放弃，记为待定' }).click();
    await settled(face('undecided').getByText('圈存结果待定'));
  });

  it('starts one payment on a double click, and the second click hits nothing', async () => {
    await open();
    await page.keyboard.type('500');
    await page.getByRole('button', { name: '收款', exact: true }).dblclick();
    await settled(face('tap'));
    expect(register.starts()).toHaveLength(1);
    expect(register.last.state).toBe('awaiting-card');
  });

  it.each([
    [1024, 768],
    [390, 844],
  ])('has no other button where the start button was, at %i × %i', async (width, height) => {
    await page.setViewportSize({ width, height });
    await open();
    await page.keyboard.type('500');
    const start = await page.getByRole('button', { name: '收款', exact: true }).boundingBox();
    await page.keyboard.press('Enter');
    await settled(face('tap'));
    const cancel = await page.getByRole('button', { name: '取消收款' }).boundingBox();
    if (start === null || cancel === null) throw new Error('a button is not shown');
    expect(cancel.y + cancel.height).toBeLessThan(start.y);
  });

  it('starts one payment when Enter is held down, also with the focus on the start button', async () => {
    await open();
    await page.keyboard.type('500');
    await page.getByRole('button', { name: '收款', exact: true }).focus();
    for (let n = 0; n < 10; n++) await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    await settled(face('tap'));
    register.move({ state: 'declined', reason: 'insufficient-funds' });
    await settled(face('declined'));
    for (let n = 0; n < 10; n++) await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    await settled(amount());
    expect(await amount().textContent()).toBe('¥5.00');
    expect(register.starts()).toHaveLength(1);
  });

  it('Enter starts the payment and does not press the digit that the mouse pressed last', async () => {
    await open();
    await page.getByRole('button', { name: '7', exact: true }).click();
    await page.keyboard.press('Enter');
    await settled(face('tap'));
    expect(register.last.amountMinor).toBe(7);
  });

  it.each<[string, StartFate]>([
    ['request', 'lose-request'],
    ['answer', 'lose-answer'],
  ])('a lost %s becomes one payment, under one key', async (_what, fate) => {
    register.fates.push(fate, fate);
    await open();
    await page.keyboard.type('900');
    await page.keyboard.press('Enter');
    await settled(face('tap'));
    expect(register.payments).toHaveLength(1);
    expect(register.starts().length).toBeGreaterThan(1);
    expect(new Set(register.starts().map(({ key }) => key)).size).toBe(1);
  });

  it('a page that is reloaded while the answer is out starts nothing and shows the payment', async () => {
    register.fates.push(...Array<StartFate>(20).fill('lose-answer'));
    await open();
    await page.keyboard.type('900');
    await page.keyboard.press('Enter');
    await settled(face('starting').getByText('还没有收到答复', { exact: false }));
    const sent = register.starts().length;
    await page.reload();
    await settled(face('tap'));
    expect(register.starts()).toHaveLength(sent);
  });

  it('says why a payment is declined, in the words of the daemon and the language of the cashier', async () => {
    await open();
    await charge('300');
    const reasonText = { zh: '卡内余额不足，未扣款。', en: 'There is not enough money on the card.' };
    register.move({ state: 'declined', reason: 'insufficient-funds', reasonText, card: CARD });
    await settled(face('declined').getByText(reasonText.zh));
    await page.getByRole('button', { name: 'English' }).click();
    await settled(face('declined').getByText(reasonText.en));
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.reload();
    await settled(page.getByRole('button', { name: 'Charge' }));
  });

  it('asks for the same card after a tear, and twice before it gives it up', async () => {
    await open();
    await charge('300');
    register.move({ state: 'present-again', reason: 'torn', debited: 'unknown' });
    await settled(face('same-card-again').getByText('请同一张卡再刷一次'));
    await page.keyboard.press('Escape');
    await settled(page.getByRole('alertdialog'));
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: '取消收款' }).click();
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    expect(register.last.state).toBe('present-again');
    await page.getByRole('button', { name: '取消收款' }).click();
    await page.getByRole('button', { name: '放弃，记为待定' }).click();
    await settled(face('undecided').getByText('结果待定'));
  });

  it('tells loudly of a payment that was debited and not approved', async () => {
    await open();
    await charge('300');
    register.move({ state: 'declined', reason: 'not-genuine', debited: 'chip', card: CARD });
    await settled(face('declined-after-debit'));
    await settled(page.locator('.recent-row').getByText('卡已扣款'));
    expect(await page.getByRole('button', { name: /保留/ }).count()).toBe(0);
  });

  it('says whose code was scanned, while a card is awaited too, and moves nothing', async () => {
    await open();
    const before = await amount().boundingBox();
    const code = { family: 'wechat', payable: false, reasonText: { zh: '这是微信付款码，没有收款。', en: 'WeChat' } };
    register.emit('code', code);
    const told = page.getByRole('alert').getByText('这是微信付款码，没有收款。');
    await settled(told);
    expect(await amount().boundingBox()).toEqual(before);
    expect(await page.getByRole('link', { name: '打开顾客屏幕' }).getAttribute('href')).toBe('customer');
    await charge('1280');
    expect(await told.count()).toBe(0);
    register.emit('code', code);
    await settled(told);
    await settled(face('tap'));
  });

  it('shows what is not yet uploaded, and that the centre is away', async () => {
    await open();
    await settled(page.getByText('没有待上传的交易'));
    register.setStatus({
      clearing: { reachable: false },
      queue: { unacknowledgedCount: 5, unacknowledgedSumMinor: 12_345, oldestAgeS: 754 },
    });
    const strip = page.locator('.strip-offline');
    await settled(strip);
    for (const text of ['脱机中', '5 笔', '¥123.45', '最早一笔 12 分钟前']) await settled(strip.getByText(text));
  });

  it('shows a daemon that is gone, keeps the amount, and comes back by itself', async () => {
    await open();
    await page.keyboard.type('1280');
    await register.stop();
    await settled(page.getByText('连不上收款程序', { exact: true }));
    await page.keyboard.press('Enter');
    await settled(page.getByText('金额已保留', { exact: false }));
    await register.start();
    await page.getByText('连不上收款程序', { exact: true }).waitFor({ state: 'detached' });
    expect(await amount().textContent()).toBe('¥12.80');
    await page.keyboard.press('Enter');
    await settled(face('tap'));
  });

  it('does not guess about a payment while the daemon is gone, and has its result after', async () => {
    await open();
    await charge('300');
    await register.stop();
    await settled(face('lost'));
    register.move({ state: 'approved', debited: 'chip', card: CARD });
    await register.start();
    await settled(face('approved'));
  });

  it('shows a payment that another register started', async () => {
    await open();
    await page.keyboard.type('15');
    register.add({ id: 'other', state: 'awaiting-card', amountMinor: 4_200, reference: 'till 2', debited: 'none' });
    await settled(face('tap').getByText('¥42.00'));
    register.move({ state: 'approved', debited: 'chip' });
    await settled(face('approved'));
    await page.keyboard.press('Enter');
    expect(await amount().textContent()).toBe('¥0.15');
  });
});

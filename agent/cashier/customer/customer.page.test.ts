import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FakeRegister } from '../fake-register.ts';
import { chromiumIsHere, launchChromium, pageRegister, watch } from '../page-support.ts';

const CARD = { maskedPan: '622384******0011', label: 'JD', aid: 'A000000333010106', balanceMinor: 48_720 };
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SIZES = [
  { width: 800, height: 480 },
  { width: 1280, height: 800 },
] as const;

/** Every face, by the change that brings it about, and what the customer reads. */
const FACES = [
  ['tap', { state: 'awaiting-card' }, '请刷卡', '¥12.80'],
  ['hold', { state: 'card-present' }, '请勿移开卡片', '¥12.80'],
  [
    'choose',
    { question: { id: 1, kind: 'application', candidates: [] } },
    '请告诉收银员用哪一个应用',
    'Keep the card there',
  ],
  ['pin', { state: 'awaiting-pin', question: undefined }, '请输入密码', 'Please enter your PIN'],
  ['authorising', { state: 'authorising' }, '请勿移开卡片', '¥12.80'],
  ['again', { state: 'present-again', reason: 'transmission' }, '请再刷一次', '没有扣款'],
  [
    'same-card-again',
    { state: 'present-again', reason: 'torn', debited: 'unknown' },
    '请同一张卡再刷一次',
    '不会重复扣款',
  ],
  ['approved', { state: 'approved', debited: 'chip', card: CARD }, '付款成功', '¥487.20'],
] as const;
const ENDINGS = [
  ['declined', { state: 'declined', reason: 'insufficient-funds' }, '余额不足', 'Not enough money'],
  ['declined', { state: 'declined', reason: 'hotlisted', card: CARD }, '请咨询收银员', 'Not paid'],
  ['declined-after-debit', { state: 'declined', debited: 'chip' }, '请咨询收银员', 'Not paid'],
  ['cancelled', { state: 'cancelled' }, '没有扣款', 'Cancelled'],
  ['undecided', { state: 'undecided', debited: 'unknown' }, '结果待定', 'Please ask the cashier'],
  ['failed', { state: 'failed' }, '付款未完成', 'Please ask the cashier'],
  ['approved', { kind: 'load', state: 'approved', card: CARD }, '圈存成功', '¥487.20'],
  ['balance', { kind: 'balance', state: 'approved', card: CARD }, '卡内余额', '¥487.20'],
] as const;

const here = chromiumIsHere();
if (!here && process.env['CI'] === 'true') throw new Error('chromium is missing');

describe.skipIf(!here)('the screen before the customer', () => {
  let browser: Browser;
  let register: FakeRegister;
  let page: Page;
  let seen: ReturnType<typeof watch>;
  let started = 0;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    register = pageRegister();
    await register.start();
    page = await browser.newPage({ viewport: SIZES[0], locale: 'zh-CN', reducedMotion: 'reduce' });
    seen = watch(page);
    await page.goto(`${register.url}customer`);
    await page.evaluate(axe.source);
    await face('idle');
  });
  afterEach(async () => {
    await page.close();
    await register.stop();
  });

  const face = (name: string) => page.locator(`[data-face="${name}"]`).waitFor();
  const text = async (): Promise<string> => (await page.locator('main').textContent()) ?? '';
  const start = (): void => {
    started += 1;
    register.add({ id: `p-${started}`, state: 'awaiting-card', amountMinor: 1280, debited: 'none', offline: false });
  };
  /** Whatever axe finds, and each size at which something lies beyond the screen. What axe cannot judge (ink of the colour of its ground) counts. */
  const wrong = async (): Promise<unknown[]> => {
    const found = (await page.evaluate(
      `axe.run(document, { runOnly: ${JSON.stringify(RULES)} }).then((told) => [...told.violations, ...told.incomplete].map(({ id }) => id))`,
    )) as unknown[];
    for (const size of SIZES) {
      await page.setViewportSize(size);
      const beyond = await page.evaluate(
        'document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight',
      );
      if (beyond) found.push(`beyond the screen at ${size.width}`);
    }
    return found;
  };

  it('goes with a payment from the amount to its result, whole on each screen and clean for axe', async () => {
    expect(await text()).toContain('欢迎光临');
    expect(await wrong()).toEqual([]);
    start();
    for (const [name, change, ...words] of FACES) {
      register.move(change);
      await face(name);
      for (const word of words) expect(await text()).toContain(word);
      expect({ name, wrong: await wrong() }).toEqual({ name, wrong: [] });
    }
    expect(seen).toEqual({ errors: [], foreign: [] });
  });

  it('says how it ended, and no more than others may read', async () => {
    for (const [name, change, ...words] of ENDINGS) {
      start();
      await face('tap');
      register.move(change);
      await face(name);
      for (const word of words) expect(await text()).toContain(word);
      if (name === 'declined') expect(await text()).not.toContain('0011');
      expect({ name, wrong: await wrong() }).toEqual({ name, wrong: [] });
    }
  });

  it('has room for the largest amount', async () => {
    start();
    register.move({ amountMinor: 999_999_999_999 });
    await page.getByText('¥9,999,999,999.99').waitFor();
    expect(await wrong()).toEqual([]);
  });

  it('has nothing to press', async () => {
    start();
    await face('tap');
    expect(await page.locator('button, a, input, select, [tabindex]').count()).toBe(0);
  });

  it('shows a payment that was there before, and that the connection is lost', async () => {
    start();
    await page.reload();
    await page.evaluate(axe.source);
    await face('tap');
    await register.stop();
    await face('lost');
    expect(await text()).toContain('连接中断');
    expect(await wrong()).toEqual([]);
    await register.start();
    await face('tap');
    register.move({ state: 'approved', card: CARD });
    await face('approved');
  });
});

import { mkdirSync } from 'node:fs';
import { it } from 'vitest';
import { FakeRegister } from './fake-register.ts';
import { buildPage, launchChromium, TRAY } from './page-support.ts';

const SENT = {
  zh: '卡内余额不足，未扣款。请改用其他卡或其他方式付款。',
  en: 'There is not enough money on the card. Nothing was charged. Take another card or another way to pay.',
};
const TORN = {
  zh: '卡片移开过早，可能已扣款。请把同一张卡再刷一次，不会重复扣款。',
  en: 'The card left too early and may have paid. Present the same card again; it is not charged twice.',
};
it('shots', async () => {
  mkdirSync('/tmp/shots', { recursive: true });
  const { folder } = await buildPage();
  const browser = await launchChromium();
  for (const [lang, w, h] of [
    ['zh', 1024, 768],
    ['en', 1024, 768],
    ['zh', 390, 844],
    ['en', 390, 844],
  ] as const) {
    const fake = new FakeRegister(folder);
    fake.cards = TRAY;
    await fake.start();
    const page = await browser.newPage({ viewport: { width: w, height: h }, reducedMotion: 'reduce' });
    await page.addInitScript((l) => localStorage.setItem('jdpos.language', l), lang);
    await page.goto(fake.url);
    const shot = async (n: string) => page.screenshot({ path: `/tmp/shots/${lang}-${w}-${n}.png` });
    await page.waitForSelector('.tray');
    await shot('01-empty');
    await page.keyboard.type('1280');
    await shot('02-entry');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-face=tap]');
    await shot('03-tap');
    const face = async (f: string, change: object) => {
      fake.move(change as never);
      await page.waitForSelector(`[data-face=${f}]`);
      await page.waitForTimeout(80);
      await shot(f);
    };
    await face('hold', { state: 'card-present' });
    await face('pin', { state: 'awaiting-pin' });
    await face('authorising', { state: 'authorising' });
    await face('same-card-again', { state: 'present-again', reason: 'torn', reasonText: TORN, debited: 'unknown' });
    await page.keyboard.press('Escape');
    await page.waitForSelector('[role=alertdialog]');
    await shot('give-up');
    const card = { maskedPan: '622384******0011', label: 'JD', aid: 'A0', balanceMinor: 48_720 };
    fake.setStatus({
      clearing: { reachable: false, lastContactAt: new Date(Date.now() - 600e3).toISOString() },
      queue: { unacknowledgedCount: 5, unacknowledgedSumMinor: 123456, oldestAgeS: 754 },
    });
    await page.waitForSelector('.strip-offline');
    await face('approved', {
      state: 'approved',
      card,
      offline: true,
      debited: 'chip',
      reasonText: undefined,
      record: { epoch: 1, sequence: 42 },
    });
    await page.keyboard.type('300');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-face=tap]');
    await face('declined', {
      state: 'declined',
      reason: 'insufficient-funds',
      reasonText: SENT,
      card: { ...card, balanceMinor: 200 },
    });
    await page.keyboard.press('Enter');
    await shot('04-kept');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-face=tap]');
    await face('undecided', { state: 'undecided', debited: 'unknown', card });
    await face('cancelled', { state: 'cancelled', debited: 'none' });
    await face('failed', { state: 'failed', debited: 'none' });
    await face('declined-after-debit', { state: 'declined', debited: 'chip', card });
    await page.locator('summary').click();
    await page.getByRole('checkbox').check();
    await page.screenshot({ path: `/tmp/shots/${lang}-${w}-full.png`, fullPage: true });
    fake.cards = undefined;
    await page.reload();
    await page.waitForSelector('.recent-row');
    await page.waitForTimeout(200);
    await shot('05-production');
    await fake.stop();
    await page.waitForSelector('.strip-problem');
    await shot('06-unreachable');
    await page.close();
  }
  await browser.close();
}, 120_000);

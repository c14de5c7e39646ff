import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumIsHere, launchChromium } from '../../agent/cashier/page-support.ts';
import { until } from '../until.ts';
import { overReader } from './readers-of-story.ts';
import { SandboxUnderTest } from './sandbox-under-test.ts';

/** What a cashier sees: the real page in Chromium, before the real sandbox. */
overReader('a cashier', chromiumIsHere() ? [] : ['chromium (Debian package chromium)'], sell);

function sell(reader: 'pcsc' | 'in-process', skipped: boolean): void {
  const it = test.skipIf(skipped);
  let sandbox: SandboxUnderTest;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    if (skipped) return;
    sandbox = await SandboxUnderTest.start(reader);
    browser = await launchChromium();
    page = await browser.newPage({ locale: 'zh-CN' });
    await page.goto(`http://127.0.0.1:${sandbox.port}/`);
  });
  afterAll(async () => {
    if (skipped) return;
    await browser.close();
    await sandbox.stop();
  });

  /** Types an amount as on a register, and taps a card of the tray. */
  const sellTo = async (card: string, digits: string): Promise<void> => {
    await page.locator('output.amount').waitFor();
    for (const digit of digits) await page.keyboard.press(digit);
    await page.locator('output.amount', { hasText: (Number(digits) / 100).toFixed(2) }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('请刷卡').first().waitFor();
    await page.locator(`[data-card="${card}"]`).click();
  };
  const face = (name: string) => page.locator(`.panel[data-face="${name}"]`);
  const nextSale = () => page.keyboard.press('Enter');

  it('is told that it is paid, and what the card has left', async () => {
    await sellTo('rich', '1280');
    await face('approved').waitFor();
    expect(await face('approved').textContent()).toContain('787.20');
    expect(await sandbox.balance('rich')).toBe(78_720);
    await nextSale();
  });

  it('is told why a card is refused', async () => {
    await sellTo('hotlisted', '500');
    await face('declined').waitFor();
    expect(await face('declined').textContent()).toContain('挂失');
    await nextSale();
  });

  it('sees what waits while the network is cut', async () => {
    // What was sold before has reached the centre: only what is sold now waits.
    await until('the queue to drain', async () =>
      (await sandbox.status()).queue.unacknowledgedCount === 0 ? true : undefined,
    );
    await page.getByRole('switch').click();
    await sandbox.online(false);
    await sellTo('rich', '100');
    await face('approved').waitFor();
    await page.locator('.strip[role="status"]', { hasText: '¥1.00' }).waitFor();
    await nextSale();
    await page.getByRole('switch').click();
    await sandbox.online(true);
    expect((await sandbox.settledRecords()).length).toBe(3);
  });

  it('chooses for the customer which application of a card in the slot pays', async () => {
    await sellTo('choose-application', '1280');
    await face('choose').waitFor();
    // Pulled out before anybody has chosen: nothing is charged, and it is asked for again.
    await page.getByRole('button', { name: '拿开卡片' }).click();
    await face('again').waitFor();
    await page.locator('[data-card="choose-application"]').click();
    await face('choose').getByRole('button', { name: 'JIANGDU CASH' }).waitFor();
    await page.keyboard.press('1');
    await face('approved').waitFor();
    expect(await face('approved').textContent()).toContain('87.20');
    await nextSale();
  });

  it('compares the document that a card names', async () => {
    await sellTo('id-document', '1280');
    await face('document').getByText('11010519491231002X').waitFor();
    await face('document').getByRole('button', { name: '证件不符' }).click();
    await face('declined').waitFor();
    expect(await face('declined').textContent()).toContain('证件与卡片登记的不符');
  });
}

import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FakeRegister } from './fake-register.ts';
import { chromiumIsHere, launchChromium, pageRegister, TRAY } from './page-support.ts';

const CARD = { maskedPan: '622384******0011', label: 'JD', aid: 'A000000333010106', balanceMinor: 48_720 };
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const SLIPS = {
  copies: {
    merchant: { state: 'printed', confirmed: false },
    customer: { state: 'not-printed', whyText: { zh: '打印机缺纸', en: 'The printer is out of paper.' } },
  },
};

/** Every face of a payment, by the change that brings it about. */
const FACES = [
  ['tap', { state: 'awaiting-card' }],
  ['hold', { state: 'card-present' }],
  [
    'choose',
    {
      state: 'card-present',
      question: {
        id: 1,
        kind: 'application',
        candidates: [
          { index: 0, label: 'JIANGDU CASH', aid: 'A000000333010106' },
          { index: 1, label: 'JIANGDU DEBIT', aid: 'A000000333010101' },
        ],
      },
    },
  ],
  [
    'document',
    {
      state: 'card-present',
      question: { id: 2, kind: 'id-document', documentType: { code: 'passport', zh: '护照', en: 'passport' } },
    },
  ],
  [
    'pin',
    {
      state: 'awaiting-pin',
      question: { id: 3, kind: 'pin', checkedBy: 'card', triesLeft: 1, mayBypass: true },
    },
  ],
  ['authorising', { state: 'authorising', question: undefined }],
  ['again', { state: 'present-again', reason: 'transmission' }],
  ['same-card-again', { state: 'present-again', reason: 'torn', debited: 'unknown' }],
  [
    'approved',
    {
      state: 'approved',
      offline: true,
      debited: 'chip',
      card: CARD,
      record: { epoch: 1, sequence: 7 },
      receipt: SLIPS,
    },
  ],
  ['declined', { state: 'declined', offline: false, debited: 'none' }],
  ['declined-after-debit', { state: 'declined', debited: 'chip' }],
  ['undecided', { state: 'undecided', debited: 'unknown' }],
  ['cancelled', { state: 'cancelled', debited: 'none' }],
  ['failed', { state: 'failed' }],
] as const;

let browser: Browser;

/** What axe, which the page must hold, finds below an element. */
async function violations(page: Page, within: string): Promise<string[]> {
  // As text: a function would be sent with the name that the test runner gives to the import.
  const run = `axe.run('${within}', { runOnly: { type: 'tag', values: ${JSON.stringify(RULES)} } })`;
  const { violations: found } = await page.evaluate<axe.AxeResults>(run);
  return found.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

async function everyFace(page: Page, register: FakeRegister): Promise<string[]> {
  const found: string[] = [];
  /** The whole page at its ends, and between them what changes. */
  const check = async (name: string, within = 'main'): Promise<void> => {
    for (const violation of await violations(page, within)) found.push(`${name}: ${violation}`);
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    if (tooWide) found.push(`${name}: wider than the screen`);
  };
  await page.locator('.tray').waitFor();
  await page.locator('summary').click();
  await check('empty', 'html');
  await page.keyboard.type('99999999');
  await check('amount');
  await page.keyboard.press('Enter');
  for (const [face, change] of FACES) {
    await page.locator('[data-face]').waitFor();
    register.move(change);
    await page.locator(`[data-face=${face}]`).waitFor();
    await check(face);
  }
  for (const [key, answered] of [
    ['F8', 'approved'],
    ['F2', 'balance'],
  ] as const) {
    await page.keyboard.press('Enter');
    await page.locator('output.amount').waitFor();
    await page.keyboard.type('5000');
    await page.keyboard.press(key);
    await page.locator('[data-face=tap]').waitFor();
    await check(`${key} tap`);
    register.move({ state: 'approved', card: CARD });
    await page.locator(`[data-face=${answered}]`).waitFor();
    await check(answered);
  }
  register.setStatus({
    readers: [{ name: 'reader', role: 'contactless', state: 'unplugged' }],
    clearing: { reachable: false },
    queue: { unacknowledgedCount: 5, unacknowledgedSumMinor: 12_345_678, oldestAgeS: 754 },
  });
  await page.locator('.strip-offline').waitFor();
  await check('offline', 'html');
  await register.stop();
  await page.locator('.strip-problem').waitFor();
  await check('unreachable', '.page');
  return found;
}

describe.skipIf(!chromiumIsHere())('axe finds nothing', () => {
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  it.each([
    ['zh', 1024, 768],
    ['en', 390, 844],
  ])(
    'in any state, in %s at %i × %i',
    async (language, width, height) => {
      const register = pageRegister();
      register.cards = TRAY;
      register.status['devices'] = [{ kind: 'printer', name: 'printer', state: 'attention' }];
      await register.start();
      const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce' });
      await page.addInitScript(axe.source);
      await page.addInitScript((kept) => localStorage.setItem('jdpos.language', kept), language);
      await page.goto(register.url);
      expect(await everyFace(page, register)).toEqual([]);
      await page.close();
      await register.stop();
    },
    180_000,
  );

  it('but does find a button without a name', async () => {
    const page = await browser.newPage();
    await page.setContent(
      '<!doctype html><html lang="en"><title>t</title><main><h1>t</h1><button></button></main></html>',
    );
    await page.evaluate(axe.source);
    expect(await violations(page, 'html')).toEqual(['button-name: button']);
    await page.close();
  });
});

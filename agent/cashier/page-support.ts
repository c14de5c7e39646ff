import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';
import { FakeRegister } from './fake-register.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the page as it was built for this run (page-stand.ts). */
    readonly pageFolder: string;
  }
}

const CHROMIUM = '/usr/bin/chromium';

/** False, after a line that says so, where the browser is missing; the tests of the page are then skipped. */
export function chromiumIsHere(): boolean {
  const here = existsSync(CHROMIUM);
  if (!here)
    console.warn(`${CHROMIUM} is missing: the tests of the cashier page are skipped. apt-get install chromium`);
  return here;
}

export function launchChromium(): Promise<Browser> {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: CHROMIUM, args: ['--disable-background-networking', ...asRoot] });
}

/** A register that serves the page as it was built for this run. */
export const pageRegister = (): FakeRegister => new FakeRegister(inject('pageFolder'));

/** Everything the page logs as an error, and every request that left the machine. */
export function watch(page: Page): { readonly errors: string[]; readonly foreign: string[] } {
  const seen = { errors: [] as string[], foreign: [] as string[] };
  page.on('console', (message) => {
    if (message.type() === 'error') seen.errors.push(message.text());
  });
  page.on('pageerror', (error) => seen.errors.push(error.message));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.hostname !== '127.0.0.1') seen.foreign.push(request.url());
  });
  return seen;
}

/** A tray as the sandbox gives it. */
export const TRAY = [
  ['rich', '余额充足', 'Rich', 50_000, '622384******0011', '离线扣款，余额足够。', 'Enough balance; approved offline.'],
  ['poor', '余额不足', 'Poor', 300, '622384******0029', '只剩三元。', 'Three yuan left.'],
  [
    'over-cvm-limit',
    '大额需密码',
    'Over the CVM limit',
    90_000,
    '622384******0037',
    '超过免密限额，联机输入密码。',
    'Asks for the online PIN.',
  ],
  ['hotlisted', '已挂失', 'Hotlisted', 20_000, '622384******0045', '在黑名单上。', 'On the hotlist.'],
  ['expired', '已过期', 'Expired', 20_000, '622384******0052', '上月到期。', 'Expired last month.'],
  ['wrong-ca', '未知根密钥', 'Wrong CA', 20_000, '622384******0060', '证书由别的根签发。', 'Signed under another CA.'],
  [
    'forged-fdda',
    '签名伪造',
    'Forged fDDA',
    20_000,
    '622384******0078',
    '动态签名不对。',
    'Its dynamic signature is wrong.',
  ],
  [
    'foreign',
    '别家的卡',
    'Foreign scheme',
    undefined,
    '400000******0002',
    '没有本系统的应用。',
    'Has no application of this scheme.',
  ],
  [
    'two-applications',
    '两个应用',
    'Two applications',
    12_345,
    '622384******0086',
    '两个应用，按优先级选。',
    'Chosen by priority.',
  ],
].map(([id, zh, en, balanceMinor, maskedPan, storyZh, storyEn]) => ({
  id,
  title: { zh, en },
  balanceMinor,
  maskedPan,
  story: { zh: storyZh, en: storyEn },
}));

/** A page of the built cashier page, on a register that the test decides for. */
export interface OnPage {
  readonly register: FakeRegister;
  readonly page: Page;
  readonly seen: ReturnType<typeof watch>;
}

/**
 * Gives every test of a suite a register of its own, in a page that knows nothing of the test before: what it keeps, it keeps for the
 * register's port, and is told to forget. Sees at the end that no request has left the machine.
 */
export function onPage(here: (on: OnPage) => void): void {
  let browser: Browser;
  let page: Page;
  let on: OnPage;
  beforeAll(async () => {
    browser = await launchChromium();
    // Nothing that moves for show alone: it costs a processor, and no test looks at it.
    page = await browser.newPage({ reducedMotion: 'reduce' });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    const register = pageRegister();
    await register.start();
    await page.setViewportSize({ width: 1024, height: 768 });
    on = { register, page, seen: watch(page) };
    here(on);
  });
  afterEach(async () => {
    await page.evaluate('localStorage.clear(); sessionStorage.clear()');
    await page.goto('about:blank');
    page.removeAllListeners();
    await on.register.stop();
    expect(on.seen.foreign).toEqual([]);
  });
}

/** What tests of the cashier page do and look for. @param on the page as it is in the test that runs */
export function cashierHands(on: () => OnPage) {
  const face = (name: string) => on().page.locator(`[data-face=${name}]`);
  const settled = (locator: ReturnType<Page['locator']>) => locator.waitFor({ state: 'visible' });
  return {
    face,
    settled,
    amount: () => on().page.locator('output.amount'),
    /** Opens the page and waits until it knows the daemon. */
    async open(): Promise<void> {
      const { page, register } = on();
      await page.goto(register.url);
      await page.getByRole('button', { name: '收款', exact: true }).and(page.locator(':enabled')).waitFor();
    },
    async charge(digits: string): Promise<void> {
      await on().page.keyboard.type(digits);
      await on().page.keyboard.press('Enter');
      await settled(face('tap'));
    },
  };
}

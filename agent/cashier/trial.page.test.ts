import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FakeRegister } from './fake-register.ts';
import { cashierHands, chromiumIsHere, type OnPage, onPage, TRAY } from './page-support.ts';

const CARD = { maskedPan: '622384******0011', label: 'JD', aid: 'A000000333010106', balanceMinor: 48_720 };

let register: FakeRegister;
let page: Page;

let here: OnPage;
const { face, amount, settled, open, charge } = cashierHands(() => here);
const trayCard = (card: string) => page.locator(`[data-card=${card}]`);
const onReader = (card: string) => trayCard(card).getByText('在读卡器上');

describe.skipIf(!chromiumIsHere())('the cashier page of the sandbox, and of a terminal on trial', () => {
  onPage((on) => {
    here = on;
    ({ register, page } = on);
  });

  describe('where the PIN pad is on the screen', () => {
    beforeEach(() => {
      register.status['devices'] = [{ kind: 'pin-pad', name: 'on-screen', state: 'ready' }];
    });
    const pad = () => page.getByRole('region', { name: '密码键盘' });
    const typed = () => register.received.filter(({ path }) => path.endsWith('/pin'));

    it('has keys while a PIN is awaited, says that they are for trials, and keeps no digit', async () => {
      await open();
      await charge('50000');
      expect(await pad().count()).toBe(0);
      register.move({ state: 'awaiting-pin' });
      await settled(pad().getByText('仅供测试'));
      await page.keyboard.type('1234');
      await expect.poll(() => page.locator('.pin-dots').textContent()).toBe('●●●●已输入 4 位');
      for (const key of ['5', '6', '确认']) await pad().getByRole('button', { name: key, exact: true }).click();
      await expect
        .poll(() => typed().map(({ path, body }) => [path, body]))
        .toEqual([['/v1/payments/payment-1/pin', { pin: '123456' }]]);
      expect(await page.content()).not.toContain('123456');
      expect(await page.evaluate('JSON.stringify([sessionStorage, localStorage])')).not.toContain('123456');
      register.move({ state: 'authorising' });
      await settled(face('authorising'));
      expect(await pad().count()).toBe(0);
    });

    it('gives its cancel key to the pad, in English too', async () => {
      await open();
      await page.getByRole('button', { name: 'English' }).click();
      await charge('50000');
      register.move({ state: 'awaiting-pin' });
      await settled(page.getByText('never type a real PIN here'));
      await page.keyboard.press('Escape');
      await expect.poll(() => typed().at(-1)?.body).toEqual({ key: 'cancel' });
    });
  });

  describe('in the sandbox', () => {
    beforeEach(() => {
      register.cards = TRAY;
    });

    it('has a tray to tap from, one card at a time', async () => {
      await open();
      await charge('300');
      await trayCard('rich').click();
      await settled(onReader('rich'));
      await trayCard('poor').click();
      await settled(onReader('poor'));
      await page.getByRole('button', { name: '拿开卡片' }).click();
      await onReader('poor').waitFor({ state: 'detached' });
      const moves = register.received.filter(({ path }) => path.startsWith('/sandbox/cards/')).map(({ path }) => path);
      expect(moves).toEqual(
        ['rich/tap', 'rich/remove', 'poor/tap', 'poor/remove'].map((move) => `/sandbox/cards/${move}`),
      );
    });

    it('tears the next tap only', async () => {
      await open();
      await page.getByText('中途拿开', { exact: true }).click();
      await page.getByRole('spinbutton').fill('4');
      await page.getByRole('combobox', { name: '时机' }).selectOption('before-card');
      await page.getByRole('checkbox').check();
      await trayCard('rich').click();
      await settled(onReader('rich'));
      await trayCard('poor').click();
      await settled(onReader('poor'));
      const taps = register.received.filter(({ path }) => path.endsWith('/tap')).map(({ body }) => body);
      expect(taps).toEqual([{ tear: { command: 4, when: 'before-card' } }, {}]);
      expect(await amount().textContent()).toBe('¥0.00');
    });

    it('brings the result into sight of who taps far down the tray', async () => {
      await page.setViewportSize({ width: 390, height: 844 });
      await open();
      await charge('300');
      await page.locator('[data-card=two-applications]').click();
      expect(await page.evaluate(() => window.scrollY)).toBeGreaterThan(0);
      register.move({ state: 'approved', debited: 'chip', card: CARD });
      await settled(face('approved'));
      await expect.poll(() => page.evaluate(() => window.scrollY)).toBe(0);
    });

    it('cuts the network and mends it', async () => {
      await open();
      await page.getByRole('combobox', { name: '断开的方式' }).selectOption('blackhole');
      const cable = page.getByRole('switch');
      await cable.click();
      await settled(page.getByRole('switch', { checked: false }));
      await cable.click();
      await settled(page.getByRole('switch', { checked: true }));
      const calls = register.received.filter(({ path }) => path === '/sandbox/network').map(({ body }) => body);
      expect(calls).toEqual([{ up: false, mode: 'blackhole' }, { up: true }]);
    });

    it('has a PIN pad while a PIN is awaited, by keyboard and by touch', async () => {
      await open();
      await charge('50000');
      expect(await page.getByRole('region', { name: '密码键盘' }).count()).toBe(0);
      register.move({ state: 'awaiting-pin' });
      await settled(page.getByRole('region', { name: '密码键盘' }));
      // A wedge types faster than any page is drawn.
      await page.evaluate(() => {
        for (const key of ['6', '5', '4', '3', 'Enter']) window.dispatchEvent(new KeyboardEvent('keydown', { key }));
      });
      await expect
        .poll(() => register.received.find(({ path }) => path === '/sandbox/pin')?.body)
        .toEqual({ pin: '6543' });
      register.received.length = 0;
      await page.keyboard.type('12');
      for (const key of ['3', '4', '5', '6']) await page.getByRole('button', { name: key, exact: true }).click();
      await page.keyboard.press('Enter');
      await expect
        .poll(() => register.received.find(({ path }) => path === '/sandbox/pin')?.body)
        .toEqual({ pin: '123456' });
      expect(await page.locator('.pin-dots').textContent()).toBe('已输入 0 位');
      await page.keyboard.press('Escape');
      await expect.poll(() => register.received.at(-1)?.body).toEqual({ key: 'cancel' });
      register.move({ state: 'approved', debited: 'account', fundedBy: 'account', card: CARD });
      await settled(face('approved'));
      await page.keyboard.press('Enter');
      expect(await amount().textContent()).toBe('¥0.00');
    });
  });
});

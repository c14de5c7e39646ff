import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDevices } from '../../agent/devices/open-devices.ts';
import { configSchema } from '../../agent/index.ts';
import type { PrintAnswer } from '../../drivers/index.ts';
import { tearAt } from '../card/index.ts';
import { CONFIRMED, type PrinterInHand, printerInHand } from '../printer/printer-in-hand.ts';
import { openTcpPrinter } from '../printer/tcp-printer.ts';
import { textOf } from '../printer/virtual-printer.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import { followEvents } from './follow-events.ts';
import type { Payment } from './sandbox-under-test.ts';

const WAIT = { timeout: 30_000, interval: 5 };
let agent: AgentUnderTest;
let hand: PrinterInHand;

const start = async (copies: 'none' | 'customer' | 'both' = 'both'): Promise<void> => {
  const settings = { devices: { printer: { kind: 'usb', device: '/dev/usb/lp0', copies } } };
  agent = await AgentUnderTest.prepare(settings);
  const made = printerInHand();
  hand = made.hand;
  agent.unusual = { devices: { pinEntry: agent.pad, printer: made.printer } };
  await agent.up();
  await agent.ready();
};
afterEach(async () => {
  await agent.stop();
  expect(hand.paper.faults).toEqual([]);
});

const receiptOf = async (id: string) => (await agent.payment(id)).receipt;
const comesTo = (id: string, receipt: object): Promise<void> =>
  vi.waitFor(async () => expect(await receiptOf(id)).toMatchObject(receipt), WAIT);
const ask = (id: string, copy: string) =>
  agent.call<Payment & { code?: string }>('POST', `/v1/payments/${id}/print`, { copy });
const show = async (id: string, copy: string) =>
  (await agent.call<{ reprint: boolean; lines: string[] }>('GET', `/v1/payments/${id}/receipt?copy=${copy}`)).body;

describe('slips', () => {
  beforeEach(() => start());

  it('of an approved payment are printed for merchant and cardholder, once', async () => {
    const { id, card } = await agent.sale('rich', 1280);
    await comesTo(id, { state: 'printed', copies: { merchant: { state: 'printed' }, customer: { state: 'printed' } } });
    const [merchant = '', customer = ''] = hand.texts();
    for (const text of [merchant, customer]) {
      expect(text).toContain(card?.maskedPan);
      for (const line of ['金额 AMOUNT            RMB 12.80', '脱机交易 OFFLINE', '凭证号 VOUCHER NO            1-1'])
        expect(text).toContain(line);
      expect(text).toMatch(/^TC {14}[0-9A-F]{16}$/m);
      expect(text).not.toContain('重打印');
    }
    expect([merchant.includes('商户存根'), customer.includes('持卡人存根'), hand.jobs]).toEqual([true, true, 2]);
    expect(hand.texts()).toEqual([merchant, customer]);
  });

  it('are marked as reprints once they may be out, each copy by itself, also after a restart', async () => {
    hand.answer = async () =>
      hand.jobs === 1 ? { kind: 'maybe-printed', why: 'paper-out' } : { kind: 'not-printed', why: 'paper-out' };
    const { id } = await agent.sale('rich', 1280);
    await comesTo(id, {
      state: 'maybe-printed',
      why: 'paper-out',
      whyText: { zh: expect.stringContaining('缺纸') },
      copies: { customer: { state: 'not-printed' } },
    });
    await agent.restart();
    expect(await receiptOf(id)).toMatchObject({ state: 'maybe-printed', why: 'paper-out' });
    expect((await show(id, 'merchant')).reprint).toBe(true);
    expect((await show(id, 'customer')).reprint).toBe(false);
    hand.answer = async () => CONFIRMED;
    for (const copy of ['customer', 'merchant']) {
      const asked = await ask(id, copy);
      expect([asked.status, asked.body.receipt?.state]).toEqual([
        202,
        expect.stringMatching(/waiting|printing|printed/),
      ]);
      await comesTo(id, { copies: { [copy]: { state: 'printed' } } });
    }
    const [customer = '', merchant = ''] = hand.texts().slice(-2);
    expect([customer.includes('重打印'), merchant.includes('重打印')]).toEqual([false, true]);
    expect(agent.queue.verify().kind).toBe('sound');
  });

  it('that a crash has cut short may be out: nothing is printed by itself, and the next is a reprint', async () => {
    let release = (): void => {};
    hand.answer = () => new Promise((resolve) => (release = () => resolve(CONFIRMED)));
    const { id } = await agent.sale('rich', 1280);
    await comesTo(id, {
      state: 'printing',
      copies: { merchant: { state: 'printing' }, customer: { state: 'waiting' } },
    });
    const died = agent.restart();
    release();
    await died;
    expect(await receiptOf(id)).toMatchObject({ state: 'maybe-printed', why: 'restarted' });
    expect(hand.jobs).toBe(1);
    hand.answer = async () => CONFIRMED;
    await ask(id, 'merchant');
    await comesTo(id, { state: 'printed' });
    expect(hand.texts()[1]).toContain('重打印');
  });

  it('never hold up a payment, and do not pile up before a printer that hangs', async () => {
    let release = (): void => {};
    const hanging = new Promise<PrintAnswer>((resolve) => {
      release = () => resolve(CONFIRMED);
    });
    hand.answer = () => hanging;
    const ids: string[] = [];
    for (let sale = 0; sale < 5; sale++) ids.push((await agent.sale('rich', 100)).id);
    expect(agent.outcomes()).toEqual(Array(5).fill('approved'));
    expect(await receiptOf(ids[0] ?? '')).toMatchObject({ state: 'printing' });
    expect(await receiptOf(ids[4] ?? '')).toMatchObject({ state: 'not-printed', why: 'busy' });
    expect(await ask(ids[4] ?? '', 'merchant')).toMatchObject({ status: 409, body: { code: 'too-many-slips' } });
    // Pressed again, it is not printed twice.
    expect((await ask(ids[0] ?? '', 'merchant')).status).toBe(202);
    release();
    for (const id of ids.slice(0, 4)) await comesTo(id, { state: 'printed' });
    expect(hand.jobs).toBe(8);
  });

  it('of a refusal are printed by hand alone, and say that nothing was charged', async () => {
    const { id } = await agent.sale('expired', 1280);
    expect([await receiptOf(id), hand.jobs]).toEqual([undefined, 0]);
    await ask(id, 'merchant');
    await comesTo(id, { state: 'printed' });
    expect(hand.texts()[0]).toContain('未扣款');
    expect(hand.texts()[0]).toContain('有效期');
  });

  it('of an undecided payment say so, and are not printed again when its card tells', async () => {
    const last = await agent.commandsOf('rich');
    await vi.waitFor(() => expect(hand.jobs).toBe(2), WAIT);
    const id = await agent.pay(250);
    await agent.tap('rich', tearAt(last, 'after-card'));
    await agent.reaches(id, 'present-again');
    expect((await ask(id, 'merchant')).body).toMatchObject({ code: 'payment-not-ended' });
    expect((await agent.call('GET', `/v1/payments/${id}/receipt`)).status).toBe(409);
    await agent.cancel(id);
    await comesTo(id, { state: 'printed' });
    expect(
      hand
        .texts()
        .slice(2)
        .every((text) => text.includes('待查')),
    ).toBe(true);
    await agent.sale('rich', 100);
    await agent.reaches(id, 'declined');
    expect(await receiptOf(id)).toMatchObject({ state: 'printed' });
    expect(hand.texts().filter((text) => text.includes('250') || text.includes('2.50'))).toHaveLength(2);
    expect((await show(id, 'customer')).lines.join('')).toContain('卡已扣款');
  });

  it('that cannot be noted are not printed', async () => {
    agent.diskFull.add('noteSlip');
    const { id } = await agent.sale('rich', 1280);
    await vi.waitFor(() => expect(agent.logged.join('')).toContain('what became of a slip is not known'), WAIT);
    expect([hand.jobs, await receiptOf(id)]).toEqual([0, undefined]);
    agent.diskFull.clear();
    await ask(id, 'customer');
    await comesTo(id, { state: 'printed' });
  });

  it('of no payment are refused', async () => {
    expect(await ask('no-such', 'merchant')).toMatchObject({ status: 404, body: { code: 'payment-not-found' } });
    expect(await ask('no-such', 'both')).toMatchObject({ status: 400 });
  });
});

it('a terminal without a printer shows slips, and prints none', async () => {
  await start();
  await agent.down();
  agent.unusual = {};
  await agent.up();
  await agent.ready();
  const { id } = await agent.sale('rich', 1280);
  expect(await receiptOf(id)).toBeUndefined();
  expect(await ask(id, 'customer')).toMatchObject({ status: 409, body: { code: 'no-printer' } });
  expect((await show(id, 'customer')).lines).toContain('金额 AMOUNT            RMB 12.80');
});

it('a terminal that is to print for the cardholder alone', async () => {
  await start('customer');
  const { id } = await agent.sale('rich', 1280);
  await comesTo(id, { state: 'printed', copies: { customer: { state: 'printed' } } });
  expect([hand.jobs, hand.texts()[0]?.includes('持卡人存根')]).toEqual([1, true]);
});

it('a printer in the network, as the settings name it, is pulled in the middle and comes back', async () => {
  await start();
  await agent.down();
  const device = await openTcpPrinter({ columns: 48 });
  const printer = { kind: 'network', host: '127.0.0.1', port: device.port, widthMm: 80 };
  const { devices: settings } = configSchema.parse({
    stateDir: '/',
    clearing: { url: 'https://clearing.example' },
    devices: { printer },
  });
  const devices = openDevices(settings, { readers: agent.readers, log: () => {} });
  agent.unusual = { devices: { pinEntry: agent.pad, ...devices } };
  await agent.up();
  await agent.ready();
  const ready = () => vi.waitFor(() => expect(devices.printer?.state).toBe('ready'), WAIT);
  await ready();
  device.printer.hangsBefore = 5;
  const { id } = await agent.sale('rich', 1280);
  await vi.waitFor(() => expect(device.printer.paper).toHaveLength(5), WAIT);
  await device.pull();
  await comesTo(id, {
    copies: { merchant: { state: 'maybe-printed', why: 'pulled' }, customer: { state: 'not-printed' } },
  });
  device.printer.restart();
  device.printer.paper = [];
  await device.plugIn();
  await ready();
  await ask(id, 'merchant');
  await comesTo(id, { copies: { merchant: { state: 'printed' } } });
  expect(device.printer.slips.map((slip) => textOf(slip, 48))).toEqual([expect.stringContaining('重打印')]);
  expect(device.printer.faults).toEqual([]);
  await devices.close();
  await device.close();
});

describe('the slip of a close', () => {
  interface Closed {
    readonly number: number;
    readonly receipt?: Payment['receipt'];
    readonly comparedAt?: string;
  }
  const close = async () => (await agent.call<Closed>('POST', '/v1/closes')).body;
  const isPrinted = (number: number): Promise<void> =>
    vi.waitFor(
      async () =>
        expect((await agent.call<Closed>('GET', `/v1/closes/${number}`)).body.receipt).toEqual({ state: 'printed' }),
      WAIT,
    );
  const closeSlips = (): string[] => hand.texts().filter((text) => text.includes('结算单'));

  it('is printed once, at once where the centre is away; again by hand, marked', async () => {
    await start();
    agent.clearing.down = true;
    await agent.sale('rich', 1280);
    await vi.waitFor(async () => expect((await agent.status()).clearing.reachable).toBe(false), WAIT);
    const heard = await followEvents(agent.url);
    expect(await close()).toMatchObject({ number: 1 });
    await isPrinted(1);
    const ofClose = () => heard.events.filter(({ name }) => name === 'close').map(({ data }) => data);
    await heard.until(() => ofClose().some(({ receipt }) => (receipt as Payment['receipt'])?.state === 'printed'));
    heard.close();
    expect(ofClose()[0]).toMatchObject({ number: 1, terminal: { count: 1, totalMinor: 1280 }, complete: false });
    await close();
    const [slip = ''] = closeSlips();
    for (const line of ['中心尚未对账', '1 / RMB 12.80']) expect(slip).toContain(line);
    expect(slip).not.toContain('重打印');
    const text = await agent.call<{ reprint: boolean; lines: string[] }>('GET', '/v1/closes/1/receipt');
    expect([text.body.reprint, text.body.lines.join('').includes('重打印')]).toEqual([true, true]);
    await agent.restart();
    const asked = await agent.call('POST', '/v1/closes/1/print');
    expect(asked.status).toBe(202);
    await vi.waitFor(() => expect(closeSlips()).toHaveLength(2), WAIT);
    expect(closeSlips()[1]).toContain('重打印');
    expect((await agent.call('POST', '/v1/closes/9/print')).status).toBe(404);
    expect(agent.queue.verify().kind).toBe('sound');
    // Somebody has been at what was noted: it may be on paper.
    agent.queue.identity.setSetting('close-slip-1', '{"state":"on the moon"}');
    expect((await agent.call<Closed>('GET', '/v1/closes/1')).body.receipt).toEqual({ state: 'maybe-printed' });
  });
});

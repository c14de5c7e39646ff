import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { devicesSchema } from '../../agent/config/devices.ts';
import { openDevices } from '../../agent/devices/open-devices.ts';
import { tearAt } from '../card/index.ts';
import { openVirtualDisplay, type VirtualDisplay } from '../display/virtual-display.ts';
import { cannotTest } from '../missing-parts.ts';
import { openVirtualScanner, type VirtualScanner } from '../scanner/virtual-scanner.ts';
import { missingForVirtualSerial } from '../serial/virtual-serial.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import { FINAL } from './final-states.ts';
import { followEvents } from './follow-events.ts';

const skipped = cannotTest('a device on a serial port', missingForVirtualSerial());

const WAIT = { timeout: 30_000, interval: 10 };
const WECHAT = '134567890123456789';
const ALIPAY = '281234567890123456';

/** The composed agent with a scanner and a display on real serial ports, pulled and worn out while payments run. */
describe.skipIf(skipped)('a terminal with scanner and customer display', () => {
  let scanner: VirtualScanner;
  let display: VirtualDisplay;
  let agent: AgentUnderTest;
  let events: Awaited<ReturnType<typeof followEvents>>;
  let closeDevices = async (): Promise<void> => {};

  beforeAll(async () => {
    [scanner, display] = [await openVirtualScanner({ prefix: ']Q3', suffix: '\r\n' }), await openVirtualDisplay()];
    agent = await AgentUnderTest.prepare();
    const config = devicesSchema.parse({
      scanner: { kind: 'serial', port: scanner.port },
      display: { kind: 'serial', port: display.port },
    });
    const devices = openDevices(config, { readers: agent.readers, log: () => {} });
    closeDevices = devices.close;
    agent.unusual = { devices: { ...devices, pinEntry: agent.pad } };
    await agent.insertSam();
    await agent.up();
    await agent.ready();
    await deviceIs('scanner', 'ready');
    await deviceIs('display', 'ready');
  });
  afterAll(async () => {
    await agent.stop();
    await closeDevices();
    await Promise.all([scanner.close(), display.close()]);
  });
  beforeEach(async () => {
    events = await followEvents(agent.url);
  });
  afterEach(() => events.close());

  const deviceIs = (kind: string, state: string) =>
    vi.waitFor(async () => {
      const { devices } = (await agent.status()) as unknown as { devices: { kind: string; state: string }[] };
      expect(devices.find((device) => device.kind === kind)?.state).toBe(state);
    }, WAIT);
  const reads = (...lines: readonly string[]) =>
    vi.waitFor(() => expect(display.picture().map((line) => line.trimEnd())).toEqual(lines), WAIT);
  const codes = () => events.events.filter(({ name }) => name === 'code').map(({ data }) => data);
  const scanUntilTold = (count: number) =>
    vi.waitFor(
      () => {
        scanner.scan(WECHAT);
        expect(codes()).toHaveLength(count);
      },
      { timeout: 30_000, interval: 1_200 },
    );

  it('shows the way of a payment line by line', async () => {
    const before = display.history.length;
    const id = await agent.pay(1280);
    await reads('Total      CNY 12.80', 'Please tap your card');
    await agent.tap('rich');
    await agent.reaches(id, 'approved');
    await reads('Paid       CNY 12.80', 'Balance   CNY 787.20');
    const pictures = display.history.slice(before);
    expect(pictures.filter((picture) => !picture.startsWith('Welcome'))).toEqual([
      'Total      CNY 12.80|Please tap your card',
      ...(pictures.includes('Total      CNY 12.80|Keep the card there')
        ? ['Total      CNY 12.80|Keep the card there']
        : []),
      'Paid       CNY 12.80|Balance   CNY 787.20',
    ]);
    expect(display.notUnderstood).toEqual([]);
  });

  it('asks for the PIN, and says that nothing was charged', async () => {
    const id = await agent.pay(40_000);
    await agent.tap('over-cvm-limit');
    await agent.reaches(id, 'awaiting-pin');
    await reads('Total     CNY 400.00', 'Please enter the PIN');
    agent.pad.act({ key: 'cancel' });
    await agent.reaches(id, 'cancelled');
    await reads('Cancelled', 'Nothing was charged');
  });

  it('asks for the same card after a tear', async () => {
    const commands = await agent.commandsOf('rich');
    const id = await agent.pay(100);
    await agent.tap('rich', tearAt(commands, 'after-card'));
    await agent.reaches(id, 'present-again');
    await reads('Total       CNY 1.00', 'Same card once more');
    await agent.tap('rich');
    await agent.reaches(id, ...FINAL);
  });

  it('tells the register whose code was scanned, and never the code, with a payment in progress or not', async () => {
    scanner.scan(WECHAT);
    await vi.waitFor(() => expect(codes()).toHaveLength(1), WAIT);
    const id = await agent.pay(100);
    // Another code: the same one within a second is one.
    scanner.scan(ALIPAY);
    await vi.waitFor(() => expect(codes()).toHaveLength(2), WAIT);
    expect(codes()[1]).toMatchObject({ family: 'alipay' });
    expect(codes()[0]).toMatchObject({ family: 'wechat', payable: false, reasonText: { zh: expect.any(String) } });
    expect((await agent.payment(id)).state).toBe('awaiting-card');
    await agent.cancel(id);
    const everything = JSON.stringify([events.events, agent.logged]);
    expect(everything).toContain('wechat');
    for (const code of [WECHAT, ALIPAY]) expect(everything).not.toContain(code);
  });

  it('sells while the scanner floods, sends noise, and is pulled', async () => {
    const id = await agent.pay(100);
    for (let n = 0; n < 20_000; n++) scanner.scan(`${n}`);
    scanner.send(Uint8Array.from({ length: 50_000 }, (_, at) => (at * 7 + 3) % 256));
    await deviceIs('scanner', 'attention');
    await agent.tap('rich');
    expect((await agent.reaches(id, ...FINAL)).state).toBe('approved');
    expect(codes().length).toBeLessThanOrEqual(10);
    const next = await agent.pay(100);
    await scanner.unplug();
    await deviceIs('scanner', 'unplugged');
    await agent.tap('rich');
    expect((await agent.reaches(next, ...FINAL)).state).toBe('approved');
    await scanner.plugIn();
    await deviceIs('scanner', 'ready');
    await scanUntilTold(codes().length + 1);
  });

  it('sells with the display pulled or hung, and shows what holds when it is back', async () => {
    await display.unplug();
    await deviceIs('display', 'unplugged');
    const id = await agent.pay(100);
    await agent.tap('rich');
    expect((await agent.reaches(id, ...FINAL)).state).toBe('approved');
    const next = await agent.pay(250);
    await display.plugIn();
    await reads('Total       CNY 2.50', 'Please tap your card');
    display.stall(true);
    await agent.tap('rich');
    expect((await agent.reaches(next, ...FINAL)).state).toBe('approved');
    display.stall(false);
    await vi.waitFor(() => expect(display.picture()[0].trimEnd()).toBe('Paid        CNY 2.50'), WAIT);
  });

  it('tells of each device as it comes and goes', async () => {
    await display.unplug();
    await vi.waitFor(
      () =>
        expect(events.events.map(({ data }) => data)).toContainEqual(
          expect.objectContaining({ kind: 'display', state: 'unplugged', detail: expect.stringContaining('cable') }),
        ),
      WAIT,
    );
    await display.plugIn();
    await deviceIs('display', 'ready');
  });
});

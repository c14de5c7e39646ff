import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../agent/config/schema.ts';
import { openDevices } from '../../agent/devices/open-devices.ts';
import { cannotTest } from '../missing-parts.ts';
import type { Protection } from '../pin-pad/pad-key-block.ts';
import type { PadFormat } from '../pin-pad/pin-block.ts';
import { VirtualSerialPad } from '../pin-pad/virtual-serial-pad.ts';
import { startCopied } from '../postgres/copied-cluster.ts';
import type { RunningPostgres } from '../postgres/embedded-postgres.ts';
import { openTestHost, type TestHost } from '../sandbox/test-host.ts';
import { TEST_HSM_KEYS } from '../sandbox/test-keys.ts';
import { tlsFiles } from '../sandbox/tls-files.ts';
import { missingForVirtualSerial } from '../serial/virtual-serial.ts';
import { trayAccounts } from '../tray/index.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';

const skipped = cannotTest('a device on a serial port', missingForVirtualSerial());

const CARD = 'over-cvm-limit';
const { pan: PAN = '', pin: PIN = '' } = trayAccounts().find(({ cardId }) => cardId === CARD) ?? {};

/** The transport key of the centre, as the pad got it in the secure room. */
function keyedWith(name: string): Protection {
  const key = TEST_HSM_KEYS.pinTransport?.get(name);
  if (key === undefined) throw new Error(`no transport key ${name}`);
  return { cipher: key.cipher, key: key.value.use((bytes) => Uint8Array.from(bytes)) };
}

describe.skipIf(skipped)('a payment with the PIN typed at a serial PIN pad', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jdpos-pin-pad-'));
  let postgres: RunningPostgres;
  let host: TestHost;
  let agent: AgentUnderTest;
  let device: VirtualSerialPad;
  let devices: ReturnType<typeof openDevices>;
  const told: string[] = [];

  beforeAll(async () => {
    const tls = await tlsFiles(join(folder, 'tls'));
    postgres = await startCopied(join(folder, 'data'));
    const databaseUrl = await postgres.database('clearing');
    host = await openTestHost({ databaseUrl, port: 0, tls, random: randomBytes });
    agent = await AgentUnderTest.prepare({
      clearing: { url: `http://127.0.0.1:${host.port}` },
      acceptTestKeys: true,
    });
    agent.unusual = { enrolmentCode: await host.issueEnrolmentCode() };
  });
  afterEach(async () => {
    await agent.down();
    await devices.close();
    await device.close();
  });
  afterAll(async () => {
    await agent.stop();
    await host.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The agent with a pad that knows its transport key alone. */
  const start = async (format: PadFormat, keyId: string, transport: string): Promise<void> => {
    device = await VirtualSerialPad.open({ format, protection: keyedWith(transport), resendMs: 2_000 });
    const config = configSchema.parse({
      stateDir: folder,
      clearing: { url: 'https://clearing.example' },
      devices: { pinPad: { kind: 'serial', port: device.port, keyId, blockFormat: format } },
    });
    const log = (event: string, details: object) => told.push(`${event} ${JSON.stringify(details)}`);
    devices = openDevices(config.devices, { readers: agent.readers, log });
    agent.unusual = { ...agent.unusual, devices };
    await agent.up();
    await agent.ready();
  };
  const load = (keyId: string, transport: string) =>
    agent.call<{ state: string; code?: string; detail?: string }>(
      'POST',
      '/v1/pin-pad/key',
      host.pinKeyFile(keyId, transport),
    );
  const padIs = (state: string) =>
    until(`the pad to be ${state}`, async () => {
      const { body } = await agent.call<{ devices?: { kind: string; state: string }[] }>('GET', '/v1/status');
      return body.devices?.some((told) => told.kind === 'pin-pad' && told.state === state) || undefined;
    });
  const awaitingPin = async (): Promise<string> => {
    const id = await agent.pay(2_500);
    await agent.tap(CARD);
    await agent.reaches(id, 'awaiting-pin');
    await until('the pad to ask', async () => device.awaitsPin || undefined);
    return id;
  };
  const sell = async (pin: string) => {
    const id = await awaitingPin();
    device.type(pin);
    return agent.reaches(id, 'approved', 'declined');
  };

  it.each([
    ['iso-0', 'test-pin-1', 'test-pad-des'],
    ['iso-4', 'test-pin-aes', 'test-pad-aes'],
    ['sm4-0', 'test-pin-sm4', 'test-pad-aes'],
  ] as const)('in format %s: keyed by the centre, wrong, and right', async (format, keyId, transport) => {
    await start(format, keyId, transport);
    await padIs('attention');
    expect(await load(keyId, transport)).toMatchObject({ status: 200, body: { state: 'ready' } });
    expect(await sell('000000')).toMatchObject({ state: 'declined', reason: 'pin-wrong', debited: 'none' });
    expect(await sell(PIN)).toMatchObject({ state: 'approved', fundedBy: 'account', debited: 'account' });
    expect([...agent.logged, ...told].join()).not.toMatch(new RegExp(`${PAN}|${PIN}|000000"`));
  });

  it('is cancelled by the register, which the pad hears; and pulled, which the payment hears', async () => {
    await start('iso-4', 'test-pin-aes', 'test-pad-aes');
    expect(await load('test-pin-1', 'test-pad-des')).toMatchObject({ status: 422, body: { code: 'pin-key-refused' } });
    expect(await load('test-pin-aes', 'test-pad-aes')).toMatchObject({ status: 200 });
    const cancelled = await awaitingPin();
    await agent.cancel(cancelled);
    await agent.reaches(cancelled, 'cancelled');
    expect(device.awaitsPin).toBe(false);

    const pulled = await awaitingPin();
    await device.serial.unplug();
    expect(await agent.reaches(pulled, 'approved', 'declined')).toMatchObject({ state: 'declined', debited: 'none' });
    await padIs('unplugged');
    await device.serial.plugIn();
    await padIs('ready');
    expect(await sell(PIN)).toMatchObject({ state: 'approved' });
  });

  it('has no pad to load a key into while it is away', async () => {
    await start('iso-4', 'test-pin-aes', 'test-pad-aes');
    await device.serial.unplug();
    await padIs('unplugged');
    expect(await load('test-pin-aes', 'test-pad-aes')).toMatchObject({
      status: 503,
      body: { code: 'pin-pad-unavailable' },
    });
  });
});

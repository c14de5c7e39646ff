import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cannotTest } from '../missing-parts.ts';
import { missingForVirtualReader, privatePcscd } from '../reader/index.ts';
import { plantedUsb } from '../reader/planted-usb.ts';
import { missingForVirtualSerial } from '../serial/virtual-serial.ts';
import { openSoakDevices } from '../soak/devices.ts';
import { until } from '../until.ts';
import { FakeClearing } from './fake-clearing.ts';

const skipped = cannotTest('an installed terminal', [...missingForVirtualReader(), ...missingForVirtualSerial()]);

const JDPOS = join(import.meta.dirname, '../../dist/agent/cli/jdpos.cjs');

interface Finding {
  readonly id: string;
  readonly level: string;
  readonly what: string;
}

interface StatusPart {
  readonly readers: readonly { readonly role: string; readonly port?: string }[];
  readonly devices?: readonly { readonly kind: string; readonly state: string }[];
  readonly limits: { readonly transactionMinor: number };
  readonly hotlist: { readonly version: number };
}

describe('a daemon as it runs on a terminal', () => {
  let folder: string;
  let clearing: FakeClearing;
  let agent: ChildProcess | undefined;
  let logged = '';
  let url = '';

  const write = (more: object): void => {
    const ports = { register: { port: 0 }, central: { port: 0 } };
    const settings = { stateDir: join(folder, 'state'), clearing: { url: clearing.url }, ...ports, ...more };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(settings, undefined, 2));
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jdpos-installed-'));
    clearing = await FakeClearing.start();
  });

  const run = async (more: object = {}, node: readonly string[] = [], environment: object = {}): Promise<void> => {
    write(more);
    const own = { JDPOS_CONFIG: join(folder, 'config.json'), JDPOS_ENROLMENT_CODE: 'CODE-0001' };
    const env = { ...process.env, ...own, ...environment };
    const child = spawn(process.execPath, [...node, JDPOS, 'run', '--json'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    agent = child;
    logged = '';
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      logged += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    url = await until('the agent to run', async () => /"registerUrl":"([^"]+)"/.exec(said)?.[1]);
  };
  const status = async (): Promise<StatusPart> => (await (await fetch(`${url}/v1/status`)).json()) as StatusPart;
  /** It has fetched everything: what it makes when it first needs it is there. */
  const inContact = () =>
    until('the terminal to be ready', async () => {
      const { limits, hotlist } = await status();
      return (limits.transactionMinor > 0 && hotlist.version > 0) || undefined;
    });
  afterEach(async () => {
    agent?.kill('SIGKILL');
    await clearing.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const jdpos = (...words: string[]): Promise<{ code: number; out: string }> =>
    new Promise((resolve) => {
      const env = { ...process.env, JDPOS_CONFIG: join(folder, 'config.json') };
      execFile(process.execPath, [JDPOS, ...words], { env, cwd: folder }, (error, out) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out });
      });
    });

  test('takes its settings over on SIGHUP, says what waits for a restart, and keeps what is right', async () => {
    await run();
    write({ log: { level: 'debug' }, timeZone: 'UTC' });
    agent?.kill('SIGHUP');
    await until('the settings to be read anew', async () => logged.includes('read anew') || undefined);
    const line = logged.split('\n').find((one) => one.includes('read anew')) ?? '';
    expect(JSON.parse(line).changes).toEqual([
      { path: 'timeZone', effect: 'needs-restart' },
      { path: 'log.level', effect: 'applied' },
    ]);
    write({ log: { level: 'loud' } });
    agent?.kill('SIGHUP');
    await until('the settings to be refused', async () => logged.includes('stays as it is') || undefined);
    const shown = await jdpos('config', 'show', 'log.level', '--running', '--json', '--url', url);
    expect(JSON.parse(shown.out).settings).toMatchObject([{ value: 'debug', source: 'file' }]);
  });

  test('has threads enough that readers which hang do not stop it, however it is started', async () => {
    const threads = (): number => readdirSync(`/proc/${agent?.pid}/task`).length;
    await run({}, [], { UV_THREADPOOL_SIZE: '4' });
    await inContact();
    const withFour = threads();
    agent?.kill('SIGKILL');
    await run({}, [], { UV_THREADPOOL_SIZE: undefined });
    await until('32 threads in place of 4', async () => threads() - withFour === 32 - 4 || undefined);
  });

  test('is examined while it runs, and after it has been killed', async () => {
    await run();
    await inContact();
    const findings = JSON.parse((await jdpos('doctor', '--json')).out).findings as readonly Finding[];
    const of = (group: string) => findings.filter(({ id }) => id.startsWith(`${group}.`));
    expect(of('queue').map(({ id, level }) => `${id} ${level}`)).toEqual(
      ['keys', 'enrolment', 'backlog', 'certificate', 'hotlist', 'parameters', 'chain'].map((id) => `queue.${id} ok`),
    );
    expect(of('host').map(({ id, level }) => `${id} ${level}`)).toContain('host.connection ok');
    expect(of('process')[0]?.what).toContain('the daemon runs');
    // Each native module was tried in a process of its own.
    expect(of('software').map(({ what }) => what)).toContainEqual(expect.stringContaining('loads: SQLite 3'));

    agent?.kill('SIGKILL');
    rmSync(join(folder, 'state', 'master.key'));
    const text = await jdpos('doctor', 'queue');
    expect(text).toMatchObject({ code: 1, out: expect.stringContaining('master.key is missing') });
  });

  test.skipIf(skipped)('binds readers to their USB ports, and opens the devices of its settings', async () => {
    chmodSync(folder, 0o711);
    const usb = plantedUsb({
      '1-1': { busnum: '1', devnum: '4', serial: 'S1' },
      '1-1:1.0': { bInterfaceClass: '0b', interface: 'Twin' },
    });
    const pcscd = await privatePcscd({ dir: folder, name: 'ACME Reader [Twin] (S1)' });
    const devices = await openSoakDevices();
    try {
      await pcscd.start();
      // No role by name would be any of these.
      const readers = { ports: { '1-1:1.0': 'contact', '1-1:1.0/1': 'sam' } };
      const node = ['--import', usbIn(usb.root, join(folder, 'usb.mjs'))];
      await run({ readers, devices: devices.settings }, node, { PCSCLITE_CSOCK_NAME: pcscd.socketPath });
      const all = await until('readers and devices', async () => {
        const { readers, devices = [] } = await status();
        return readers.length === 2 && devices.every(({ state }) => state === 'ready')
          ? { readers, devices }
          : undefined;
      });
      // Both slots come in any order.
      expect(all.readers.toSorted((a, b) => (a.port ?? '').localeCompare(b.port ?? ''))).toMatchObject([
        { role: 'contact', port: '1-1:1.0' },
        { role: 'sam', port: '1-1:1.0/1' },
      ]);
      expect(all.devices.map(({ kind }) => kind)).toEqual(['pin-pad', 'scanner', 'printer', 'display']);
      const ended = new Promise((resolve) => agent?.once('exit', resolve));
      agent?.kill('SIGTERM');
      expect(await ended).toBe(0);
    } finally {
      await devices.close();
      await pcscd.stop();
      usb.remove();
    }
  });
});

/** Has a process see the USB devices of another folder in place of the kernel's. Gives the module to import before its own. */
function usbIn(root: string, file: string): string {
  const kernel = JSON.stringify('/sys/bus/usb/devices');
  writeFileSync(
    file,
    `import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
for (const name of ['readdirSync', 'readFileSync']) {
  const own = fs[name];
  fs[name] = (path, ...rest) => own(typeof path === 'string' ? path.replace(${kernel}, ${JSON.stringify(root)}) : path, ...rest);
}
syncBuiltinESMExports();
`,
  );
  return file;
}

import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../agent/config/read-config.ts';
import { SetupCancelled } from '../../agent/setup/asker.ts';
import type { Run } from '../../agent/setup/machine.ts';
import { placesBelow } from '../../agent/setup/places.ts';
import { scriptAsker } from '../../agent/setup/script-asker.ts';
import { setUp } from '../../agent/setup/set-up.ts';
import type { SetupFlags } from '../../agent/setup/setup-parts.ts';
import { reportOf } from '../../agent/setup/setup-report.ts';
import { terminalThere } from '../../agent/setup/terminal-there.ts';
import { memoryReaders } from '../reader/memory-readers.ts';
import { FakeClearing } from './fake-clearing.ts';

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const ENROLMENTS = 'POST /v1/enrolments';

let root: string;
let clearing: FakeClearing;
let service: { active: boolean; enabled: boolean; starts: number; healthy: boolean };
let said: string[];
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'jdpos-setup-'));
  mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  writeFileSync(join(root, 'code'), 'CODE-0001\n');
  clearing = await FakeClearing.start();
  service = { active: false, enabled: false, starts: 0, healthy: true };
  said = [];
});
afterEach(async () => {
  await clearing.stop();
  rmSync(root, { recursive: true, force: true });
});

const places = () => placesBelow(root, {});

/** The programs of a machine on which systemd runs; the service comes up if its settings are sound. */
const run: Run = async (program, ...args) => {
  if (program === 'id') return { code: 0, output: String(args[0] === '-u' ? process.getuid?.() : process.getgid?.()) };
  if (program === 'getent') return { code: args[1] === 'dialout' ? 0 : 2, output: '' };
  if (program !== 'systemctl') return { code: -1, output: 'not here' };
  const [verb] = args;
  if (verb === 'is-active') return { code: service.active ? 0 : 3, output: '' };
  if (verb === 'is-enabled') return { code: service.enabled ? 0 : 1, output: '' };
  if (verb === 'stop') service.active = false;
  if (verb === 'enable' || verb === 'disable') service.enabled = verb === 'enable';
  if (verb === 'restart') {
    service.active = existsSync(places().unit) && configNow().kind === 'config';
    service.starts += 1;
  }
  return { code: 0, output: '' };
};
const configNow = () => readConfig(JSON.parse(readFileSync(places().config, 'utf8')), {});

/** What the daemon would say of itself. */
const status = () => ({
  terminal: clearing.terminal,
  readers: [],
  clearing: { reachable: service.healthy },
  queue: { unacknowledgedCount: 0, unacknowledgedSumMinor: 0 },
  hotlist: { version: 1 },
  limits: { floorMinor: 1, cvmMinor: 1, transactionMinor: 1 },
  openIntent: false,
});
const fetchIt = (async () => {
  if (!service.active) throw new Error('ECONNREFUSED');
  return Response.json(status());
}) as typeof fetch;

interface Unusual {
  readonly flags?: Partial<SetupFlags>;
  /** Ctrl-C when so many lines were said. */
  readonly interruptAt?: number;
}

async function attempt({ flags = {}, interruptAt = Number.POSITIVE_INFINITY }: Unusual = {}) {
  const interruption = new AbortController();
  let now = 0;
  const say = (line: string): void => {
    said.push(line);
    if (said.length >= interruptAt) interruption.abort();
  };
  return setUp({
    flags: {
      ...{ reader: [], acceptTestKeys: true, systemd: true, clearingUrl: clearing.url },
      enrolmentCodeFile: join(root, 'code'),
      ...flags,
    },
    asker: scriptAsker({ say, attended: false, interrupted: interruption.signal }),
    ...{ places: places(), root, run, program: { node: process.execPath, cli: '/opt/jdpos/jdpos.js' } },
    probes: {
      found: () => [],
      readers: async () => memoryReaders({ readers: [{ name: 'Memory Reader', role: 'contactless' }] }),
      open: () => ({ close: async () => {} }),
    },
    ...{ environment: {}, fetch: fetchIt, random, uuid: randomUUID, interrupted: interruption.signal },
    sleep: async (ms) => {
      now += ms;
    },
    clock: { now: Date.now, monotonic: () => now },
  });
}

const terminal = () => terminalThere(places(), undefined);
/** Every file below the places of a terminal, with what is in it; databases by their names alone. */
const snapshot = (): Record<string, string> =>
  Object.fromEntries(
    ['etc', 'var'].flatMap((top) =>
      existsSync(join(root, top))
        ? readdirSync(join(root, top), { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile() && !/queue\.db|\.bak$/.test(entry.name))
            .map((entry) => join(entry.parentPath, entry.name))
            .filter((path) => !path.startsWith(places().stagedState))
            .map((path) => [path, readFileSync(path, 'latin1')] as const)
        : [],
    ),
  );

describe('setting up a terminal', () => {
  it('enrols it, installs its service, and tells what was tested', async () => {
    const done = await attempt();
    expect(terminal()).toEqual({ kind: 'there', terminal: 'T-0001' });
    expect(configNow()).toMatchObject({ kind: 'config', config: { clearing: { url: clearing.url } } });
    expect([existsSync(places().unit), existsSync(places().polkit), service.active]).toEqual([true, true, true]);
    expect(existsSync(places().stagedState)).toBe(false);
    expect(done.tests.map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'disk passed',
      'card skipped',
      'pin skipped',
      'scan skipped',
      'print skipped',
      'display skipped',
      'enrolment passed',
      'host passed',
      'service passed',
      'balance skipped',
    ]);
    const { report } = await reportOf(done, '2026-11-26T08:00:00.000Z', run);
    expect(report).toMatchObject({ terminal: 'T-0001', epoch: 1, enrolment: 'new', testKeys: true });
    // The code is used, and nowhere.
    expect(JSON.stringify([report, snapshot(), said])).not.toContain('CODE-0001');
  });

  it('keeps a terminal that is there, and asks the centre for nothing', async () => {
    await attempt();
    const before = snapshot();
    const enrolments = clearing.bodies(ENROLMENTS).length;
    const done = await attempt({ flags: { display: 'serial:/dev/ttyUSB0:9600' } });
    expect(clearing.bodies(ENROLMENTS)).toHaveLength(enrolments);
    expect(done.tests.find(({ id }) => id === 'enrolment')?.outcome).toBe('skipped');
    expect(terminal()).toEqual({ kind: 'there', terminal: 'T-0001' });
    expect(readFileSync(`${places().config}.bak`, 'latin1')).toBe(before[places().config]);
    expect(configNow()).toMatchObject({ config: { devices: { display: { port: '/dev/ttyUSB0' } } } });
    expect(readFileSync(places().unit, 'utf8')).toContain('SupplementaryGroups=dialout');
  });

  it('has no key in its report, not even that of the pad on the screen', async () => {
    await attempt();
    const hex = '00112233445566778899AABBCCDDEEFF';
    const before = JSON.parse(readFileSync(places().config, 'utf8'));
    const devices = { pinPad: { kind: 'on-screen', testKey: { keyId: 'test', hex } } };
    writeFileSync(places().config, JSON.stringify({ ...before, devices }));
    const { report } = await reportOf(await attempt(), '2026-11-26T08:00:00.000Z', run);
    expect(report.devices).toEqual({ pinPad: { kind: 'on-screen' } });
  });

  it('changes nothing when it is run again with the same answers', async () => {
    await attempt();
    const before = snapshot();
    await attempt();
    expect(snapshot()).toEqual(before);
  });

  it('puts everything back when the terminal does not come up, and goes on from there', async () => {
    service.healthy = false;
    await expect(attempt()).rejects.toMatchObject({ code: 'not-available' });
    expect([snapshot(), service.active, terminal().kind]).toEqual([{}, false, 'begun']);
    service.healthy = true;
    const done = await attempt({ flags: { enrolmentCodeFile: join(root, 'no code is needed') } });
    expect(done.enrolled).toMatchObject({ terminal: 'T-0001' });
    expect(clearing.bodies(ENROLMENTS)).toHaveLength(1);
  });

  it('lets a terminal run on as it did when its new settings do not work', async () => {
    await attempt();
    const before = snapshot();
    service.healthy = false;
    await expect(attempt({ flags: { port: 7500 } })).rejects.toMatchObject({ code: 'not-available' });
    expect([snapshot(), service.active]).toEqual([before, true]);
  });

  it('leaves a terminal that was stopped for it to start at the next boot', async () => {
    await attempt();
    const before = snapshot();
    service.active = false;
    service.healthy = false;
    await expect(attempt({ flags: { port: 7500 } })).rejects.toMatchObject({ code: 'not-available' });
    expect([snapshot(), service.active, service.enabled]).toEqual([before, false, true]);
  });

  it('goes on with the same code and key after the answer of the centre was lost', async () => {
    clearing.on(ENROLMENTS, () => 'break');
    await expect(attempt()).rejects.toMatchObject({ code: 'not-available' });
    clearing.on(ENROLMENTS, undefined);
    await attempt({ flags: { enrolmentCodeFile: join(root, 'gone') } });
    const [first, second] = clearing.bodies<{ code: string; signingKey: string }>(ENROLMENTS);
    expect(second).toEqual(first);
    expect(terminal()).toEqual({ kind: 'there', terminal: 'T-0001' });
  });

  it('keeps the code for later while the centre is away', async () => {
    await expect(attempt({ flags: { clearingUrl: 'http://127.0.0.1:1' } })).rejects.toThrow('nobody listens there');
    expect(snapshot()).toEqual({});
    await attempt();
    expect(terminal()).toEqual({ kind: 'there', terminal: 'T-0001' });
  });

  it('tells what the centre refuses, and needs another code then', async () => {
    clearing.on(ENROLMENTS, () => ({ status: 409, json: { code: 'code-used', detail: 'ask for another' } }));
    await expect(attempt()).rejects.toThrow('code-used: ask for another');
    clearing.on(ENROLMENTS, undefined);
    writeFileSync(join(root, 'code'), 'CODE-0002');
    await attempt();
    expect(clearing.bodies<{ code: string }>(ENROLMENTS).map(({ code }) => code)).toEqual(['CODE-0001', 'CODE-0002']);
  });

  it('refuses test keys unless they are wanted', async () => {
    clearing.marked = { hostKeys: true };
    await expect(attempt({ flags: { acceptTestKeys: false } })).rejects.toThrow('TEST keys');
    expect(snapshot()).toEqual({});
  });

  it.each([
    ['a folder that holds something else', () => writeStrange(places().stateDir, 'photos.zip'), 'holds no queue'],
    ['settings that are wrong', () => writeStrange(join(places().config, '..'), 'config.json'), 'is wrong'],
  ])('refuses %s', async (_, plant, message) => {
    plant();
    const before = snapshot();
    await expect(attempt()).rejects.toThrow(message);
    expect(snapshot()).toEqual(before);
    expect(clearing.bodies(ENROLMENTS)).toHaveLength(0);
  });
});

function writeStrange(folder: string, name: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), 'strange');
}

/** Lines of a whole setup that come before its files are put in place, and while it starts. */
async function interruptedEverywhere(before: () => Promise<Record<string, string>>, flags: Partial<SetupFlags>) {
  const met = { cancelled: 0, whole: 0 };
  for (let at = 1; ; at++) {
    const old = await before();
    const wasActive = service.active;
    said = [];
    const end = await attempt({ flags, interruptAt: at }).catch((error: unknown) => error);
    if (said.length < at) return met;
    if (end instanceof SetupCancelled) {
      met.cancelled += 1;
      expect([snapshot(), service.active]).toEqual([old, wasActive]);
    } else {
      // It was in place and healthy already.
      met.whole += 1;
      expect(end).toMatchObject({ config: { clearing: { url: clearing.url } } });
      expect([terminal(), service.active]).toEqual([{ kind: 'there', terminal: 'T-0001' }, true]);
    }
  }
}

describe('Ctrl-C', () => {
  it('at any line leaves a machine as it was, or a whole terminal; the enrolment is made once', async () => {
    const met = await interruptedEverywhere(async () => {
      if (terminal().kind === 'there') {
        for (const top of ['etc', 'var']) rmSync(join(root, top), { recursive: true });
        service.active = false;
        clearing.epoch += 1;
        writeFileSync(join(root, 'code'), `CODE-1${clearing.epoch}`);
      }
      return snapshot();
    }, {});
    expect(met.cancelled).toBeGreaterThan(8);
    expect(met.whole).toBeGreaterThan(0);
    // One for each terminal that was there in the end: what was broken off was gone on with.
    const codes = clearing.bodies<{ code: string }>(ENROLMENTS).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('at any line leaves a terminal that sells as it did, or with its new settings', async () => {
    await attempt();
    let port = 7_500;
    const met = await interruptedEverywhere(
      async () => {
        port += 10;
        return snapshot();
      },
      {
        get port() {
          return port;
        },
      },
    );
    expect(met.cancelled).toBeGreaterThan(5);
    expect(clearing.bodies(ENROLMENTS)).toHaveLength(1);
  });
});

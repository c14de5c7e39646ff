import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AgentSettings } from '../agent-settings.ts';
import { loadConfig, withPemFiles } from './config-file.ts';
import { runningConfiguration } from './running.ts';

const LEAST = { stateDir: '/var/lib/jdpos', clearing: { url: 'https://clearing.example' } };
let folder: string;
let applied: AgentSettings[];
let levels: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-running-'));
  [applied, levels] = [[], []];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (more: object): void => writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...LEAST, ...more }));

function running() {
  write({});
  const load = () => withPemFiles(loadConfig(join(folder, 'config.json'), {}));
  const started = load();
  if (started.kind === 'invalid') throw new Error('the settings of this test are wrong');
  const configuration = runningConfiguration(started, load, ({ log: { level } }) => levels.push(level));
  const reload = () => configuration.reload((settings) => applied.push(settings));
  const valueAt = (path: string) => configuration.effective().find((setting) => setting.path === path)?.value;
  return { reload, valueAt };
}

describe('the settings of a daemon that runs', () => {
  it('take over what may change, and say what waits for a restart, each time', () => {
    const { reload, valueAt } = running();
    write({ payment: { tapMs: 9_000 }, register: { port: 7500 }, log: { level: 'debug' } });
    expect(reload()).toEqual({
      kind: 'reloaded',
      changes: [
        { path: 'register.port', effect: 'needs-restart' },
        { path: 'payment.tapMs', effect: 'applied' },
        { path: 'log.level', effect: 'applied' },
      ],
    });
    expect(applied.map(({ payment, register }) => [payment.tapMs, register.port])).toEqual([[9_000, 7400]]);
    expect(levels).toEqual(['debug']);
    expect([valueAt('payment.tapMs'), valueAt('register.port')]).toEqual([9_000, 7400]);

    expect(reload()).toEqual({ kind: 'reloaded', changes: [{ path: 'register.port', effect: 'needs-restart' }] });
    expect(applied.length).toBe(1);
  });

  it('do not change under a file that is wrong, missing, or names a certificate that is', () => {
    const { reload, valueAt } = running();
    const file = join(folder, 'config.json');
    const spoil = [
      () => write({ payment: { tapMs: 9_000 }, typo: 1 }),
      () => writeFileSync(file, '{"stateDir":'),
      () => write({ payment: { tapMs: 9_000 }, clearing: { ...LEAST.clearing, ca: join(folder, 'nowhere.pem') } }),
      () => rmSync(file),
    ];
    for (const spoilt of spoil) {
      spoilt();
      expect(reload()).toMatchObject({ kind: 'invalid' });
    }
    expect(applied).toEqual([]);
    expect(valueAt('payment.tapMs')).toBe(10_000);
  });

  it('what is taken out of the file has its default again', () => {
    const { reload, valueAt } = running();
    write({ offline: { deferral: { amountMinor: 1, count: 1, sumMinor: 1 } } });
    reload();
    expect(valueAt('offline.deferral.count')).toBe(1);
    write({});
    reload();
    expect(valueAt('offline.deferral.count')).toBeUndefined();
    expect(applied.at(-1)?.offline.deferral).toBeUndefined();
  });
});

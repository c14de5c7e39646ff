import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliWorld, cli, type TestTerminal, testTerminal } from '../test-terminal.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-config-'));
  file = join(folder, 'config.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SETTINGS = { stateDir: '/var/lib/jdpos-test', clearing: { url: 'https://clearing.example' } };
const write = (settings: object = SETTINGS): void => writeFileSync(file, JSON.stringify(settings, undefined, 2));
const held = (): unknown => JSON.parse(readFileSync(file, 'utf8'));
const run = (words: string[], world: CliWorld = {}) => cli(['config', ...words], world);
const change = (words: string[], world: CliWorld = {}) => run([...words, '--config', file], world);

describe('config set', () => {
  it('writes what is right as a whole, and leaves nothing beside it', async () => {
    write();
    chmodSync(file, 0o640);
    expect(await change(['set', 'register.port', '7500', 'log.level', 'debug', 'timeZone', 'UTC'])).toMatchObject({
      exitCode: 0,
    });
    expect(held()).toEqual({ ...SETTINGS, register: { port: 7500 }, log: { level: 'debug' }, timeZone: 'UTC' });
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['config.json']);
  });

  it('writes nothing when anything would be wrong, and says all of it', async () => {
    write();
    const before = readFileSync(file, 'utf8');
    const { exitCode, out } = await change(['set', 'register.port', 'many', 'payment.tapMs', '1']);
    expect(exitCode).toBe(1);
    expect(out).toEqual([
      `register.port: expected a whole number from 0 to 65535, not "many"; for example 7400 (${file}:7)`,
      `payment.tapMs: expected a whole number from 500 to 60000, not 1; for example 10000 (${file}:10)`,
      'nothing is written',
    ]);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('refuses what is wrong although the environment covers it today', async () => {
    write();
    const { exitCode } = await change(['set', 'register.port', '70000'], { environment: { JDPOS_PORT: '7400' } });
    expect(exitCode).toBe(1);
    expect(held()).toEqual(SETTINGS);
  });

  it('makes the file when it is not there, for its owner and group, and its folder', async () => {
    file = join(folder, 'jdpos', 'config.json');
    const words = ['set', 'stateDir', '/var/lib/jdpos-test', 'clearing.url', 'https://clearing.example'];
    expect(await change(words)).toMatchObject({ exitCode: 0 });
    expect(held()).toEqual(SETTINGS);
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  it('takes a secret from standard input or the terminal alone, and repeats it nowhere', async () => {
    write();
    const refused = await change(['set', 'clearing.enrolmentCode', 'ABCD-1234']);
    expect(refused.exitCode).toBe(2);
    expect(JSON.stringify(refused)).not.toContain('ABCD-1234');
    const wrong = await change(['set', 'clearing.enrolmentCode', '-'], { readInput: async () => 'no code!\n' });
    expect(wrong.exitCode).toBe(1);
    expect(JSON.stringify(wrong)).not.toContain('no code!');
    const piped = await change(['set', 'clearing.enrolmentCode', '-'], { readInput: async () => 'ABCD-1234\n' });
    expect(piped.exitCode).toBe(0);
    expect(JSON.stringify(piped)).not.toContain('ABCD-1234');
    expect(held()).toMatchObject({ clearing: { enrolmentCode: 'ABCD-1234' } });
    expect((await change(['set', 'clearing.enrolmentCode', '-'], { prompt: async () => 'EFGH-5678' })).exitCode).toBe(
      0,
    );
    expect(held()).toMatchObject({ clearing: { enrolmentCode: 'EFGH-5678' } });
  });

  it('takes names in quotes, and whole parts as JSON', async () => {
    write();
    await change([
      'set',
      'readers.roles."ACS ACR1252 00 00"',
      'sam',
      'keyStore.place',
      '{"kind":"credential","name":"k"}',
    ]);
    expect(held()).toMatchObject({
      readers: { roles: { 'ACS ACR1252 00 00': 'sam' } },
      keyStore: { place: { kind: 'credential', name: 'k' } },
    });
  });

  it('leaves a link a link', async () => {
    write();
    const link = join(folder, 'link.json');
    symlinkSync(file, link);
    expect(await run(['set', 'log.level', 'warn', '--config', link])).toMatchObject({ exitCode: 0 });
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(held()).toMatchObject({ log: { level: 'warn' } });
  });

  it.each([
    [['set', 'log..level', 'warn'], 2],
    [['set', 'log.level', 'warn', 'timeZone'], 2],
    [['set', '__proto__.level', 'warn'], 1],
  ])('%j is refused', async (words, exitCode) => {
    write();
    expect(await change(words)).toMatchObject({ exitCode });
    expect(held()).toEqual(SETTINGS);
  });

  it('does not touch a file that is no JSON', async () => {
    writeFileSync(file, '{"stateDir": ');
    expect(await change(['set', 'log.level', 'warn'])).toMatchObject({ exitCode: 1 });
    expect(readFileSync(file, 'utf8')).toBe('{"stateDir": ');
  });
});

describe('config unset', () => {
  it('takes a setting out, and the part that it leaves empty', async () => {
    write({ ...SETTINGS, log: { level: 'debug' } });
    expect(await change(['unset', 'log.level'])).toMatchObject({ exitCode: 0 });
    expect(held()).toEqual(SETTINGS);
    expect(await change(['unset', 'log.level'])).toMatchObject({ exitCode: 1 });
  });

  it('does not take out what is needed', async () => {
    write();
    const { exitCode, out } = await change(['unset', 'clearing.url']);
    expect([exitCode, out.at(-1)]).toEqual([1, 'nothing is written']);
    expect(held()).toEqual(SETTINGS);
  });
});

describe('config check', () => {
  it('says that the settings are right', async () => {
    write();
    expect(await run(['check', file])).toEqual({ exitCode: 0, out: [`${file} is right`], err: [] });
  });

  it('finds the file by JDPOS_CONFIG', async () => {
    write();
    expect((await run(['check'], { environment: { JDPOS_CONFIG: file } })).out).toEqual([`${file} is right`]);
  });

  it('tells all that is wrong, with certificate files', async () => {
    write({ ...SETTINGS, clearing: { url: 'https://clearing.example', ca: join(folder, 'nowhere.pem') } });
    const { exitCode, out } = await run(['check', file, '--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ file, problems: [{ at: 'clearing.ca' }] });
  });

  it('says where a file stops being JSON', async () => {
    writeFileSync(file, '{\n  "stateDir": "/x",\n}');
    const { exitCode, out } = await run(['check', file]);
    expect({ exitCode, out }).toEqual({
      exitCode: 1,
      out: [`the file: no JSON: expected a name in double quotes (${file}:3:1)`],
    });
  });
});

describe('config show', () => {
  it('says of each setting where it comes from, and shows no secret', async () => {
    write({ ...SETTINGS, clearing: { ...SETTINGS.clearing, enrolmentCode: 'ABCD-1234' } });
    const shown = await change(['show'], { environment: { JDPOS_LOG_LEVEL: 'debug' } });
    expect(shown.exitCode).toBe(0);
    const lines = shown.out.map((line) => line.replace(/ {2,}/g, ' | '));
    expect(lines).toEqual(
      expect.arrayContaining([
        'SETTING | VALUE | FROM',
        `stateDir | /var/lib/jdpos-test | ${file}:2`,
        'clearing.ca | - (whom Node trusts) | default',
        `clearing.enrolmentCode | [secret] | ${file}:5`,
        'log.level | debug | JDPOS_LOG_LEVEL',
        'register.port | 7400 | default',
      ]),
    );
    expect(JSON.stringify(shown)).not.toContain('ABCD-1234');
  });

  it('shows one setting, or a part', async () => {
    write();
    expect((await change(['show', 'log.level', '--json'])).out).toEqual([
      '{"settings":[{"path":"log.level","value":"info","source":"default"}]}',
    ]);
    expect((await change(['show', 'sync.backOff'])).out.length).toBe(3);
    expect(await change(['show', 'sync.nothing'])).toMatchObject({ exitCode: 1 });
  });
});

describe('with the daemon', () => {
  let terminal: TestTerminal;
  beforeEach(async () => {
    terminal = await testTerminal();
  });
  afterEach(() => terminal.close());

  it('config show --running shows what the daemon has', async () => {
    terminal.settings = [{ path: 'register.port', value: 7400, source: 'file', from: '/etc/jdpos/config.json:3' }];
    expect((await run(['show', '--running', '--url', terminal.url])).out[1]).toBe(
      'register.port  7400   /etc/jdpos/config.json:3',
    );
  });

  it('config reload says what holds and what waits', async () => {
    const changes = [
      { path: 'log.level', effect: 'applied' as const },
      { path: 'register.port', effect: 'needs-restart' as const },
    ];
    terminal.onReload = () => ({ kind: 'reloaded', changes });
    expect(await run(['reload', '--url', terminal.url])).toEqual({
      exitCode: 0,
      err: [],
      out: ['log.level      holds now', 'register.port  NEEDS A RESTART of the daemon'],
    });
    terminal.onReload = () => ({ kind: 'reloaded', changes: [] });
    expect((await run(['reload', '--url', terminal.url])).out).toEqual(['nothing differs from what holds']);
  });

  it('config reload says why settings are not taken', async () => {
    terminal.onReload = () => ({ kind: 'invalid', problems: [{ at: 'typo', message: 'there is no such setting' }] });
    const { exitCode, err } = await run(['reload', '--url', terminal.url]);
    expect([exitCode, err[0]]).toEqual([1, expect.stringContaining('typo: there is no such setting')]);
    expect(existsSync(file)).toBe(false);
  });
});

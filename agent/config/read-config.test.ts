import { describe, expect, it } from 'vitest';
import { readConfig } from './read-config.ts';
import { settingsOf } from './schema.ts';

const FILE = { stateDir: '/var/lib/jdpos', clearing: { url: 'https://clearing.example' } };

const problemsOf = (file: unknown, environment = {}) => {
  const read = readConfig(file, environment);
  return read.kind === 'invalid' ? read.problems.map(({ at }) => at) : [];
};

const configOf = (file: unknown, environment = {}) => {
  const read = readConfig(file, environment);
  if (read.kind === 'invalid') throw new Error(JSON.stringify(read.problems));
  return read.config;
};

describe('readConfig', () => {
  it('needs a folder and a host, and has a default for the rest', () => {
    expect(settingsOf(configOf(FILE))).toMatchObject({
      register: { host: '127.0.0.1', port: 7400 },
      central: { host: '127.0.0.1', port: 7401 },
      timeZone: 'Asia/Shanghai',
      payment: { awaitCardMs: 180_000, exchangeMs: 1500, pinEntryMs: 60_000 },
      sync: { baseUrl: 'https://clearing.example', seal: { maxRecords: 100 } },
    });
  });

  it('binds readers to USB ports as readers list shows them, and to nothing else', () => {
    const ports = { '1-1': 'contactless', '2-1.4.3:1.0': 'contact', '2-1.4.3:1.0/1': 'sam' };
    expect(configOf({ ...FILE, readers: { ports } }).readers).toEqual({ ports, roles: {} });
    for (const port of ['usb1', '1-', '1-1:', '1-1:1.0/', '1-1/1', '/dev/bus/usb/001/004', ''])
      expect(problemsOf({ ...FILE, readers: { ports: { [port]: 'sam' } } }), port).toHaveLength(1);
  });

  it('tells everything that is wrong at once', () => {
    const file = {
      clearing: { url: 'ftp://clearing.example', colour: 'red' },
      register: { port: 70_000 },
      timeZone: 'Asia/Jiangdu',
      typo: true,
    };
    const problems = problemsOf(file);
    expect(problems).toEqual(
      expect.arrayContaining(['stateDir', 'clearing.url', 'clearing', 'register.port', 'timeZone', '']),
    );
  });

  it.each([
    ['https://clearing.example', []],
    ['https://clearing.example:7410', []],
    ['http://127.0.0.1:7410', []],
    ['http://localhost:7410', []],
    ['http://clearing.example', ['clearing.url']],
    ['http://127.evil.example', ['clearing.url']],
    ['https://clearing.example/path', ['clearing.url']],
    ['https://user@clearing.example', ['clearing.url']],
    ['clearing.example', ['clearing.url']],
  ])('%s', (url, expected) => {
    expect(problemsOf({ ...FILE, clearing: { url } })).toEqual(expected);
  });

  it('lets the environment win, and the central port follow the register’s', () => {
    const config = configOf(FILE, {
      JDPOS_STATE_DIR: '/srv/jdpos',
      JDPOS_PORT: '8400',
      JDPOS_CLEARING_URL: 'https://other.example',
      JDPOS_ENROLMENT_CODE: 'ABCDEF-123',
      JDPOS_LOG_LEVEL: 'debug',
    });
    expect(config).toMatchObject({
      stateDir: '/srv/jdpos',
      register: { port: 8400 },
      central: { port: 8401 },
      clearing: { url: 'https://other.example', enrolmentCode: 'ABCDEF-123' },
      log: { level: 'debug' },
    });
  });

  it('names the variable that is wrong', () => {
    expect(problemsOf(FILE, { JDPOS_PORT: 'many', JDPOS_CLEARING_URL: 'x' })).toEqual(
      expect.arrayContaining(['JDPOS_PORT', 'JDPOS_CLEARING_URL']),
    );
  });

  it('needs no file at all when the environment says enough', () => {
    expect(problemsOf({}, { JDPOS_STATE_DIR: '/srv', JDPOS_CLEARING_URL: 'http://127.0.0.1:7410' })).toEqual([]);
  });

  it.each([[null], ['text'], [[]], [{ ...FILE, clearing: 'none' }]])(
    'refuses %o, whatever the environment sets',
    (file) => {
      expect(problemsOf(file, { JDPOS_CLEARING_URL: 'https://clearing.example' })).not.toEqual([]);
    },
  );
});

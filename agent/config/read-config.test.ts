import { describe, expect, it } from 'vitest';
import { readConfigText } from './config-file.ts';
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

  it('says of a port that it is none, and not of what stands behind it', () => {
    const read = readConfig({ ...FILE, readers: { ports: { usb1: 'sam' } } }, {});
    expect(read).toMatchObject({
      problems: [{ at: 'readers.ports.usb1', message: expect.stringContaining('expected a USB port') }],
    });
  });

  it.each([
    [{ register: { port: 7500 }, central: { port: 7500 } }, ['central.port']],
    [{ register: { port: 0 }, central: { port: 0 } }, []],
    [
      {
        devices: {
          scanner: { kind: 'serial', port: '/dev/ttyACM0' },
          display: { kind: 'serial', port: '/dev/ttyACM0' },
          printer: { kind: 'network', host: '10.0.0.9', port: 7400 },
        },
      },
      ['devices.display.port'],
    ],
  ])('two that claim the same are told: %j', (more, at) => expect(problemsOf({ ...FILE, ...more })).toEqual(at));

  it('tells everything that is wrong at once', () => {
    const file = {
      clearing: { url: 'ftp://clearing.example', colour: 'red' },
      register: { port: 70_000 },
      timeZone: 'Asia/Jiangdu',
      typo: true,
    };
    const problems = problemsOf(file);
    expect(problems).toEqual(
      expect.arrayContaining(['stateDir', 'clearing.url', 'clearing.colour', 'register.port', 'timeZone', 'typo']),
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

  it('says what is wrong, what is allowed, what would be right, and where it comes from', () => {
    const text = `{
      "stateDir": "/var/lib/jdpos",
      "clearing": { "url": "ftp://clearing.example", "enrolmentCode": "a secret" },
      "log": { "lvl": "debug" },
      "level": 3,
      "devices": { "printer": { "kind": "fax" } },
      "readers": { "roles": { "ACS 00 00": "cash" } }
    }`;
    const read = readConfigText(text, '/etc/jdpos/config.json', { JDPOS_PORT: 'many' });
    expect(read.kind === 'invalid' && read.problems).toEqual([
      {
        at: 'clearing.url',
        message: 'expected https (http only to this machine), not "ftp://clearing.example"',
        example: '"https://clearing.example"',
        from: '/etc/jdpos/config.json:3',
      },
      {
        at: 'clearing.enrolmentCode',
        message: 'expected 6 to 64 letters, digits or hyphens',
        example: '"ABCD-1234"',
        from: '/etc/jdpos/config.json:3',
      },
      {
        at: 'register.port',
        message: 'expected a whole number from 0 to 65535, not "many"',
        example: '7400',
        from: 'JDPOS_PORT',
      },
      {
        at: 'central.port',
        message: 'expected a whole number from 0 to 65535, not "many"',
        example: '7401',
        from: 'JDPOS_PORT',
      },
      {
        at: 'readers.roles."ACS 00 00"',
        message: 'expected "contactless" or "contact" or "sam", not "cash"',
        example: '"contactless"',
        from: '/etc/jdpos/config.json:7',
      },
      {
        at: 'devices.printer.kind',
        message: 'expected "serial" or "usb" or "network", not "fax"',
        example: '"serial"',
        from: '/etc/jdpos/config.json:6',
      },
      { at: 'log.lvl', message: 'there is no such setting', from: '/etc/jdpos/config.json:4' },
      { at: 'level', message: 'there is no such setting here; log.level is one', from: '/etc/jdpos/config.json:5' },
    ]);
  });

  it('does not repeat a password that somebody has put into the address', () => {
    const read = readConfig({ ...FILE, clearing: { url: 'https://till:geheim@clearing.example' } }, {});
    expect(JSON.stringify(read)).toContain('//[secret]@clearing.example');
    expect(JSON.stringify(read)).not.toContain('geheim');
  });

  it('says what may stand in a part of which nothing does', () => {
    const place = { kind: 'pkcs11', module: '/usr/lib/x.so', token: 'till 3', pin: {} };
    const read = readConfig({ ...FILE, keyStore: { place } }, {});
    expect(read.kind === 'invalid' && read.problems).toEqual([
      { at: 'keyStore.place.pin', message: 'expected keyStore.place.pin.credential or keyStore.place.pin.file' },
    ]);
  });

  it('says what is missing', () => {
    const read = readConfig({ clearing: {} }, {});
    expect(read.kind === 'invalid' && read.problems.map(({ at, message }) => [at, message])).toEqual([
      ['stateDir', 'expected the path of a folder, and there is none'],
      ['clearing.url', 'expected an https origin without path (http only to this machine), and there is none'],
    ]);
  });

  it('says where a file stops being JSON', () => {
    expect(readConfigText('{"log": {},}', '/etc/jdpos/config.json', {})).toEqual({
      kind: 'invalid',
      problems: [{ at: '', message: 'no JSON: expected a name in double quotes', from: '/etc/jdpos/config.json:1:12' }],
    });
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

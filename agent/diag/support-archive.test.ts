import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readConfig } from '../config/read-config.ts';
import type { Run } from '../setup/machine.ts';
import { knownSecrets } from './known-secrets.ts';
import { sources } from './sources.ts';
import { supportArchive } from './support-archive.ts';

const PAN = '6230610000000000017';
const CODE = 'TEST-1F2E3D4C';
const KEY = new Uint8Array(32).map((_, at) => at * 7 + 1);
const KEY_HEX = Buffer.from(KEY).toString('hex');
/** The same in forms that nobody would look for. */
const OTHER_FORMS = [
  '６２３０６１００００００００００００１７',
  Buffer.from(`pan ${PAN} here`).toString('base64'),
  KEY_HEX.match(/../g)?.join(':') ?? '',
  '"key": "00112233445566778899AABBCCDDEEFF"',
];
/** What must not be in any archive, as it was planted. */
const PLANTED =
  `card ${PAN} 5A0A${PAN}F ${PAN}=3012201 "pinBlock":"041234FFFFFFFFFF" code ${CODE} key ${KEY_HEX}` +
  ` ${OTHER_FORMS.join(' ; ')}`;
const SECRETS = [
  ...OTHER_FORMS,
  PAN,
  CODE,
  '041234FFFFFFFFFF',
  KEY_HEX,
  KEY_HEX.toUpperCase(),
  Buffer.from(KEY).toString('base64'),
];
const NOW = Date.parse('2026-11-26T08:00:00.000Z');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-diag-'));
  mkdirSync(join(folder, 'state'));
  mkdirSync(join(folder, 'log'));
  writeFileSync(join(folder, 'state/master.key'), KEY);
  for (const name of ['jdpos.log', 'jdpos.log.1', 'other.txt'])
    writeFileSync(join(folder, 'log', name), `x ${PLANTED}\n`);
  writeFileSync(join(folder, 'config.json'), JSON.stringify(SETTINGS()));
  writeFileSync(join(folder, 'jdpos.service'), `[Service]\nEnvironment=JDPOS_ENROLMENT_CODE=${CODE}\n`);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Its places are a number that passes for a card's. */
const SUM = '0.6230610000000017';

const SETTINGS = () => ({
  stateDir: join(folder, 'state'),
  clearing: { url: 'https://clearing.example', enrolmentCode: CODE },
  log: { file: { path: join(folder, 'log/jdpos.log') } },
});

const fetchIt = (async (input: string | URL | Request) => {
  const path = String(input);
  if (path.endsWith('/trace'))
    return new Response(`{"taps":[{"c":"00B2","r":"57136230610000000000017D30122010F"}]}${PLANTED}`);
  if (path.includes('/payments')) return new Response(JSON.stringify({ items: [{ id: 'p1' }], note: PLANTED }));
  if (path.endsWith('/metrics')) return new Response(`jdpos_commit_seconds_sum ${SUM}\n${PLANTED}`);
  return new Response(PLANTED);
}) as typeof fetch;

const gather = (run: Run, config = readConfig(SETTINGS(), {})) => {
  const known = config.kind === 'config' ? config.config : undefined;
  const gathered = sources({
    ...{ config: known, configPath: join(folder, 'config.json'), url: 'http://127.0.0.1:7400', fetch: fetchIt, run },
    ...{
      program: { node: 'node', cli: 'jdpos.js' },
      unitPath: join(folder, 'jdpos.service'),
      versions: { note: PLANTED },
    },
  });
  return supportArchive(gathered, knownSecrets(known, {}), NOW);
};

const unpack = (archive: Uint8Array): Record<string, string> => {
  writeFileSync(join(folder, 'a.tar.gz'), archive);
  expect(spawnSync('tar', ['-xzf', 'a.tar.gz'], { cwd: folder }).status).toBe(0);
  const top = join(folder, 'jdpos-diag');
  const names = readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names.map(({ parentPath, name }) => [
      join(parentPath, name).slice(top.length + 1),
      readFileSync(join(parentPath, name), 'utf8'),
    ]),
  );
};

it('holds what helps, and no secret of any source', async () => {
  const { archive, manifest } = await gather(async () => ({ code: 0, output: `usb 1-1: ${PLANTED}` }));
  const files = unpack(archive);
  expect(Object.keys(files).sort()).toEqual(
    [
      ...['config.json', 'doctor.json', 'jdpos.service', 'journal.txt', 'kernel.txt', 'manifest.json', 'metrics.txt'],
      ...(manifest.missing.some(({ name }) => name === 'modules.txt') ? [] : ['modules.txt']),
      ...['payments.json', 'queue-stats.json', 'service.txt', 'status.json', 'trace.json', 'versions.json'],
      ...['log/jdpos.log', 'log/jdpos.log.1'],
    ].sort(),
  );
  for (const [name, text] of Object.entries(files))
    for (const secret of SECRETS) expect(text.includes(secret), `${name} holds ${secret}`).toBe(false);
  // Every source held something, and the manifest counts it.
  for (const { name, masked } of manifest.files) {
    if (name !== 'modules.txt') expect(Object.keys(masked), name).not.toEqual([]);
  }
  expect(manifest.files.find(({ name }) => name === 'log/jdpos.log')?.masked).toEqual({
    base64: 1,
    known: 3,
    named: 1,
    pan: 4,
    track: 1,
  });
  expect(files['metrics.txt']).toContain('jdpos_commit_seconds_sum 0.623061\n');
  expect(files['log/jdpos.log']).toMatch(/^x card \*{19}/);
});

it('names what it could not have, without secrets either', async () => {
  const broken = readConfig({ wrong: CODE }, {});
  const { archive, manifest } = await gather(async () => ({ code: -1, output: `no ${PAN}` }), broken);
  const missing = manifest.missing.map(({ name }) => name);
  expect(missing).toEqual(expect.arrayContaining(['doctor.json', 'queue-stats.json', 'journal.txt', 'kernel.txt']));
  expect(unpack(archive)['manifest.json']).not.toContain(PAN);
});

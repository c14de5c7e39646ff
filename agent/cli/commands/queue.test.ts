import { mkdirSync, readdirSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  acknowledge,
  MASTER,
  sealBatch,
  sell,
  settle,
  type TestQueue,
  testQueue,
} from '../../../offline-queue/test-support.ts';
import { cli } from '../test-terminal.ts';

const QUEUE_FILE = 'queue.db';
const KEY_FILE = 'master.key';
const FILES = [QUEUE_FILE, `${QUEUE_FILE}.tail`, KEY_FILE];

let disk: TestQueue;
const key = (): string => join(disk.folder, KEY_FILE);
const queue = (...words: string[]) => cli([...words, '--state-dir', disk.folder]);
const json = async (...words: string[]) => JSON.parse((await queue(...words, '--json')).out.join(''));

beforeEach(() => {
  disk = testQueue();
  writeFileSync(key(), MASTER, { mode: 0o600 });
  for (const id of ['a', 'b', 'c']) sell(disk.queue, id);
  const batch = sealBatch(disk.queue, 'batch-1', 2);
  acknowledge(disk.queue, batch, { 2: 'wrong-cryptogram' });
  settle(disk.queue, batch);
});
afterEach(() => disk.end());

describe('the queue file beside the agent that writes it', () => {
  it('lists records, newest first, page by page', async () => {
    const first = await json('queue', 'list', '--limit', '2');
    expect(first.items).toMatchObject([
      { epoch: 1, sequence: 3, amountMinor: 1280, outcome: 'approved', maskedPan: '622848*********0017' },
      { epoch: 1, sequence: 2, verdict: 'disputed', verdictReason: 'wrong-cryptogram', batchId: 'batch-1' },
    ]);
    const second = await json('queue', 'list', '--after', first.next);
    expect(second).toMatchObject({ items: [{ sequence: 1, verdict: 'accepted' }], next: null });
    const { out } = await queue('queue', 'list');
    expect(out[0]).toMatch(/^RECORD {2}AT .* AMOUNT {2}CARD/);
    expect(out[1]).toMatch(
      /^ {3}1-3 {2}2026-03-09T10:15:30.*approved {2}¥12\.80 {2}622848\*{9}0017 {2}chip .*not sealed/,
    );
    expect(out[2]).toMatch(/disputed +bill b$/);
  });

  it('shows one record with its place in the chain, and says when there is none', async () => {
    const { out } = await queue('queue', 'show', '1-2');
    expect(out).toEqual(expect.arrayContaining([expect.stringMatching(/^amount +¥12\.80$/)]));
    expect(out).toEqual(expect.arrayContaining([expect.stringMatching(/^chip\.atc +0012$/)]));
    const [first, second] = [await json('queue', 'show', '1-1'), await json('queue', 'show', '1-2')];
    expect(second.previousHash).toBe(first.hash);
    expect(second.canonical).toMatch(/^jdpos-record\/1\n/);
    expect(await queue('queue', 'show', '1-4')).toMatchObject({ exitCode: 1, out: [] });
  });

  it('counts what waits', async () => {
    expect(await json('queue', 'stats')).toMatchObject({
      terminal: 'JD-T-0001',
      head: { epoch: 1, sequence: 3 },
      backlog: { count: 1, sumMinor: 1280, records: 1 },
      batchesToUpload: 0,
      unfinishedPayments: 0,
      openIntents: 0,
      reversalsDue: 0,
      disputedRecords: 1,
      certificateUntil: null,
    });
    expect((await queue('queue', 'stats')).out.join('\n')).toMatch(/Not acknowledged +1 that carry money, ¥12\.80/);
  });

  it('lists batches and shows one with its records', async () => {
    expect(await json('batch', 'list')).toMatchObject({
      items: [{ id: 'batch-1', state: 'settled', count: 2, totalMinor: 2560 }],
      next: null,
    });
    expect((await queue('batch', 'list')).out[1]).toMatch(/^batch-1 {2}settled {2}1-1 to 1-2 +2 {2}¥25\.60/);
    expect((await json('batch', 'show', 'batch-1')).records).toMatchObject([{ sequence: 1 }, { sequence: 2 }]);
    expect(await queue('batch', 'show', 'batch-9')).toMatchObject({ exitCode: 1, out: [] });
  });

  it('does not take a cursor of another list', async () => {
    expect(await queue('batch', 'list', '--after', 'x')).toMatchObject({ exitCode: 2, out: [] });
  });
});

describe('queue verify', () => {
  it('finds nothing in a sound queue', async () => {
    const { exitCode, out } = await queue('queue', 'verify');
    expect(exitCode).toBe(0);
    expect(out.join()).toMatch(/^sound: 3 records in 1 batches, chain ends at [0-9A-F]{64}$/);
  });

  it('names the record that somebody changed by hand', async () => {
    disk.tamper((db) => {
      db.exec(
        "update records set canonical = replace(canonical, 'amountMinor=1280', 'amountMinor=9280') where rowid = (select rowid from records order by place limit 1 offset 1)",
      );
    });
    expect(await json('queue', 'verify')).toMatchObject({ kind: 'broken', epoch: 1, sequence: 2, fault: 'changed' });
    const { exitCode, out } = await queue('queue', 'verify');
    expect(exitCode).toBe(1);
    expect(out.join()).toMatch(/^BROKEN at record 1-2 \(changed\): .*call support/);
  });
});

it('what another hand has called a batch does nothing to the screen', async () => {
  disk.tamper((db) => db.exec("update batches set id = 'b' || char(27) || '[2J'"));
  const { exitCode, out } = await queue('queue', 'verify');
  expect([exitCode, out.join('')]).toEqual([1, expect.stringContaining('b\uFFFD[2J')]);
});

describe('a record that somebody changed by hand', () => {
  beforeEach(() =>
    disk.tamper((db) => {
      db.exec(
        `update records set canonical = replace(canonical, 'amountMinor=1280', 'amountMinor=9280') where sequence = 2`,
      );
    }),
  );

  it.each([
    [['queue', 'list'], 4],
    [['batch', 'show', 'batch-1'], undefined],
  ] as const)('is missed in no list: %s', async (words, lines) => {
    const { exitCode, out, err } = await queue(...words);
    expect(exitCode).toBe(1);
    expect(err).toEqual(['record 1-2 is no longer as it was written: run `jdpos queue verify`']);
    if (lines !== undefined) expect(out).toHaveLength(lines - 1);
    expect(out.join()).not.toContain('1-2 ');
  });

  it('has its place alone in JSON', async () => {
    const { exitCode, out } = await queue('queue', 'list', '--json');
    expect([exitCode, JSON.parse(out.join(''))]).toMatchObject([
      1,
      { items: [{ sequence: 3 }, { sequence: 1 }], next: null, unreadable: [{ epoch: 1, sequence: 2 }] },
    ]);
  });
});

describe('a record that is not acknowledged, changed by hand', () => {
  beforeEach(() =>
    disk.tamper((db) =>
      db.exec(`update records set canonical = replace(canonical, '1280', '9280') where sequence = 3`),
    ),
  );

  it('is counted by stats, which fails', async () => {
    const { exitCode, out, err } = await queue('queue', 'stats');
    expect([exitCode, err]).toEqual([
      1,
      ['records that are no longer as they were written: 1; run `jdpos queue verify`'],
    ]);
    expect(out.join('\n')).toMatch(/Not acknowledged +1 that carry money, ¥0\.00/);
    const { exitCode: code, out: text } = await queue('queue', 'stats', '--json');
    expect([code, JSON.parse(text.join(''))]).toMatchObject([1, { backlog: { count: 1, records: 1, unreadable: 1 } }]);
  });
});

describe('where the queue is', () => {
  it('is where JDPOS_STATE_DIR says, or in .jdpos here; a sandbox has the terminal in a folder of its own', async () => {
    const environment = { JDPOS_STATE_DIR: disk.folder };
    expect(await cli(['queue', 'verify'], { environment })).toMatchObject({ exitCode: 0 });
    const sandbox = join(disk.folder, '.jdpos');
    mkdirSync(join(sandbox, 'agent'), { recursive: true });
    disk.queue.close();
    for (const name of FILES) renameSync(join(disk.folder, name), join(sandbox, 'agent', name));
    expect(await cli(['queue', 'verify'], { workingDirectory: disk.folder })).toMatchObject({ exitCode: 0 });
    for (const name of FILES) renameSync(join(sandbox, 'agent', name), join(disk.folder, name));
    disk.reopen();
  });

  it('is where the settings file says', async () => {
    const config = join(disk.folder, 'jdpos.json');
    writeFileSync(config, JSON.stringify({ stateDir: disk.folder, clearing: { url: 'https://clearing.example' } }));
    expect(await cli(['queue', 'verify', '--config', config])).toMatchObject({ exitCode: 0 });
    writeFileSync(config, JSON.stringify({ stateDir: disk.folder }));
    expect(await cli(['queue', 'verify', '--config', config])).toMatchObject({ exitCode: 2 });
  });

  it('has to be there, and so has its key', async () => {
    expect(await cli(['queue', 'verify', '--state-dir', dirname(disk.folder)])).toMatchObject({ exitCode: 1, out: [] });
    renameSync(key(), `${key()}.away`);
    const { exitCode, err } = await queue('queue', 'verify');
    expect(exitCode).toBe(1);
    expect(err.join()).toMatch(/master\.key is missing\. Bring back the key file/);
  });

  it.each([
    ['queue', 'list'],
    ['queue', 'show', '1-1'],
    ['queue', 'stats'],
    ['queue', 'verify'],
    ['queue', 'export', 'bundle.ndjson'],
    ['queue', 'reset', '--terminal', 'JD-T-0001'],
    ['batch', 'list'],
    ['batch', 'closes'],
    ['hotlist', 'status'],
  ])('has to hold something, and gets nothing from whoever reads: %s %s', async (...words) => {
    disk.queue.close();
    truncateSync(disk.path);
    const { exitCode, out, err } = await queue(...words, '--json');
    expect([exitCode, out, JSON.parse(err.join('')).error]).toEqual([
      1,
      [],
      {
        code: 'empty',
        message: expect.stringContaining(`it was emptied, or nothing was ever written into it (${disk.path})`),
      },
    ]);
    expect(statSync(disk.path).size).toBe(0);
    disk.reopen();
  });

  it('needs the right key', async () => {
    writeFileSync(
      key(),
      MASTER.map((byte) => byte ^ 1),
    );
    const { exitCode, err } = await queue('queue', 'list', '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(err.join(''))).toMatchObject({ error: { code: 'wrong-key' } });
  });
});

describe('taking a queue out of service', () => {
  const reset = (terminal = 'JD-T-0001') => queue('queue', 'reset', '--terminal', terminal);
  const acknowledgeAll = (): void => {
    acknowledge(disk.queue, sealBatch(disk.queue, 'batch-2'));
    disk.queue.close();
  };
  const retired = (): string => readdirSync(disk.folder).find((name) => name.startsWith('retired-JD-T-0001-')) ?? '';

  it('refuses while something is not acknowledged, and another terminal’s', async () => {
    disk.queue.close();
    expect(await reset()).toMatchObject({ exitCode: 1, err: [expect.stringContaining('1 records')] });
    disk.reopen();
    acknowledgeAll();
    expect(await reset('JD-T-0002')).toMatchObject({ exitCode: 2 });
    expect(await reset()).toMatchObject({ exitCode: 0 });
    expect(readdirSync(join(disk.folder, retired())).sort()).toEqual(['queue.db', 'queue.db.head', 'queue.db.tail']);
  });

  it('is finished when it was cut short, and every command says that it is to be', async () => {
    acknowledgeAll();
    const folder = `${disk.path}.retiring`;
    mkdirSync(folder);
    renameSync(disk.path, join(folder, QUEUE_FILE));
    const { exitCode, err } = await queue('queue', 'verify');
    expect([exitCode, err.join('')]).toEqual([1, expect.stringContaining('Run `jdpos queue reset` again')]);
    expect(await reset()).toMatchObject({ exitCode: 0 });
    expect(readdirSync(join(disk.folder, retired())).sort()).toEqual(['queue.db', 'queue.db.head', 'queue.db.tail']);
  });
});

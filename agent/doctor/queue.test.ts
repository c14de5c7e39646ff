import { describe, expect, it } from 'vitest';
import type { Ran } from './machine.ts';
import { judgeStats, judgeStatsRun, judgeVerifyRun, type QueueStats, queueStats } from './queue.ts';
import { ended, plantedMachine, subjectWith } from './test-machine.ts';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const ago = (hours: number): string => new Date(NOW - hours * 3_600_000).toISOString();

const WELL: QueueStats = {
  terminal: 'T0000001',
  backlog: { count: 0, unreadable: 0 },
  certificateUntil: ago(-24 * 60),
  hotlist: { version: 3, updatedAt: ago(1) },
  parameters: { version: 2, confirmedAt: ago(1) },
};

describe('what the queue says', () => {
  it('all is well', () => {
    expect(judgeStats(WELL, true, NOW).filter(({ level }) => level !== 'ok')).toEqual([]);
  });

  it.each([
    [{ terminal: null }, 'queue.enrolment', 'warn'],
    [{ backlog: { count: 3, oldestAt: ago(2), unreadable: 0 } }, 'queue.backlog', 'ok'],
    [{ backlog: { count: 3, oldestAt: ago(25), unreadable: 0 } }, 'queue.backlog', 'warn'],
    [{ backlog: { count: 3, oldestAt: ago(8 * 24), unreadable: 0 } }, 'queue.backlog', 'fail'],
    [{ backlog: { count: 3, oldestAt: ago(2), unreadable: 1 } }, 'queue.backlog', 'fail'],
    [{ certificateUntil: ago(-24 * 21) }, 'queue.certificate', 'ok'],
    [{ certificateUntil: ago(-24 * 19) }, 'queue.certificate', 'warn'],
    [{ certificateUntil: ago(1) }, 'queue.certificate', 'fail'],
    [{ certificateUntil: null }, 'queue.certificate', 'warn'],
    [{ hotlist: { version: 0 } }, 'queue.hotlist', 'warn'],
    [{ hotlist: { version: 3, updatedAt: ago(23) } }, 'queue.hotlist', 'ok'],
    [{ hotlist: { version: 3, updatedAt: ago(25) } }, 'queue.hotlist', 'warn'],
    [{ hotlist: { version: 3, updatedAt: ago(241) } }, 'queue.hotlist', 'fail'],
    [{ parameters: null }, 'queue.parameters', 'warn'],
    [{ parameters: { version: 2, confirmedAt: ago(241) } }, 'queue.parameters', 'fail'],
  ])('%j: %s %s', (more, id, level) => {
    const found = judgeStats({ ...WELL, ...more }, true, NOW);
    expect(found.find((finding) => finding.id === id)?.level).toBe(level);
    expect(found.filter((finding) => finding.id !== id && finding.level !== 'ok')).toEqual([]);
  });

  it('without TLS no certificate is missed', () => {
    const found = judgeStats({ ...WELL, certificateUntil: null }, false, NOW);
    expect(found.every(({ level }) => level === 'ok')).toBe(true);
  });
});

it('a record that cannot be read ends the command with 1, and hides nothing else', () => {
  const found = { ...WELL, backlog: { count: 1, unreadable: 1 } };
  const levels = judgeStatsRun(ended(JSON.stringify(found), 1), true, NOW).map(({ id, level }) => `${id} ${level}`);
  expect(levels).toContain('queue.backlog fail');
  expect(levels.filter((one) => one.endsWith('ok'))).toHaveLength(5);
});

describe('a queue that does not open', () => {
  const failed = (code: string, message: string) =>
    ended('', 1, `${JSON.stringify({ error: { code, message, next: 'do this' } })}\n`);
  it.each([
    [failed('no-queue', 'there is no queue in /var/lib/jdpos'), 'warn'],
    [failed('no-queue', '/var/lib/jdpos/master.key is missing'), 'fail'],
    [failed('wrong-key', 'the key does not fit'), 'fail'],
    [failed('EACCES', 'permission denied'), 'unknown'],
    // Only the service itself can say whether systemd hands it over.
    [failed('key-credential', 'no credential (jdpos-master; CREDENTIALS_DIRECTORY is not set)'), 'unknown'],
    [ended('', 1, 'Segmentation'), 'fail'],
    [ended('{"half":', 0), 'fail'],
    [{ kind: 'killed', signal: 'SIGSEGV', err: '' }, 'fail'],
    [{ kind: 'late' }, 'unknown'],
    [{ kind: 'missing' }, 'unknown'],
  ] as readonly [Ran, string][])('%j: %s', (ran, level) => {
    expect(judgeStatsRun(ran, true, NOW)).toMatchObject([{ id: 'queue.keys', level }]);
  });
});

it.each([
  [ended('{"kind":"sound","records":12,"batches":2,"head":"AB"}'), 'ok'],
  [ended('{"kind":"broken","explanation":"Record 1-7 has been changed"}', 1), 'fail'],
  [{ kind: 'late' }, 'unknown'],
  [ended('', 1, '{"error":{}}'), 'unknown'],
] as readonly [Ran, string][])('the chain: %j: %s', (ran, level) => {
  expect(judgeVerifyRun(ran)).toMatchObject([{ id: 'queue.chain', level }]);
});

it('the queue is asked for by the settings file that was read', async () => {
  const machine = plantedMachine({});
  const asked: (readonly string[])[] = [];
  const run = async (_program: string, words: readonly string[]) => {
    asked.push(words);
    return ended(JSON.stringify(WELL));
  };
  expect((await queueStats.run({ ...machine, run }, { ...subjectWith(), own: ['node', 'jdpos.js'] })).length).toBe(6);
  machine.remove();
  expect(asked).toEqual([['jdpos.js', '--json', 'queue', 'stats', '--config', '/etc/jdpos/config.json']]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { TROUBLES, troubles } from './troubles.ts';

const kept = () => {
  const logged: string[] = [];
  let changes = 0;
  const list = troubles({
    clock: { now: () => Date.parse('2026-11-24T10:00:00Z'), monotonic: () => 0 },
    log: pino({ level: 'info' }, { write: (line: string) => logged.push(line) }),
    changed: () => {
      changes += 1;
    },
  });
  return { list, logged, changes: () => changes };
};

it('a trouble is logged each time, kept once, and gone when it is settled', () => {
  const { list, logged, changes } = kept();
  list.note('batch-refused', 'b1', { batch: 'b1', code: 'fork', detail: 'record 7 is held with other bytes' });
  list.note('batch-refused', 'b1', { batch: 'b1', code: 'fork' });
  list.note('batch-refused', 'b2', { batch: 'b2', code: 'gap' });
  expect(logged).toHaveLength(3);
  expect(logged[0]).toContain('"trouble":"batch-refused"');
  expect(list.list()).toEqual([
    {
      code: 'batch-refused',
      subject: 'b1',
      detail: 'record 7 is held with other bytes',
      since: '2026-11-24T10:00:00.000Z',
    },
    { code: 'batch-refused', subject: 'b2', detail: TROUBLES['batch-refused'], since: '2026-11-24T10:00:00.000Z' },
  ]);
  list.settled('batch-refused', 'b1');
  list.settled('batch-refused', 'b1');
  expect(list.list().map(({ subject }) => subject)).toEqual(['b2']);
  expect(changes()).toBe(3);
});

it('a host that refuses without end fills no memory', () => {
  const { list } = kept();
  for (let n = 0; n < 1_000; n++) list.note('reversal-refused', `r${n}`, {});
  expect(list.list()).toHaveLength(20);
});

it('docs/operations.md says what to do about each', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
  const section = page.split('\n## Troubles\n')[1]?.split('\n## ')[0] ?? '';
  const named = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code);
  expect(named.sort()).toEqual(Object.keys(TROUBLES).sort());
});

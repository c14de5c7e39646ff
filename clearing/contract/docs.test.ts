import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AUTHORISATION_DECLINES } from './authorisation.ts';
import { DISPUTE_REASONS } from './batch.ts';
import { CLEARING_PROBLEMS } from './clearing-problems.ts';
import { COMMON_PROBLEMS } from './http/problem.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/clearing-api.md'), 'utf8');

/** The words between backticks in the first column of a table whose head has this title. */
function firstColumn(title: string): string[] {
  const lines = page.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${title} |`));
  const rows = lines.slice(start + 2);
  const table = rows.slice(
    0,
    rows.findIndex((line) => !line.startsWith('|')),
  );
  return table.flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? ''));
}

/** Code and status of each row. */
function statuses(): Map<string, number> {
  const rows = [...page.matchAll(/^\| (`[a-z` -]+`) \| ([0-9]{3}) \|/gm)];
  return new Map(
    rows.flatMap(([, codes = '', status]) =>
      [...codes.matchAll(/`([^`]+)`/g)].map(([, code = '']) => [code, Number(status)]),
    ),
  );
}

describe('docs/clearing-api.md', () => {
  it('has every problem code with its status, and no other', () => {
    const catalogue = { ...COMMON_PROBLEMS, ...CLEARING_PROBLEMS };
    const expected = Object.entries(catalogue).map(([code, { status }]) => [code, status]);
    expect([...statuses()].sort()).toEqual(expected.sort());
  });

  it('has every reason for a dispute, and no other', () => {
    expect(firstColumn('reason of a dispute').sort()).toEqual([...DISPUTE_REASONS].sort());
  });

  it('has every reason for a decline', () => {
    for (const reason of AUTHORISATION_DECLINES) expect(page).toContain(`\`${reason}\``);
  });
});

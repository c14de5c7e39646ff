import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Setting, settings } from './settings.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/configuration.md'), 'utf8');

const asCode = (value: unknown): string => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

/** The row of a setting as the page must have it. */
function rowOf({ path, allowed, byDefault, absent, holds, secret, means }: Setting): string {
  const values = allowed.replace(/"([^"]*)"/g, '`$1`');
  const ofDefault = byDefault === undefined ? (absent ?? 'none') : asCode(byDefault);
  const note = secret ? ' Secret: never shown' : '';
  return `| \`${path}\` | ${values} | ${ofDefault} | ${holds === 'restart' ? 'restart' : 'at once'} | ${means}${note && `.${note}`} |`;
}

it('docs/configuration.md has every setting as the schema has it, in its order, and no other', () => {
  const rows = PAGE.split('\n').filter(
    (line) => /^\| `[a-zA-Z]+[.A-Za-z*0-9]*` \| /.test(line) && line.split(' | ').length === 5,
  );
  expect(rows).toEqual(settings().map(rowOf));
});

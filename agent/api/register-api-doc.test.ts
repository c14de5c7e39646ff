import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMON_PROBLEMS } from '../../clearing/contract/http/problem.ts';
import { LOAD_SENTENCES } from '../payment/load-sentences.ts';
import { SENTENCES } from '../payment/purchase-sentences.ts';
import { paymentResource } from './payment-resource.ts';
import { REGISTER_PROBLEMS } from './problems.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/register-api.md'), 'utf8');

/** The text between a heading and the next one. */
const section = (heading: string): string => page.split(`\n${heading}\n`)[1]?.split(/\n#+ /)[0] ?? '';

const words = (text: string): string[] => [...text.matchAll(/`([a-z][a-z-]*)`/g)].map(([, word]) => word ?? '');

/** First column of the tables of a section. */
const rows = (text: string): string[] => [...text.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, word]) => word ?? '');

describe('docs/register-api.md', () => {
  it('names every reason there is, and no other', () => {
    expect(words(section('### Reasons')).sort()).toEqual(
      [...new Set([...Object.keys(SENTENCES), ...Object.keys(LOAD_SENTENCES)])].sort(),
    );
  });

  it('names every state there is, and no other', () => {
    const states = rows(section('## A payment')).filter(
      (word) =>
        !['kind', 'state', 'offline', 'card', 'question', 'debited', 'debt', 'record', 'receipt'].includes(word),
    );
    expect(states.sort()).toEqual([...paymentResource.shape.state.options].sort());
  });

  it('names every code of the register API with its status', () => {
    const table = section('## Refusals');
    // No route of its own chooses a media type, which is all that `not-acceptable` is about.
    const { 'not-acceptable': _, ...common } = COMMON_PROBLEMS;
    for (const [code, { status }] of Object.entries({ ...REGISTER_PROBLEMS, ...common }))
      expect(table).toContain(`| \`${code}\` | ${status} |`);
    expect(rows(table).sort()).toEqual([...Object.keys(REGISTER_PROBLEMS), ...Object.keys(common)].sort());
  });
});

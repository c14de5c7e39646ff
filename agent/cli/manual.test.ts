import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from './commands.ts';
import { cli } from './test-terminal.ts';

const ROOT = join(import.meta.dirname, '../..');
const MANUAL = readFileSync(join(ROOT, 'docs/cli.md'), 'utf8');

interface Example {
  readonly words: string;
  readonly printed: readonly string[];
}

/** What the manual shows in its blocks: a command behind `$`, and what it prints. */
function examples(): Example[] {
  const blocks = [...MANUAL.matchAll(/^```\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
  return blocks.flatMap((text) =>
    text
      .split(/^\$ jdpos /m)
      .slice(1)
      .map((example) => {
        const [words = '', ...printed] = example.trimEnd().split('\n');
        return { words, printed };
      }),
  );
}

/** Those that need neither daemon nor queue nor card. */
const RUNNABLE = examples().filter(({ words }) => /^(decode|card replay) /.test(words));

describe('docs/cli.md', () => {
  it('has an example of every command', () => {
    const shown = examples().map(({ words }) => words);
    for (const { path } of COMMANDS)
      expect(
        shown.some((words) => words.startsWith(path)),
        path,
      ).toBe(true);
  });

  it.each(RUNNABLE)('$words prints what it shows', async ({ words, printed }) => {
    const { out, err } = await cli(words.split(' '), { workingDirectory: ROOT });
    expect([...out, ...err]).toEqual(printed);
  });
});

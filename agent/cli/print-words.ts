import type { Words } from '../../emv/decode/index.ts';
import { printable } from './text.ts';

/** Lines of what bytes say, parts indented below what they are part of. */
export function wordLines(words: readonly Words[], depth = 0): string[] {
  return words.flatMap(({ name, value, meaning, parts = [] }) => {
    const said = [value, meaning].filter((part) => part !== undefined && part !== '').join('  ');
    const line = `${'  '.repeat(depth)}${name}${said === '' ? '' : `: ${said}`}`;
    return [printable(line), ...wordLines(parts, depth + 1)];
  });
}

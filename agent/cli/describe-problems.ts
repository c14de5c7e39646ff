import type { ConfigProblem } from '../config/read-config.ts';

/** What is wrong with the settings, a line each: `clearing.url: expected …, for example "https://…" (FILE:4)`. */
export const describeProblems = (problems: readonly ConfigProblem[]): string[] =>
  problems.map(({ at, message, example, from }) => {
    const right = example === undefined ? '' : `; for example ${example}`;
    return `${at || 'the file'}: ${message}${right}${from === undefined ? '' : ` (${from})`}`;
  });

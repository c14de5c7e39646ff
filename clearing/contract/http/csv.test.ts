import { expect, it } from 'vitest';
import { csvLine } from './csv.ts';

it.each([
  [['a', 1, true, null], 'a,1,true,\r\n'],
  [['a,b', 'say "hi"', 'two\nlines', '江都'], '"a,b","say ""hi""","two\nlines",江都\r\n'],
  [[], '\r\n'],
] as const)('%j', (values, line) => {
  expect(csvLine(values)).toBe(line);
});

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { answersIn, rememberingAsker } from './remembering-asker.ts';
import { scriptAsker } from './script-asker.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-answers-'));
  path = join(folder, 'answers.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const script = scriptAsker({ say: () => {}, attended: true, interrupted: new AbortController().signal });
/** A person who types this where nothing stands there yet, and takes the second of several. */
const person = () =>
  rememberingAsker(
    {
      ...script,
      asks: true,
      text: async (_, { initial }) => initial ?? 'typed',
      choose: async (_, choices, otherwise) =>
        choices.find(({ value }) => value === otherwise)?.value ?? (choices[1] ?? choices[0])?.value ?? otherwise,
    },
    answersIn(path),
  );
const CHOICES = [
  { value: { at: 1 }, label: 'one' },
  { value: { at: 2 }, label: 'two' },
];
const NOBODY = { at: 0 };

it('the next setup begins with the answers, and one that has come to its end leaves none', async () => {
  const first = person();
  expect(await first.text('Where?', { flag: '--where' })).toBe('typed');
  expect(await first.choose('Which?', CHOICES, NOBODY)).toEqual({ at: 2 });
  expect(statSync(path).mode & 0o777).toBe(0o600);

  const second = person();
  expect(await second.text('Where?', { flag: '--where', initial: 'another' })).toBe('typed');
  // The value is another object than the one of the first setup: what it is called counts.
  expect(
    await second.choose('Which?', [...CHOICES.map((choice) => ({ ...choice, value: { at: 7 } }))], NOBODY),
  ).toEqual({ at: 7 });
  second.done();
  expect(answersIn(path).known).toBe(0);
});

it('no secret is kept', async () => {
  await person().text('Code?', { flag: '--code', secret: true, initial: 'TEST-CODE' });
  await person().text('Where?', { flag: '--where' });
  expect(readFileSync(path, 'utf8')).not.toContain('TEST-CODE');
});

it.each(['', '{"kind":"jdpos-setup-ans', '{"kind":"jdpos-setup-answers/1","answers":{"Where?":7}}'])(
  'half a file (%s) is none',
  (text) => {
    writeFileSync(path, text);
    expect(answersIn(path).known).toBe(0);
  },
);

it('a place that cannot be written keeps nobody from going on', async () => {
  path = join(folder, 'file', 'answers.json');
  writeFileSync(join(folder, 'file'), '');
  expect(await person().text('Where?', { flag: '--where' })).toBe('typed');
});

import { readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { parseJson } from '../json.ts';
import { putFile } from '../put-file.ts';
import type { Asker, Choice, TextQuestion } from './asker.ts';

/** What was answered: the question, and the label or the text. */
const answersFile = z.strictObject({
  kind: z.literal('jdpos-setup-answers/1'),
  answers: z.record(z.string().max(500), z.string().max(1_000)),
});

/** The answers that a setup was given, for the next one if this one is broken off. No secret is among them. */
export interface Answers {
  /** How many stand there from an earlier setup. */
  readonly known: number;
  of(question: string): string | undefined;
  keep(question: string, answer: string): void;
  /** The setup has come to its end. */
  forget(): void;
}

/** Answers in a file of their own; one that cannot be read or written costs nothing but being asked from the start. */
export function answersIn(path: string): Answers {
  const answers = new Map(Object.entries(read(path)));
  const known = answers.size;
  const quietly = (work: () => void): void => {
    try {
      work();
    } catch {}
  };
  return {
    known,
    of: (question) => answers.get(question),
    keep(question, answer) {
      answers.set(question, answer);
      const text = JSON.stringify({ kind: 'jdpos-setup-answers/1', answers: Object.fromEntries(answers) });
      quietly(() => putFile({ path, text, mode: 0o600 }));
    },
    forget: () => quietly(() => rmSync(path, { force: true })),
  };
}

function read(path: string): Readonly<Record<string, string>> {
  try {
    const parsed = answersFile.safeParse(parseJson(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data.answers : {};
  } catch {
    return {};
  }
}

/** Begins each question with the answer that an earlier setup was given; a secret is asked anew. */
export function rememberingAsker(asker: Asker, answers: Answers): Asker {
  if (answers.known > 0)
    asker.say('An earlier setup was broken off: each question begins with the answer that it was given.');
  return {
    ...asker,
    done() {
      answers.forget();
      asker.done();
    },
    async choose<T>(text: string, choices: readonly Choice<T>[], otherwise: T): Promise<T> {
      const before = choices.find(({ label }) => label === answers.of(text));
      const value = await asker.choose(text, choices, before === undefined ? otherwise : before.value);
      const label = choices.find((choice) => choice.value === value)?.label;
      if (label !== undefined) answers.keep(text, label);
      return value;
    },
    async text(text: string, question: TextQuestion): Promise<string> {
      if (question.secret === true) return asker.text(text, question);
      const initial = question.anew === true ? question.initial : (answers.of(text) ?? question.initial);
      const value = await asker.text(text, initial === undefined ? question : { ...question, initial });
      answers.keep(text, value);
      return value;
    },
  };
}

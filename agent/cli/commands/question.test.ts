import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hex, Secret } from '../../../emv/values/index.ts';
import type { AskedQuestion } from '../../payment/question.ts';
import { type CliWorld, cli, type TestTerminal, testTerminal } from '../test-terminal.ts';

const WHICH: AskedQuestion = {
  id: 4,
  kind: 'application',
  candidates: [
    { label: 'JIANGDU CASH', aid: hex('A000000333010106') },
    { label: '', aid: hex('A000000333010101') },
  ],
};
const DOCUMENT: AskedQuestion = {
  id: 5,
  kind: 'id-document',
  documentType: 'passport',
  number: new Secret(new TextEncoder().encode('E12345678')),
};
const LIST = [
  'the card asks which application it shall be:',
  '  1  JIANGDU CASH  A000000333010106',
  '  2  A000000333010101',
];

let terminal: TestTerminal;
const pay = (words: string[] = [], world?: CliWorld) => cli(['pay', '12.80', ...words, '--url', terminal.url], world);

/** A person who types these lines, and is then called away. */
function person(...lines: readonly string[]) {
  const prompts: string[] = [];
  const prompt: CliWorld['prompt'] = async (text) => {
    prompts.push(text);
    return lines[prompts.length - 1];
  };
  return { prompts, prompt };
}

beforeEach(async () => {
  terminal = await testTerminal();
  terminal.onAnswer = () => terminal.move({ state: 'approved' });
});
afterEach(() => terminal.close());

const asking = (question: AskedQuestion): void => {
  terminal.onStart = () => {
    terminal.question = question;
    terminal.move({ state: 'card-present' });
  };
};

describe('a card that asks which application', () => {
  beforeEach(() => asking(WHICH));

  it('is answered by who sits at the terminal, once the answer makes sense', async () => {
    const { prompts, prompt } = person('3', 'cash', '2');
    const { exitCode, out, err } = await pay([], { prompt });
    expect(exitCode).toBe(0);
    expect(err).toEqual(LIST);
    expect(prompts).toHaveLength(3);
    expect(prompts[0]).toBe('which one (1 to 2; nothing cancels)? ');
    expect(out).toContain('card-present  ¥12.80  the card asks which application');
    expect(terminal.answers).toEqual([{ question: 4, answer: { kind: 'application', index: 1 } }]);
  });

  it.each(['', undefined])('is cancelled by %j', async (line) => {
    const prompt = async () => line;
    expect((await pay([], { prompt })).exitCode).toBe(1);
    expect(terminal.cancelled).toHaveLength(1);
    expect(terminal.answers).toEqual([]);
  });

  it('is answered by the option, without a word', async () => {
    const { prompts, prompt } = person();
    expect(await pay(['--application', '1'], { prompt })).toMatchObject({ exitCode: 0, err: [] });
    expect(prompts).toEqual([]);
    expect(terminal.answers).toEqual([{ question: 4, answer: { kind: 'application', index: 0 } }]);
  });

  it('the option is for the first list: a second one is a person’s', async () => {
    const other = { ...WHICH, id: 6 };
    terminal.onAnswer = () => {
      terminal.question = other;
      terminal.onAnswer = () => terminal.move({ state: 'approved' });
      terminal.move({ state: 'card-present' });
    };
    const { prompts, prompt } = person('2');
    expect((await pay(['--application', '1'], { prompt })).exitCode).toBe(0);
    expect(prompts).toHaveLength(1);
    expect(terminal.answers.map(({ question }) => question)).toEqual([4, 6]);
  });

  it('an option that the card does not have cancels, and says what it has', async () => {
    const { exitCode, err } = await pay(['--application', '3']);
    expect(exitCode).toBe(1);
    expect(err).toEqual([...LIST, 'there is none with number 3: the payment is cancelled', 'cancelling']);
    expect(terminal.cancelled).toHaveLength(1);
  });

  it.each(['0', 'x', '1.5', '100'])('an option %s is wrong use', async (value) => {
    expect((await pay(['--application', value])).exitCode).toBe(2);
    expect(terminal.started).toEqual([]);
  });

  it('where nobody sits: cancelled, with the way on', async () => {
    const { exitCode, err } = await pay(['--json']);
    expect(exitCode).toBe(1);
    expect(err.join('\n')).toContain('--application <number>');
    expect(terminal.cancelled).toHaveLength(1);
  });

  it('a question that is over is taken back from the terminal', async () => {
    let taken = false;
    const prompt: CliWorld['prompt'] = (_, signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          taken = true;
          resolve(undefined);
        });
        terminal.question = undefined;
        terminal.move({ state: 'cancelled', detail: { reason: 'not-answered' } });
      });
    const { exitCode, out } = await pay([], { prompt });
    expect([exitCode, taken]).toEqual([1, true]);
    expect(out.at(-1)).toContain('Nobody chose or confirmed in time.');
    expect(terminal.cancelled).toEqual([]);
  });
});

describe('a card that asks for a document', () => {
  beforeEach(() => asking(DOCUMENT));

  it.each([
    ['y', true],
    ['N', false],
  ])('shows it to a person, who says %s', async (line, matches) => {
    const { prompts, prompt } = person('what?', line);
    const { out, err } = await pay(['--json'], { prompt });
    expect(prompts[1]).toBe('passport E12345678: does the customer show this one (y or n; nothing cancels)? ');
    expect(terminal.answers).toEqual([{ question: 5, answer: { kind: 'id-document', matches } }]);
    expect([...out, ...err].join()).not.toContain('E12345678');
  });

  it('and to nobody else: cancelled', async () => {
    const { exitCode, out, err } = await pay();
    expect(exitCode).toBe(1);
    expect([...out, ...err].join()).not.toContain('E12345678');
    expect(err[0]).toContain('somebody must look at the customer’s document');
    expect(terminal.cancelled).toHaveLength(1);
  });
});

it('a PIN: how many tries are left, and that it is blocked', async () => {
  terminal.onStart = () => {
    for (const [at, triesLeft] of [2, 1].entries()) {
      terminal.question = { id: at + 1, kind: 'pin', checkedBy: 'card', triesLeft, mayBypass: true };
      terminal.move({ state: 'awaiting-pin' });
    }
    terminal.question = undefined;
    const card = { maskedPan: '622848*********0017', label: 'JD', aid: 'A000000333010106', pinBlocked: true } as const;
    terminal.move({ state: 'declined', detail: { reason: 'pin-tries-exceeded', card } });
  };
  const { out } = await pay();
  expect(out[1]).toBe('awaiting-pin  ¥12.80  the customer enters the PIN; 2 tries left');
  expect(out[2]).toBe('awaiting-pin  ¥12.80  the customer enters the PIN; this is the last try');
  expect(out[3]).toContain('its PIN is blocked');
});

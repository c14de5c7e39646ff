import { expect, it } from 'vitest';
import type { ExchangeAnswer } from '../../drivers/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { rememberingSession } from './remembering-session.ts';

const A = '00A4040005414141414100';
const B = '00A4040005424242424200';
const ATC = '80CA9F3600';
const RECORD = '00B2010C00';

/** A card with two applications; its answers name the application and count the questions. */
function card(tornAt = Number.POSITIVE_INFINITY) {
  const asked: string[] = [];
  let application = 'none';
  return {
    asked,
    exchange: async (command: Uint8Array): Promise<ExchangeAnswer> => {
      const text = toHex(command);
      asked.push(text);
      if (asked.length >= tornAt) return { kind: 'torn', cause: 'removed' };
      if (text === A) application = 'AA';
      if (text === B) application = 'BB';
      return { kind: 'answered', response: hex(`${application}${asked.length.toString(16).padStart(2, '0')}9000`) };
    },
  };
}

async function ask(session: ReturnType<typeof rememberingSession>, ...commands: readonly string[]): Promise<string[]> {
  const answers: string[] = [];
  for (const command of commands) {
    const answer = await session.exchange(hex(command));
    answers.push(answer.kind === 'answered' ? toHex(answer.response) : 'torn');
  }
  return answers;
}

it('asks the card each question once', async () => {
  const { asked, exchange } = card();
  const session = rememberingSession({ exchange });
  const first = await ask(session, A, ATC, RECORD);
  expect(await ask(session, A, ATC, RECORD)).toEqual(first);
  expect(asked).toEqual([A, ATC, RECORD]);
});

it('keeps the answers of two applications apart', async () => {
  const { asked, exchange } = card();
  const session = rememberingSession({ exchange });
  await ask(session, A, ATC);
  await ask(session, B, ATC);
  expect(await ask(session, A, ATC, B, ATC)).toEqual(['AA019000', 'AA029000', 'BB039000', 'BB049000']);
  expect(asked).toEqual([A, ATC, B, ATC]);
});

it('selects again an application that was left, before it asks something new of it', async () => {
  const { asked, exchange } = card();
  const session = rememberingSession({ exchange });
  await ask(session, A, B);
  expect(await ask(session, A, RECORD)).toEqual(['AA019000', 'AA049000']);
  expect(asked).toEqual([A, B, A, RECORD]);
});

it('remembers no tear', async () => {
  const { asked, exchange } = card(2);
  const session = rememberingSession({ exchange });
  expect(await ask(session, A, ATC, ATC)).toEqual(['AA019000', 'torn', 'torn']);
  expect(asked).toHaveLength(3);
});

it('is torn when the card leaves while it is selected again', async () => {
  const { exchange } = card(3);
  const session = rememberingSession({ exchange });
  expect(await ask(session, A, B, A, RECORD)).toEqual(['AA019000', 'BB029000', 'AA019000', 'torn']);
});

import { equalBytes, toHex } from '../../emv/values/index.ts';
import type { CardSession } from './card-session.ts';

const SELECT = 0xa4;

/** What a probe sends: none of it changes the card, so the same question has the same answer. */
const isSelect = (command: Uint8Array): boolean => command[1] === SELECT;

/**
 * A session in which no question is asked of the card twice. For probes alone: SELECT, GET DATA and READ RECORD change
 * nothing. The answers belong to the application that was selected; when a new question comes up for one that has been
 * left, it is selected again first.
 */
export function rememberingSession(session: CardSession): CardSession {
  const answers = new Map<string, Uint8Array>();
  let wanted: Uint8Array | undefined;
  let selected: Uint8Array | undefined;

  return {
    async exchange(command) {
      if (isSelect(command)) wanted = command;
      const question = `${wanted ? toHex(wanted) : ''} ${toHex(command)}`;
      const known = answers.get(question);
      if (known) return { kind: 'answered', response: known };

      const left = wanted !== undefined && (selected === undefined || !equalBytes(wanted, selected));
      if (wanted !== undefined && left && !isSelect(command)) {
        const again = await session.exchange(wanted);
        if (again.kind === 'torn') return again;
      }
      selected = wanted;
      const answer = await session.exchange(command);
      if (answer.kind === 'answered') answers.set(question, answer.response);
      return answer;
    },
  };
}

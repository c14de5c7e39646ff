import { setMaxListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import {
  type CANCEL_SYMBOL,
  cancel,
  confirm,
  isCancel,
  log,
  password,
  select,
  text as textPrompt,
} from '@clack/prompts';
import { type Asker, SetupCancelled } from './asker.ts';

/** Asks whoever sits at the terminal. */
export function personAsker(parts: {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly interrupted: AbortSignal;
}): Asker {
  const { input, output, interrupted: signal } = parts;
  takeUsualSize(output);
  const common = { input, output, signal };
  // Each prompt leaves a listener behind.
  setMaxListeners(0, signal);
  const answered = <T>(answer: T | typeof CANCEL_SYMBOL): T => {
    if (isCancel(answer) || signal.aborted) throw new SetupCancelled();
    return answer;
  };
  const goOn = (): void => {
    if (signal.aborted) throw new SetupCancelled();
  };
  let inPlace = false;
  const choose: Asker['choose'] = async (message, choices, otherwise) => {
    // Answers are told apart by their place: any type of value may stand behind one.
    const options = choices.map(({ label, hint }, value) => ({ value, label, ...(hint && { hint }) }));
    const initialValue = Math.max(
      0,
      choices.findIndex(({ value }) => value === otherwise),
    );
    const at = answered(await select<number>({ message, options, initialValue, ...common }));
    const chosen = choices[at];
    return chosen === undefined ? otherwise : chosen.value;
  };
  return {
    asks: true,
    attended: true,
    title(text) {
      goOn();
      log.step(text, { output });
    },
    say(text) {
      goOn();
      log.message(text, { output, spacing: 0 });
    },
    warn(text) {
      goOn();
      log.warn(text, { output });
    },
    choose,
    decide: choose,
    async confirm(message, initialValue, gone) {
      await drained(input);
      const signals = AbortSignal.any([signal, ...(gone === undefined ? [] : [gone])]);
      const answer = await confirm({ message, initialValue, ...common, signal: signals });
      return gone?.aborted && !signal.aborted ? undefined : answered(answer);
    },
    async text(message, { initial, placeholder, secret = false, check }) {
      const validate = (answer: string | undefined): string | undefined => check?.((answer ?? '').trim());
      const answer = secret
        ? await password({ message, validate, ...common })
        : await textPrompt({
            message,
            validate,
            ...(initial !== undefined && { initialValue: initial }),
            ...(placeholder !== undefined && { placeholder }),
            ...common,
          });
      return answered(answer).trim();
    },
    async waiting(text, work) {
      goOn();
      await drained(input);
      const enough = new AbortController();
      const done = untilKey(input, () => enough.abort());
      log.message(`${text}  (Enter skips it)`, { output });
      try {
        return await work(AbortSignal.any([signal, enough.signal]));
      } finally {
        done();
        goOn();
      }
    },
    done() {
      inPlace = true;
    },
    close() {
      if (signal.aborted && !inPlace) cancel('ended; the next setup begins with the answers of this one', { output });
    },
  };
}

/** A terminal that does not say its size, as on a serial console, is as wide and high as they all once were. */
function takeUsualSize(output: NodeJS.WriteStream): void {
  if (output.columns === 0) output.columns = 80;
  if (output.rows === 0) output.rows = 24;
}

/**
 * Throws away what was typed before the question stood there: it answers nothing about what is tried now. A stream that was resumed is
 * read between two turns of the loop, a line at a time.
 */
async function drained(input: NodeJS.ReadStream): Promise<void> {
  let typed = true;
  const read = (): void => {
    typed = true;
  };
  input.on('data', read);
  input.resume();
  while (typed) {
    typed = false;
    await turn();
    await turn();
  }
  input.off('data', read);
  input.pause();
}

/** Calls back at Enter, outside of prompts; the terminal is in its usual mode, so Ctrl-C stays a signal. */
function untilKey(input: NodeJS.ReadStream, pressed: () => void): () => void {
  input.on('data', pressed);
  input.resume();
  return () => {
    input.off('data', pressed);
    input.pause();
  };
}

import { CliError } from '../cli/cli-error.ts';
import { type Asker, SetupCancelled } from './asker.ts';

/** Nobody is asked: what the flags do not say is what stands first. */
export function scriptAsker(parts: {
  /** One line of progress. */
  readonly say: (line: string) => void;
  /** The script says that somebody stands there to tap and type. */
  readonly attended: boolean;
  readonly interrupted: AbortSignal;
}): Asker {
  const { say, attended, interrupted } = parts;
  const goOn = (): void => {
    if (interrupted.aborted) throw new SetupCancelled();
  };
  const line = (text: string): void => {
    goOn();
    say(text);
  };
  const choose: Asker['choose'] = async (_text, _choices, otherwise) => {
    goOn();
    return otherwise;
  };
  return {
    asks: false,
    attended,
    title: line,
    say: line,
    warn: (text) => line(`warning: ${text}`),
    choose,
    decide: choose,
    async confirm(_text, otherwise) {
      goOn();
      return otherwise;
    },
    async text(text, { flag, initial }) {
      goOn();
      if (initial !== undefined) return initial;
      throw new CliError('wrong-use', `nobody can be asked: ${text.toLowerCase()}`, `Say it with ${flag}.`);
    },
    async waiting(text, work) {
      line(text);
      const done = await work(interrupted);
      goOn();
      return done;
    },
    done() {},
    close() {},
  };
}

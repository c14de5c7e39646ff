/** One of the answers to a question. */
export interface Choice<T> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
}

/** Ends the setup because whoever sits there wants it so (Ctrl-C); nothing was put in place. */
export class SetupCancelled extends Error {
  override readonly name = 'SetupCancelled';
  constructor() {
    super(
      'ended before anything was put in place; this machine is as it was, and the next setup begins with your answers',
    );
  }
}

/**
 * Who answers the questions of the setup: a person at a terminal, or the flags of a script. Every method throws SetupCancelled
 * once the setup is interrupted.
 */
export interface Asker {
  /** Does somebody answer? Where not, every answer is the one that stands first. */
  readonly asks: boolean;
  /** Is somebody there who can tap a card, type, and look at paper? */
  readonly attended: boolean;
  title(text: string): void;
  say(text: string): void;
  warn(text: string): void;
  /** @param otherwise the answer where nobody is asked, and the one that stands first for a person */
  choose<T>(text: string, choices: readonly Choice<T>[], otherwise: T): Promise<T>;
  /** As `choose`, about the moment alone: the next setup does not begin with this answer. */
  decide<T>(text: string, choices: readonly Choice<T>[], otherwise: T): Promise<T>;
  /** @param gone what is asked about is not there any more: undefined at once */
  confirm(text: string, otherwise: boolean, gone?: AbortSignal): Promise<boolean | undefined>;
  /** @param check says what is wrong with an answer. Throws CliError `wrong-use`, naming the flag, where nobody is asked */
  text(text: string, ask: TextQuestion): Promise<string>;
  /** Shows that something is waited for until `work` ends; `stop` aborts when whoever sits there has enough of it. */
  waiting<T>(text: string, work: (stop: AbortSignal) => Promise<T>): Promise<T>;
  /** Everything is in place: no answer is needed any more. */
  done(): void;
  close(): void;
}

export interface TextQuestion {
  /** How a script gives the answer. */
  readonly flag: string;
  readonly initial?: string;
  readonly placeholder?: string;
  /** The answer that was given before was wrong, and is not proposed. */
  readonly anew?: boolean;
  /** Not shown while it is typed. */
  readonly secret?: boolean;
  readonly check?: (answer: string) => string | undefined;
}

import type { CardReaders } from '../../drivers/index.ts';

/** What a command may touch of the outside world. */
export interface CliIo {
  /** Results. Text comes without its line end. */
  readonly out: (line: string) => void;
  /** Everything else that is said. */
  readonly err: (line: string) => void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** The settings file where nothing else is said. */
  readonly usualFile: string;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
  /**
   * Asks whoever sits at the terminal for a line, without its end and the blanks around it. Undefined when `signal` aborts
   * first, or there will be no more. Absent where nobody sits: standard input or error is no terminal.
   */
  readonly prompt?: (text: string, signal: AbortSignal) => Promise<string | undefined>;
  /** The terminal itself, for what moves about on it; absent where `prompt` is. */
  readonly terminal?: { readonly input: NodeJS.ReadStream; readonly output: NodeJS.WriteStream };
  readonly fetch: typeof fetch;
  /** The program and the words with which this command line calls itself. */
  readonly ownCommand: readonly [program: string, ...words: string[]];
  /** The card readers of this machine; whoever opens them closes them. Throws DriverError. */
  readonly openReaders: () => Promise<CardReaders>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly uuid: () => string;
  /** Unpredictable bytes. */
  readonly random: (length: number) => Uint8Array;
  /** Aborts on the first Ctrl-C or SIGTERM; the next one ends the process. */
  readonly interrupted: AbortSignal;
}

/** What a command ends with: 0 success, 1 a negative answer, 2 wrong use. */
export type ExitCode = 0 | 1 | 2;

/** A command once its arguments are known. `json` asks for JSON instead of text. */
export type Invocation = (io: CliIo, json: boolean) => Promise<ExitCode>;

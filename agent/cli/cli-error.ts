import type { ExitCode } from './io.ts';

/** What can end a command, and how the process exits. */
const EXIT_CODES = {
  'wrong-use': 2,
  'wrong-configuration': 2,
  'daemon-unreachable': 1,
  'daemon-refused': 1,
  'unexpected-answer': 1,
  'no-queue': 1,
  'changed-meanwhile': 1,
  'file-exists': 2,
  'bad-file': 1,
  'reader-in-use': 1,
  'no-reader': 1,
  'no-card': 1,
  'not-found': 1,
  'not-parsed': 1,
  'not-available': 1,
  'replay-mismatch': 1,
  'native-module': 1,
} as const satisfies Readonly<Record<string, ExitCode>>;

export type CliErrorCode = keyof typeof EXIT_CODES;

/** Ends a command with one sentence that says what is wrong, and one that says what to do next. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly code: CliErrorCode;
  readonly next: string;

  constructor(code: CliErrorCode, message: string, next: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.next = next;
  }

  get exitCode(): ExitCode {
    return EXIT_CODES[this.code];
  }
}

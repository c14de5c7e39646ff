/** `unknown`: it could not be looked at from here, and the finding says why. */
export type Level = 'ok' | 'warn' | 'fail' | 'unknown';

/** What a check has found. */
export interface Finding {
  /** Group and check, such as `readers.modules`; stable, for programs. */
  readonly id: string;
  readonly level: Level;
  /** One sentence: what is so. */
  readonly what: string;
  /** Why that matters; absent where all is well. */
  readonly cause?: string;
  /** What to do; a command where one does it. */
  readonly remedy?: string;
}

/** What a person needs beside what is so. */
interface Advice {
  readonly cause: string;
  readonly remedy: string;
}

export const ok = (id: string, what: string): Finding => ({ id, level: 'ok', what });
export const unknown = (id: string, what: string, remedy?: string): Finding => ({
  id,
  level: 'unknown',
  what,
  ...(remedy !== undefined && { remedy }),
});
export const warn = (id: string, what: string, advice: Advice): Finding => ({ id, level: 'warn', what, ...advice });
export const fail = (id: string, what: string, advice: Advice): Finding => ({ id, level: 'fail', what, ...advice });

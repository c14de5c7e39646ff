import { CliError } from './cli-error.ts';
import type { ExitCode } from './io.ts';

/** An error as a person, or with `--json` a program, is told of it. */
export interface Explanation {
  readonly code: string;
  readonly message: string;
  readonly next?: string;
  readonly exitCode: ExitCode;
}

const fieldOf = (error: Error, name: 'code' | 'name'): string | undefined => {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' ? value : undefined;
};

/** How the loaders of Node and of native packages say that a binary is missing, or was built for another Node. */
const NATIVE = /could not locate the bindings file|NODE_MODULE_VERSION|compiled against a different Node/i;

function isNativeModuleFault(error: Error): boolean {
  return fieldOf(error, 'code') === 'ERR_DLOPEN_FAILED' || NATIVE.test(error.message);
}

/** What to do about what the system says. */
const NEXT: Readonly<Record<string, string>> = {
  ENOENT: 'Check the path.',
  EACCES: 'Check owner and permissions, or run it as the user that the daemon runs as.',
  EPERM: 'Run it as root (sudo), or as the user to whom the files belong.',
  ENOSPC: 'The disk is full: look with `df -h`, make room, and try again.',
  EDQUOT: 'This user may store no more: make room, and try again.',
  EROFS:
    'This file system is read-only: mount it writable (`mount -o remount,rw`), or look with `dmesg` why it became so.',
  EADDRINUSE: 'Another program listens there: end it, or choose another port with JDPOS_PORT.',
};

/**
 * Puts any error in words. Errors of our own rooms carry a stable code, and their message ends with what to do; the rest
 * is named by what the system calls it.
 */
export function explain(error: unknown): Explanation {
  if (error instanceof CliError) {
    const { code, message, next, exitCode } = error;
    return { code, message, next, exitCode };
  }
  if (!(error instanceof Error)) return { code: 'internal', message: String(error), exitCode: 1 };
  if (isNativeModuleFault(error)) {
    return {
      code: 'native-module',
      message: `a native module does not load with this Node (${process.version}): ${error.message.split('\n')[0]}`,
      next: 'Run `npm run set-up` in the checkout to build it anew.',
      exitCode: 1,
    };
  }
  const code = fieldOf(error, 'code') ?? 'internal';
  const next = NEXT[code];
  return { code, message: error.message, ...(next !== undefined && { next }), exitCode: 1 };
}

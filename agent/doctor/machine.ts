import type { Loaded } from '../config/config-file.ts';
import type { Environment } from '../config/read-config.ts';
import type { Finding } from './finding.ts';

/** What came of a program. */
export type Ran =
  | { readonly kind: 'ended'; readonly code: number; readonly out: string; readonly err: string }
  /** A crash: SIGSEGV and the like. */
  | { readonly kind: 'killed'; readonly signal: string; readonly err: string }
  | { readonly kind: 'late' }
  /** There is no such program, or it may not be run. */
  | { readonly kind: 'missing' };

export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'device' | 'socket' | 'other';
  readonly uid: number;
  readonly gid: number;
  /** The lower twelve bits. */
  readonly mode: number;
}

/** The machine as the doctor may look at it. Paths are from the root; what cannot be read is undefined. */
export interface Machine {
  readonly environment: Environment;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Who looks. */
  readonly uid: number;
  read(path: string): Promise<string | undefined>;
  /** Names in a folder. */
  list(path: string): Promise<readonly string[] | undefined>;
  /** Links are followed. */
  facts(path: string): Promise<FileFacts | undefined>;
  /** The path without links. */
  real(path: string): Promise<string | undefined>;
  /** Where a link leads, as it is written. */
  link(path: string): Promise<string | undefined>;
  run(program: string, words: readonly string[], limitMs: number): Promise<Ran>;
  /** Of the file system at a path, in bytes. */
  space(path: string): Promise<{ readonly free: number; readonly size: number } | undefined>;
  /** Milliseconds that each of some overwrites took until it was on the disk; what the system says when it refuses. */
  syncTimes(folder: string, count: number): Promise<readonly number[] | string>;
  /** Does somebody accept connections on this socket? `ok`, or the system's code. */
  connect(socket: string): Promise<string>;
  /** One request to the clearing host, step by step. */
  askHost(url: string, ca: string | undefined, limitMs: number): Promise<HostAnswer>;
}

/** Milliseconds that each step took as far as it was reached, and where it ended. */
export interface HostAnswer {
  readonly lookupMs?: number;
  readonly connectMs?: number;
  readonly secureMs?: number;
  readonly answerMs?: number;
  /** Of the host's Date header, epoch milliseconds, and our own clock in the middle of the exchange. */
  readonly hostClock?: { readonly host: number; readonly own: number };
  /** The system's code, or Node's; absent: the host has answered. */
  readonly error?: string;
}

/** Whose terminal is looked at. */
export interface Subject {
  /** The settings file; undefined: there is none. */
  readonly configPath?: string;
  readonly settings: Loaded;
  /** Whoever looks may not read the file. */
  readonly denied?: true;
  /** The program and the words with which this command line calls itself. */
  readonly own: readonly [program: string, ...words: string[]];
}

/** A check: probes the machine, and judges what it has seen. */
export interface Check {
  /** `group.check`. */
  readonly id: string;
  /** It is given up after so long. */
  readonly limitMs: number;
  run(machine: Machine, subject: Subject): Promise<readonly Finding[]>;
}

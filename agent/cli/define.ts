import type { Command } from 'commander';
import type { Invocation } from './io.ts';

/** Declares a command's arguments and options; `start` is called with what to run once they are read. */
export type Define = (command: Command, start: (invocation: Invocation) => void) => void;

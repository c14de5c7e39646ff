import { type Command, InvalidArgumentError, Option } from 'commander';
import { USUAL_FILE } from '../config/usual-file.ts';

export interface UrlOption {
  readonly url?: string;
}

/** For commands that ask the daemon. */
export function withUrl(command: Command): Command {
  return command.option('--url <address>', 'the daemon (default: http://127.0.0.1:7400, or the port in JDPOS_PORT)');
}

export interface QueueOptions {
  readonly stateDir?: string;
  readonly config?: string;
}

/** For commands that read the queue's file. */
export function withQueueOptions(command: Command): Command {
  return command
    .option(
      '--state-dir <folder>',
      'folder of the queue (default: JDPOS_STATE_DIR, else what the settings say, else .jdpos here)',
    )
    .addOption(
      new Option('--config <file>', "the daemon's settings file, which names the folder").conflicts('stateDir'),
    );
}

export interface ConfigOption {
  readonly config?: string;
}

/** For commands that read the settings. */
export function withConfig(command: Command): Command {
  return command.option('--config <file>', `settings file (default: JDPOS_CONFIG, else ${USUAL_FILE})`);
}

export interface PageOptions {
  readonly limit: number;
  readonly after?: string;
}

const MAX_LIMIT = 1_000;

/** A whole number from 1 to `most`. */
export function parseCount(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^[0-9]{1,16}$/.test(text) && value >= 1 && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${most}.`);
  };
}

/** The number of a close. */
export function parseCloseNumber(text: string): number {
  if (/^[1-9][0-9]{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected the number of a close.');
}

export function withPage(command: Command): Command {
  return command
    .option('--limit <count>', 'how many to print', parseCount(MAX_LIMIT), 20)
    .option('--after <cursor>', 'where the page before ended');
}

import { randomBytes, randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CardReaders } from '../../drivers/index.ts';
import { USUAL_FILE } from '../config/usual-file.ts';
import type { CliIo, ExitCode } from './io.ts';
import { runCli } from './program.ts';

async function readAll(stream: NodeJS.ReadStream): Promise<string> {
  let text = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) text += chunk;
  return text;
}

/** One line of the terminal; Ctrl-C stays what it is elsewhere, a signal. */
function promptOn({ stdin, stderr }: NodeJS.Process): NonNullable<CliIo['prompt']> {
  return (text, signal) =>
    new Promise((resolve) => {
      const lines = createInterface({ input: stdin, terminal: false });
      const end = (line: string | undefined): void => {
        signal.removeEventListener('abort', stop);
        resolve(line?.trim());
        lines.close();
      };
      const stop = (): void => {
        stderr.write('\n');
        end(undefined);
      };
      lines.once('line', end);
      lines.once('close', () => end(undefined));
      signal.addEventListener('abort', stop);
      stderr.write(text);
      if (signal.aborted) stop();
    });
}

/** The first signal asks the command to end; after it the process answers signals as any other. */
function interruption(of: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) of.once(signal, () => controller.abort());
  return controller.signal;
}

async function openReaders(environment: NodeJS.ProcessEnv): Promise<CardReaders> {
  const { openPcscReaders } = await import('../../drivers/index.ts');
  const { PCSCLITE_CSOCK_NAME: socketPath } = environment;
  return openPcscReaders(socketPath === undefined ? {} : { socketPath });
}

/** Runs the command line of a process. */
export function main(of: NodeJS.Process): Promise<ExitCode> {
  // A reader such as `head` that has seen enough is no fault.
  of.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') of.exit(0);
    throw error;
  });
  const io: CliIo = {
    out: (line) => of.stdout.write(`${line}\n`),
    err: (line) => of.stderr.write(`${line}\n`),
    environment: of.env,
    workingDirectory: of.cwd(),
    usualFile: USUAL_FILE,
    readInput: () => readAll(of.stdin),
    ...(of.stdin.isTTY &&
      of.stderr.isTTY && { prompt: promptOn(of), terminal: { input: of.stdin, output: of.stderr } }),
    fetch: (input, init) => fetch(input, init),
    ownCommand: [of.execPath, ...of.argv.slice(1, 2)],
    openReaders: () => openReaders(of.env),
    now: Date.now,
    sleep: (ms) => sleep(ms),
    uuid: randomUUID,
    random: (length) => new Uint8Array(randomBytes(length)),
    interrupted: interruption(of),
  };
  return runCli(of.argv.slice(2), io);
}

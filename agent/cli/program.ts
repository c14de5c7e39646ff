import { Command, CommanderError } from 'commander';
import { COMMANDS, type Entry, GROUPS } from './commands.ts';
import { explain } from './explain.ts';
import type { CliIo, ExitCode, Invocation } from './io.ts';

const VERSION = '0.1.0';

/** The commands by their names, without what is behind them. */
function buildProgram(io: CliIo, start: (invocation: Invocation) => void): Command {
  const loads = new Map<Command, Entry['load']>();
  const load = async (_parent: Command, called: Command): Promise<void> => {
    (await loads.get(called)?.())?.(called, start);
  };
  const program = new Command('jdpos')
    .description('Terminal agent of 江都购物卡')
    .version(VERSION)
    .option('--json', 'print JSON (amounts in fen)')
    .helpCommand(false)
    .showHelpAfterError('Run the command with --help for its use.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) })
    .hook('preSubcommand', load);
  const groups = new Map<string, Command>();
  for (const { path, summary, load: loadEntry } of COMMANDS) {
    const [first = '', second] = path.split(' ');
    if (second !== undefined && !groups.has(first)) {
      groups.set(
        first,
        program
          .command(first)
          .description(GROUPS[first] ?? '')
          .helpCommand(false)
          .hook('preSubcommand', load),
      );
    }
    const parent = second === undefined ? program : (groups.get(first) ?? program);
    loads.set(parent.command(second ?? first).description(summary), loadEntry);
  }
  return program;
}

/** Help and version are what was asked for; everything else that commander ends with is wrong use. */
function exitCodeOf({ code }: CommanderError): ExitCode {
  return code === 'commander.helpDisplayed' || code === 'commander.version' ? 0 : 2;
}

function report(error: unknown, io: CliIo, json: boolean): ExitCode {
  const { exitCode, ...explanation } = explain(error);
  const { message, next } = explanation;
  if (json) io.err(JSON.stringify({ error: explanation }));
  else io.err(`jdpos: ${[message.replace(/\.$/, ''), next].filter((part) => part !== undefined).join('. ')}`);
  return exitCode;
}

/** Runs one command line, without `node` and the script. Never rejects. */
export async function runCli(words: readonly string[], io: CliIo): Promise<ExitCode> {
  let invocation: Invocation | undefined;
  const program = buildProgram(io, (called) => {
    invocation = called;
  });
  const isJson = (): boolean => program.opts()['json'] === true;
  try {
    // `jdpos help pay` is `jdpos pay --help`.
    await program.parseAsync(words[0] === 'help' ? [...words.slice(1), '--help'] : words, { from: 'user' });
    return (await invocation?.(io, isJson())) ?? 2;
  } catch (error) {
    return error instanceof CommanderError ? exitCodeOf(error) : report(error, io, isJson());
  }
}

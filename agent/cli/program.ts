import { Command, CommanderError } from 'commander';
import { COMMANDS, type Entry, GROUPS } from './commands.ts';
import { type Explanation, explain } from './explain.ts';
import type { CliIo, ExitCode, Invocation } from './io.ts';
import { printable } from './text.ts';

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
    .configureHelp({ showGlobalOptions: true })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
      outputError: () => {},
    })
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
    const command = parent.command(second ?? first).description(summary);
    loads.set(command, loadEntry);
    // A command may have commands below it, as `setup` has.
    if (second === undefined) groups.set(first, command.helpCommand(false).hook('preSubcommand', load));
  }
  return program;
}

/** Commander ends with an error for help and version too; those, and the help after an unfinished command, are printed. */
function describeUsage({ code, message }: CommanderError): Explanation | undefined {
  if (['commander.helpDisplayed', 'commander.version', 'commander.help'].includes(code)) return undefined;
  const next = 'Run the command with --help for its use.';
  return { code: 'wrong-use', message: message.replace(/^error: /, ''), next, exitCode: 2 };
}

function report({ exitCode, ...error }: Explanation, io: CliIo, json: boolean): ExitCode {
  const { message, next } = error;
  if (json) io.err(JSON.stringify({ error }));
  else {
    const said = `jdpos: ${[message.replace(/\.$/, ''), next].filter((part) => part !== undefined).join('. ')}`;
    // What a host, a file or a card says may stand in it.
    for (const line of said.split('\n')) io.err(printable(line));
  }
  return exitCode;
}

function endWith(error: unknown, io: CliIo, json: boolean): ExitCode {
  if (!(error instanceof CommanderError)) return report(explain(error), io, json);
  const usage = describeUsage(error);
  if (usage !== undefined) return report(usage, io, json);
  return error.code === 'commander.help' ? 2 : 0;
}

/** Runs one command line, without `node` and the script. Never rejects. */
export async function runCli(words: readonly string[], io: CliIo): Promise<ExitCode> {
  // Read by hand too, because an error is also to be JSON when the rest of the line could not be read.
  const json = words.includes('--json');
  let invocation: Invocation | undefined;
  const program = buildProgram(io, (called) => {
    invocation = called;
  });
  try {
    // `jdpos help pay` is `jdpos pay --help`.
    await program.parseAsync(words[0] === 'help' ? [...words.slice(1), '--help'] : words, { from: 'user' });
    return (await invocation?.(io, json)) ?? 2;
  } catch (error) {
    return endWith(error, io, json);
  }
}

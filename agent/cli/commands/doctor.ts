import type { Finding, Level, Machine, Subject } from '../../doctor/index.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type ConfigOption, withConfig } from '../options.ts';
import { printable } from '../text.ts';

interface DoctorOptions extends ConfigOption {
  readonly watch?: true;
}

export const define: Define = (command, start) => {
  withConfig(command)
    .argument('[group]', 'software, settings, readers, ports, clock, disk, queue, host or process alone')
    .option('--watch', 'look again every few seconds, until Ctrl-C')
    .addHelpText(
      'after',
      '\nExits with 1 when anything is wrong (FAIL), with 0 otherwise. Nothing is changed; as root it sees more.',
    )
    .action((group: string | undefined, options: DoctorOptions) =>
      start((io, json) => doctor(group, options, io, json)),
    );
};

const WATCH_EVERY_MS = 3_000;
const CLEAR = '\u001b[2J\u001b[H';

async function doctor(group: string | undefined, options: DoctorOptions, io: CliIo, json: boolean): Promise<ExitCode> {
  const { examine, GROUPS, thisMachine } = await import('../../doctor/index.ts');
  const checks =
    group === undefined ? Object.values(GROUPS).flat() : Object.hasOwn(GROUPS, group) ? GROUPS[group] : undefined;
  if (checks === undefined)
    throw new CliError(
      'wrong-use',
      `there is no group ${group}`,
      `Name one of ${Object.keys(GROUPS).join(', ')}, or none.`,
    );
  const machine = thisMachine(io.environment, { now: io.now });
  for (;;) {
    const findings = await examine(checks, machine, await subjectOf(options, machine, io));
    if (json) io.out(JSON.stringify({ findings }));
    else for (const line of [...(options.watch ? [CLEAR] : []), ...describe(findings)]) io.out(line);
    if (options.watch) await io.sleep(WATCH_EVERY_MS);
    if (!options.watch || io.interrupted.aborted) return findings.some(({ level }) => level === 'fail') ? 1 : 0;
  }
}

async function subjectOf(
  { config }: ConfigOption,
  { environment }: Machine,
  { ownCommand, usualFile }: CliIo,
): Promise<Subject> {
  const { configPath, loadConfig, withPemFiles } = await import('../../config/config-file.ts');
  const path = configPath(config, environment, usualFile);
  const own = { own: ownCommand, ...(path !== undefined && { configPath: path }) };
  try {
    return { ...own, settings: withPemFiles(loadConfig(path, environment)) };
  } catch (error) {
    // A file that is not there, or may not be read, is a finding.
    const message = error instanceof Error ? error.message : String(error);
    const denied = (error as NodeJS.ErrnoException).code === 'EACCES' && { denied: true as const };
    return { ...own, ...denied, settings: { kind: 'invalid', problems: [{ at: '', message }] } };
  }
}

const WORDS: Readonly<Record<Level, string>> = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL', unknown: '??  ' };

/** A line for each finding; what a person has to act on has its reason and its remedy below it. */
export function describe(findings: readonly Finding[]): string[] {
  const lines = findings.flatMap(({ id, level, what, cause, remedy }) => [
    `${WORDS[level]}  ${id.padEnd(20)}  ${printable(what)}`,
    ...(cause === undefined ? [] : [`      ${' '.repeat(20)}  why: ${printable(cause)}`]),
    ...(remedy === undefined ? [] : [`      ${' '.repeat(20)}  do:  ${printable(remedy)}`]),
  ]);
  const count = (level: Level): number => findings.filter((finding) => finding.level === level).length;
  const sum = `${count('ok')} ok, ${count('warn')} to look after, ${count('fail')} wrong, ${count('unknown')} not known`;
  return [...lines, '', sum];
}

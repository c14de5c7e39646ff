import { isAbsolute, join, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../../config/schema.ts';
import type { Asker } from '../../setup/asker.ts';
import type { Places } from '../../setup/places.ts';
import type { TestResult } from '../../setup/tests.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';

interface SetupOptions {
  readonly yes?: boolean;
  readonly attended?: boolean;
  readonly config?: string;
  readonly stateDir?: string;
  readonly root: string;
  readonly clearingUrl?: string;
  readonly clearingCa?: string;
  readonly clearingCaSha256?: string;
  readonly enrolmentCodeFile?: string;
  readonly acceptTestKeys?: boolean;
  readonly port?: number;
  readonly reader: readonly string[];
  readonly pinPad?: string;
  readonly pinKey?: string;
  readonly pinKeyId?: string;
  readonly pinKeySlot?: number;
  readonly pinBlockFormat?: 'iso-0' | 'iso-4' | 'sm4-0';
  readonly scanner?: string;
  readonly printer?: string;
  readonly display?: string;
  readonly systemd: boolean;
  readonly report?: string;
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

function portNumber(text: string): number {
  const value = Number(text);
  // The central API has the next one.
  if (/^[0-9]{1,5}$/.test(text) && value >= 1 && value < 65_535) return value;
  throw new InvalidArgumentError('Expected a port from 1 to 65534.');
}

function keySlot(text: string): number {
  if (/^[0-9]$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a place from 0 to 9.');
}

export const define: Define = (command, start) => {
  // What stands behind a command below it is that command's.
  withOptions(command.enablePositionalOptions())
    .addHelpText(
      'after',
      `
Places of devices: serial:/dev/ttyACM0:9600, usb:/dev/usb/lp0, network:10.0.0.9:9100, keyboard:/dev/input/by-path/…, reader
Nothing changes before the end; Ctrl-C leaves the terminal as it was. Ends with 0 when no test has failed, 1 otherwise.`,
    )
    .action((options: SetupOptions) => start((io, json) => setup(options, io, json)));
};

const withOptions = (command: Command): Command =>
  command
    .option('--yes', 'ask nothing: the flags say everything, the rest is as it comes')
    .option('--attended', 'with --yes: somebody is there to tap, type and scan')
    .option('--clearing-url <address>', 'the clearing host')
    .option('--clearing-ca <file>', 'PEM file of the authority that certifies it')
    .option('--clearing-ca-sha256 <fingerprint>', 'what its fingerprint must be, from the paper of the centre')
    .option('--enrolment-code-file <file>', 'file with the one-time code of the centre')
    .option('--accept-test-keys', 'only to try things out: take a centre with TEST keys')
    .option(
      '--reader <role=name>',
      'contactless, contact or sam, and a part of the reader’s name; repeatable',
      collect,
      [],
    )
    .option('--pin-pad <place>', 'where PINs are typed')
    .option('--pin-key <file>', 'the file that the centre has made for the PIN pad; the pad is given the key')
    .option('--pin-key-id <name>', 'the centre’s name of a key that is in the PIN pad already')
    .option('--pin-key-slot <place>', 'in which of the pad’s places the key is, or is to be: 0 to 9', keySlot)
    .addOption(
      new Option('--pin-block-format <format>', 'PIN blocks under a key that is in the pad already').choices([
        'iso-0',
        'iso-4',
        'sm4-0',
      ]),
    )
    .option('--scanner <place>', 'the scanner')
    .option('--printer <place>', 'the printer')
    .option('--display <place>', 'the customer display')
    .option('--port <number>', 'of register API and cashier page; the central API has the next one', portNumber)
    .option('--config <file>', 'settings file (default: /etc/jdpos/config.json)')
    .option('--state-dir <folder>', 'folder of the queue and its key (default: /var/lib/jdpos)')
    .option('--root <folder>', 'put everything below this folder', '/')
    .option('--no-systemd', 'install no service; the terminal is started for a trial, and ended')
    .option('--report <folder>', 'where the acceptance report goes (default: here)');

async function setup(options: SetupOptions, io: CliIo, json: boolean): Promise<ExitCode> {
  const [{ setUp }, { reportOf, writeReport }, { accepted, verdictOf }, machine] = await Promise.all([
    import('../../setup/set-up.ts'),
    import('../../setup/setup-report.ts'),
    import('../../setup/report.ts'),
    import('../../setup/machine.ts'),
  ]);
  const { probes } = await import('../../setup/probes.ts');
  const root = resolve(io.workingDirectory, options.root);
  const places = await placesOf(options, root, io);
  refuseUnwritable(options, places, machine.closedTo, machine.roomAt);
  const asker = await askerFor(options, places, io);
  const fetchIt = io.fetch;
  try {
    const done = await setUp({
      ...{ flags: { ...options, acceptTestKeys: options.acceptTestKeys === true }, asker, places, root },
      probes: probes({ root, openReaders: io.openReaders }),
      ...{
        run: machine.runProgram,
        program: machine.thisProgram(),
        environment: { ...io.environment },
        fetch: fetchIt,
      },
      ...{ sleep: io.sleep, clock: { now: io.now, monotonic: () => performance.now() } },
      ...{ random: io.random, uuid: io.uuid, interrupted: io.interrupted },
    });
    const next = nextStep(done.config, places.config, options.systemd && done.up !== undefined);
    const written = async (): Promise<Told['files']> => {
      const signed = await reportOf(done, new Date(io.now()).toISOString(), machine.runProgram);
      return writtenReport(() => writeReport(signed, resolve(io.workingDirectory, options.report ?? '.')));
    };
    const files = done.sealed ? undefined : await written();
    tell(done.tests, { files, verdict: verdictOf(done), next }, io, json);
    return accepted(done) ? 0 : 1;
  } finally {
    asker.close();
  }
}

interface Told {
  /** Undefined: the terminal’s key is kept where a setup cannot read it. */
  readonly files: { readonly json: string; readonly html: string } | undefined;
  readonly verdict: string;
  readonly next: string;
}

function tell(tests: readonly TestResult[], { files, verdict, next }: Told, io: CliIo, json: boolean): void {
  if (json) {
    const accepted = tests.every(({ outcome }) => outcome !== 'failed');
    io.out(JSON.stringify({ accepted, verdict, report: files, tests }));
    return;
  }
  for (const { id, outcome, detail } of tests)
    io.out([outcome.padEnd(8), id.padEnd(10), detail ?? ''].join(' ').trimEnd());
  io.out(
    files === undefined
      ? `${verdict}; no report: the terminal’s key is kept where a setup cannot read it`
      : `${verdict}; the report: ${files.html}`,
  );
  io.out(next);
}

/** The terminal is whole, whatever becomes of its report. */
function writtenReport<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const next = 'Run setup again, which keeps the terminal, and name another folder with --report.';
    throw new CliError('not-available', `the terminal is installed, and its report cannot be written: ${why}`, next);
  }
}

function nextStep({ register: { host, port } }: Config, path: string, runs: boolean): string {
  if (runs) return `the terminal runs: its cashier page is at http://${host}:${port}/`;
  return `the terminal does not run now; this starts it: jdpos run --config ${path}`;
}

/** Where everything goes. A queue is never moved: the settings that are there say where it is. */
async function placesOf(options: SetupOptions, root: string, io: CliIo) {
  const [{ placesBelow }, { configThere }] = await Promise.all([
    import('../../setup/places.ts'),
    import('../../setup/terminal-there.ts'),
  ]);
  const from = (path: string | undefined) => (path === undefined ? {} : resolve(io.workingDirectory, path));
  const config = from(options.config);
  const given = from(options.stateDir);
  const first = placesBelow(root, { ...(typeof config === 'string' && { config }) });
  const there = configThere(first.config)?.config.stateDir;
  if (there !== undefined && typeof given === 'string' && resolve(there) !== given) {
    const next = 'Leave --state-dir out: the queue stays where it is.';
    throw new CliError('wrong-use', `${first.config} names another state folder, ${there}`, next);
  }
  const stateDir = there ?? given;
  return placesBelow(root, {
    ...(typeof config === 'string' && { config }),
    ...(typeof stateDir === 'string' && {
      stateDir: isAbsolute(stateDir) ? stateDir : join(io.workingDirectory, stateDir),
    }),
  });
}

/** A queue with its log, a hotlist, and what the daemon needs to start. */
const LEAST_ROOM = 64 * 2 ** 20;

/** Said before anything is asked, not at the end. */
function refuseUnwritable(
  { systemd }: SetupOptions,
  { config, stateDir, unit }: Places,
  closedTo: (path: string) => string | undefined,
  roomAt: (path: string) => number,
): void {
  for (const path of [config, stateDir, ...(systemd ? [unit] : [])]) {
    const why = closedTo(path);
    if (why === undefined) continue;
    const next =
      why === 'EROFS'
        ? 'Its file system is read-only: mount it writable (mount -o remount,rw), or name other places and --no-systemd.'
        : 'Run it with sudo, or name other places and --no-systemd.';
    throw new CliError('wrong-use', `${path} cannot be written (${why})`, next);
  }
  const room = roomAt(stateDir);
  if (room >= LEAST_ROOM) return;
  const what = `only ${Math.floor(room / 2 ** 20)} MiB are free where ${stateDir} is to be`;
  throw new CliError('not-available', what, 'Make room (df -h shows where), and run setup again.');
}

async function askerFor({ yes, attended }: SetupOptions, places: Places, io: CliIo): Promise<Asker> {
  const { interrupted } = io;
  if (yes !== true && io.terminal !== undefined) {
    const [{ personAsker }, { answersIn, rememberingAsker }] = await Promise.all([
      import('../../setup/person-asker.ts'),
      import('../../setup/remembering-asker.ts'),
    ]);
    return rememberingAsker(personAsker({ ...io.terminal, interrupted }), answersIn(places.answers));
  }
  if (yes !== true)
    throw new CliError('wrong-use', 'nobody sits at a terminal', 'Give --yes, and the answers as flags.');
  const { scriptAsker } = await import('../../setup/script-asker.ts');
  return scriptAsker({ say: io.err, attended: attended === true, interrupted });
}

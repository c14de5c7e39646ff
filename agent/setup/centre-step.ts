import { CliError } from '../cli/cli-error.ts';
import type { Config } from '../config/schema.ts';
import { type Asker, SetupCancelled } from './asker.ts';
import type { ChosenDevices } from './choose-devices.ts';
import { type AskedClearing, askClearing, askCode, type ClearingFlags } from './clearing-question.ts';
import { draftConfig } from './draft-config.ts';
import { type EnrolledTerminal, EnrolmentRefused, enrolTerminal } from './enrol-terminal.ts';
import type { SetupParts } from './setup-parts.ts';
import { type ConfigThere, isEnrolled, type TerminalThere } from './terminal-there.ts';

/** The settings as they will be, and the terminal as the centre knows it. */
interface Joined {
  readonly clearing: AskedClearing;
  /** Undefined where the machine trusts the host already. */
  readonly authority: { readonly path: string; readonly text: string } | undefined;
  readonly draft: ReturnType<typeof draftConfig>;
  /** Undefined where the terminal had been enrolled before. */
  readonly enrolled: EnrolledTerminal | undefined;
}

/**
 * Asks for the clearing host and enrols with it. What goes wrong is told, and what was wrong is asked for again, as long as whoever
 * sits there wants. Throws SetupCancelled, CliError, QueueError.
 */
export async function centreStep(
  parts: SetupParts,
  there: TerminalThere,
  before: ConfigThere | undefined,
  chosen: ChosenDevices | undefined,
): Promise<Joined> {
  const { asker, clock } = parts;
  let flags: ClearingFlags = parts.flags;
  let answered: AskedClearing | undefined;
  let anotherCode = false;
  for (;;) {
    if (answered === undefined) asker.title('Clearing host');
    const clearing = await askClearing(asker, flags, before?.config.clearing, clock.monotonic, answered);
    const { draft, authority } = settingsWith(parts, before, chosen, clearing);
    if (answered === undefined) asker.title('Enrolment');
    if (!asker.asks && clearing.test.outcome === 'failed' && !isEnrolled(there)) throw awayFor(clearing);
    const code = (): Promise<string> => askCode(asker, parts.flags, anotherCode);
    try {
      const enrolled = await enrolStep(parts, there, withCa(draft.config, clearing.ca?.path), code);
      return { clearing, authority, draft, enrolled };
    } catch (error) {
      const onward = await whatNow(asker, error);
      anotherCode = onward === 'code';
      answered = onward === 'address' ? undefined : clearing;
      if (onward === 'address') flags = {};
    }
  }
}

/** Nothing was sent: the code is as good as before. */
function awayFor({ url, test }: AskedClearing): CliError {
  const next = 'Mend it, and run setup again with the same flags and the same code.';
  return new CliError('not-available', `this terminal cannot be enrolled: ${url}: ${test.detail}`, next);
}

/** Throws the error where nobody can be asked, or it is none of the centre's. */
async function whatNow(asker: Asker, error: unknown): Promise<'code' | 'again' | 'address'> {
  if (!asker.asks || !(error instanceof CliError)) throw error;
  const refused = error instanceof EnrolmentRefused;
  asker.warn(`${error.message}.${refused ? '' : ` ${error.next}`}`);
  const onward = await asker.decide<'code' | 'again' | 'address' | 'end'>(
    'This terminal is not enrolled yet. What now?',
    [
      ...(refused
        ? [{ value: 'code' as const, label: 'type another code' }]
        : [{ value: 'again' as const, label: 'try it again' }]),
      { value: 'address', label: 'change address or CA file' },
      { value: 'end', label: 'end the setup here', hint: 'the next one begins with these answers' },
    ],
    refused ? 'code' : 'again',
  );
  if (onward === 'end') throw new SetupCancelled();
  return onward;
}

function settingsWith(
  { places, flags }: SetupParts,
  before: ConfigThere | undefined,
  chosen: ChosenDevices | undefined,
  { url, ca }: AskedClearing,
): Pick<Joined, 'authority' | 'draft'> {
  // A file that the settings name already stays where it is.
  const authority = ca && {
    path: ca.path === before?.config.clearing.ca ? ca.path : places.clearingCa,
    text: ca.text,
  };
  const draft = draftConfig(before?.raw ?? {}, {
    ...{ stateDir: before?.config.stateDir ?? places.stateDir, chosen, port: flags.port },
    ...{ clearingUrl: url, acceptTestKeys: flags.acceptTestKeys, clearingCa: authority?.path },
  });
  return { authority, draft };
}

const withCa = ({ clearing: { ca: _, ...clearing }, ...config }: Config, ca: string | undefined): Config => ({
  ...config,
  clearing: ca === undefined ? clearing : { ...clearing, ca },
});

async function enrolStep(
  parts: SetupParts,
  there: TerminalThere,
  config: Config,
  code: () => Promise<string>,
): Promise<EnrolledTerminal | undefined> {
  const { asker, places, random, clock, interrupted: signal } = parts;
  if (isEnrolled(there)) {
    asker.say('kept as it is; a new epoch begins with `jdpos enrol`');
    return undefined;
  }
  const folder = there.kind === 'there' ? places.stateDir : places.stagedState;
  const say = (line: string): void => asker.say(line);
  try {
    const enrolled = await enrolTerminal({ ...{ folder, config, code, random, clock, signal, say } });
    asker.say(`enrolled as ${enrolled.terminal} of ${enrolled.merchant}, epoch ${enrolled.epoch}`);
    return enrolled;
  } catch (error) {
    throw signal.aborted ? new SetupCancelled() : error;
  }
}

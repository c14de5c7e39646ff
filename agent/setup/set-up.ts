import type { Config } from '../config/schema.ts';
import type { Asker } from './asker.ts';
import type { Up } from './bring-up.ts';
import { centreStep } from './centre-step.ts';
import { devicesStep } from './devices-step.ts';
import type { EnrolledTerminal } from './enrol-terminal.ts';
import { installStep } from './install-step.ts';
import { measureDisk } from './measure-disk.ts';
import type { Places } from './places.ts';
import type { SetupParts } from './setup-parts.ts';
import { asItStands } from './still-there.ts';
import { configThere, isEnrolled, type TerminalThere, terminalThere } from './terminal-there.ts';
import { ms, passed, skipped, type TestResult } from './tests.ts';

/** What was installed; the report is made of it. */
export interface SetUpTerminal {
  readonly config: Config;
  readonly enrolled: EnrolledTerminal | undefined;
  readonly tests: readonly TestResult[];
  readonly up: Up | undefined;
  readonly files: readonly string[];
  /** Setup cannot read the terminal's key, and so cannot sign for it. */
  readonly sealed: boolean;
}

/**
 * Sets a terminal up. Everything is asked, tried and enrolled first, while the terminal stays as it was; then it is put in place at
 * one point, and taken back if it does not come up. Throws SetupCancelled, CliError, QueueError, DriverError.
 */
export async function setUp(parts: SetupParts): Promise<SetUpTerminal> {
  const { asker, places } = parts;
  const before = configThere(places.config);
  const there = terminalThere(places, before?.config);
  tellWhatIsThere(asker, there, places);

  asker.title('Card readers and devices');
  const { chosen, tests: deviceTests } = await devicesStep(parts, before);
  const { clearing, authority, draft, enrolled } = await centreStep(parts, there, before, chosen);
  const disk = await diskStep(parts, there);

  asker.title('Putting it in place');
  const installed = await installStep(parts, there, draft, authority);
  asker.done();
  const { up, files } = installed;
  const devices = up === undefined ? deviceTests : deviceTests.map(asItStands(up.status));
  const tests = [disk, ...devices, enrolmentTest(there, enrolled), clearing.test, ...installed.tests];
  // The daemon may have moved its master key to where the settings want it now.
  const sealed = terminalThere(places, draft.config).kind === 'sealed';
  return { config: draft.config, enrolled, tests, up, files, sealed };
}

function tellWhatIsThere(asker: Asker, there: TerminalThere, { stateDir, stagedState }: Places): void {
  if (there.kind === 'there' && there.terminal !== undefined) {
    asker.say(`This machine is terminal ${there.terminal} already: that stays, with all it holds (${stateDir}).`);
  }
  if (there.kind === 'sealed') asker.say(`This machine is a terminal already: that stays (${stateDir}; ${there.why}).`);
  if (there.kind === 'begun')
    asker.say(`An earlier setup was broken off; this one goes on with what it has (${stagedState}).`);
}

function enrolmentTest(there: TerminalThere, enrolled: EnrolledTerminal | undefined): TestResult {
  if (enrolled === undefined) return skipped('enrolment', 'this terminal had been enrolled before, and stays so');
  const { parameters, hotlistVersion, exchangeMs } = enrolled;
  const detail = `parameters ${parameters.version} with ${parameters.caKeys} CA keys, hotlist ${hotlistVersion}`;
  const how = there.kind === 'begun' ? 'taken up from a setup that was broken off; ' : '';
  return passed('enrolment', `${how}${detail}`, [ms('everything fetched', exchangeMs)]);
}

function diskStep({ places, clock }: SetupParts, there: TerminalThere): Promise<TestResult> {
  const folder = isEnrolled(there) || there.kind === 'there' ? places.stateDir : places.stagedState;
  return measureDisk(folder, clock.monotonic);
}

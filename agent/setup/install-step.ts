import { chownSync, existsSync, lchownSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CliError } from '../cli/cli-error.ts';
import type { Config } from '../config/schema.ts';
import type { WholeFile } from '../put-file.ts';
import { type Asker, SetupCancelled } from './asker.ts';
import { bringUp, type Came, type Up } from './bring-up.ts';
import { configText, type draftConfig } from './draft-config.ts';
import { closedFolder, systemdRuns } from './machine.ts';
import { moveFolder, putInPlace, type Undo } from './put-in-place.ts';
import { type ServiceControl, type ServiceNow, serviceControl, serviceFiles } from './service.ts';
import type { SetupParts } from './setup-parts.ts';
import { isEnrolled, type TerminalThere } from './terminal-there.ts';
import { failed, skipped, type TestResult } from './tests.ts';

export interface Installed {
  readonly tests: readonly TestResult[];
  readonly up: Up | undefined;
  readonly files: readonly string[];
}

/** The one point at which the terminal becomes another. */
export async function installStep(
  parts: SetupParts,
  there: TerminalThere,
  draft: ReturnType<typeof draftConfig>,
  authority: { readonly path: string; readonly text: string } | undefined,
): Promise<Installed> {
  const { flags, places, program, run, asker, interrupted } = parts;
  const service = flags.systemd ? await serviceFiles(draft.config, places, program, run) : undefined;
  if (flags.systemd) warnOfClosedFolders(asker, program);
  const owner = service?.owner;
  const control = flags.systemd && systemdRuns(parts.root) ? serviceControl(run) : undefined;
  const before = (await control?.now()) ?? { active: false, enabled: false };
  if (interrupted.aborted) throw new SetupCancelled();

  const config: WholeFile = {
    ...{ path: places.config, text: configText(draft.raw), mode: 0o640 },
    ...(owner && { owner: { uid: process.getuid?.() ?? 0, gid: owner.gid } }),
  };
  const trusted = authority === undefined ? [] : [{ ...authority, mode: 0o644 }];
  // Each file is of use only to those after it: whatever point a power cut leaves, what runs finds all it needs.
  const undo = putInPlace([...trusted, config, ...(service?.files ?? [])], () => {
    const made = there.kind === 'new' || there.kind === 'begun';
    if (made) mkdirSync(dirname(places.stateDir), { recursive: true });
    if (owner !== undefined && !isEnrolled(there)) giveTo(made ? places.stagedState : places.stateDir, owner);
    return made ? moveFolder(places.stagedState, places.stateDir) : undefined;
  });
  const { tests, up } = await startOrTakeBack(parts, draft.config, { undo, control, before });
  return { tests, up, files: [places.stateDir, config.path, ...(service?.files.map(({ path }) => path) ?? [])] };
}

function warnOfClosedFolders(asker: Asker, { node, cli }: SetupParts['program']): void {
  for (const file of [node, cli]) {
    const closed = existsSync(file) ? closedFolder(resolve(file)) : undefined;
    if (closed !== undefined)
      asker.warn(
        `the service’s user may not enter ${closed}, where ${file} lies: install jdpos and Node in /opt or /usr`,
      );
  }
}

/** What root has made is the service's own. */
function giveTo(folder: string, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) giveTo(path, { uid, gid });
    else lchownSync(path, uid, gid);
  }
  chownSync(folder, uid, gid);
}

interface InPlace {
  readonly undo: Undo;
  readonly control: ServiceControl | undefined;
  readonly before: ServiceNow;
}

/** From here until the terminal is healthy, whatever goes wrong takes everything back. */
async function startOrTakeBack(
  parts: SetupParts,
  config: Config,
  { undo, control, before }: InPlace,
): Promise<Pick<Installed, 'tests' | 'up'>> {
  const changed = undo.done.length > 0;
  const came = await comes(parts, config, { undo, control, before }).catch(async (error: unknown) => {
    await takeBack({ undo, control, before });
    throw error;
  });
  if (came.kind === 'up') return { tests: [came.test, came.balance], up: came };
  if (came.kind === 'not-started') {
    return { tests: [skipped('service', came.why), skipped('balance', 'the terminal was not started')], up: undefined };
  }
  if (came.kind === 'failed' && !changed)
    return { tests: [failed('service', came.why), skipped('balance', 'the terminal does not run')], up: undefined };
  await takeBack({ undo, control, before });
  if (came.kind === 'cancelled') throw new SetupCancelled();
  const next =
    'Everything is as it was before; an enrolment that was made is kept, and the next setup goes on with it.';
  throw new CliError('not-available', `the terminal did not come up: ${came.why}`, next);
}

async function comes(parts: SetupParts, config: Config, { undo, control }: InPlace): Promise<Came> {
  for (const what of undo.done) parts.asker.say(`in place: ${what}`);
  return bringUp(parts, config, control);
}

async function takeBack({ undo, control, before }: InPlace): Promise<void> {
  if (control === undefined) undo.all();
  else await control.takeBack(() => undo.all(), before);
}

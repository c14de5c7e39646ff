import { dirname } from 'node:path';
import type { Machine, Subject } from './machine.ts';

/** The folder of the queue, as the settings say, or the environment alone. */
export function stateDirOf({ environment }: Pick<Machine, 'environment'>, { settings }: Subject): string | undefined {
  return settings.kind === 'config' ? settings.config.stateDir : environment['JDPOS_STATE_DIR'];
}

/** The folder itself, or as long as it is not there the one in which it would be made. */
export async function folderThatIs(machine: Pick<Machine, 'facts'>, folder: string): Promise<string> {
  const above = dirname(folder);
  return above === folder || (await machine.facts(folder)) !== undefined ? folder : folderThatIs(machine, above);
}

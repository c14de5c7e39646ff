import { CliError } from '../cli/cli-error.ts';
import { readConfig } from '../config/read-config.ts';
import type { Config } from '../config/schema.ts';
import { present } from '../present.ts';
import type { ChosenDevices } from './choose-devices.ts';

/** What the setup has found out; the rest of the settings stays as it was. */
export interface Findings {
  readonly stateDir: string;
  readonly clearingUrl: string;
  /** Absent: whom Node trusts. */
  readonly clearingCa: string | undefined;
  readonly acceptTestKeys: boolean;
  readonly port: number | undefined;
  /** Absent: as they are. */
  readonly chosen: ChosenDevices | undefined;
}

type Raw = Readonly<Record<string, unknown>>;
const part = (raw: Raw, name: string): Raw => (raw[name] as Raw | undefined) ?? {};

/** The settings file as it will be, and as the daemon will take it. Throws CliError `wrong-configuration` with all that is wrong. */
export function draftConfig(before: Raw, findings: Findings): { readonly raw: Raw; readonly config: Config } {
  const { stateDir, clearingUrl, clearingCa, acceptTestKeys, port, chosen } = findings;
  const { ca: _, ...clearing } = part(before, 'clearing');
  const raw: Raw = present({
    ...before,
    stateDir,
    clearing: present({ ...clearing, url: clearingUrl, ca: clearingCa }),
    acceptTestKeys: acceptTestKeys || before['acceptTestKeys'],
    register: port === undefined ? before['register'] : { ...part(before, 'register'), port },
    central: port === undefined ? before['central'] : { ...part(before, 'central'), port: port + 1 },
    readers: chosen === undefined || Object.keys(chosen.readers).length === 0 ? before['readers'] : chosen.readers,
    devices: chosen === undefined ? before['devices'] : orAbsent(chosen.devices),
  });
  const read = readConfig(raw, {});
  if (read.kind === 'config') return { raw, config: read.config };
  const problems = read.problems.map(({ at, message }) => `${at}: ${message}`).join('; ');
  throw new CliError('wrong-configuration', `the settings would be wrong: ${problems}`, 'Give other answers.');
}

const orAbsent = (devices: object): object | undefined => (Object.keys(devices).length === 0 ? undefined : devices);

export const configText = (raw: Raw): string => `${JSON.stringify(raw, undefined, 2)}\n`;

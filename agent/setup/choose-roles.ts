import type { CardReader, ReaderRole } from '../../drivers/index.ts';
import { CliError } from '../cli/cli-error.ts';
import { present } from '../present.ts';
import type { Asker, Choice } from './asker.ts';

/**
 * What readers are for, as the settings have it: by USB port, and by PC/SC name where the port cannot be told. Without any, every reader
 * is contactless, and one with SAM in its name a SAM's.
 */
export interface ChosenRoles {
  readonly ports?: Readonly<Record<string, ReaderRole>>;
  readonly roles?: Readonly<Record<string, ReaderRole>>;
}

interface RoleOf {
  readonly name: string;
  readonly port: string | undefined;
  readonly role: ReaderRole;
}

const ROLES: readonly Choice<ReaderRole>[] = [
  { value: 'contactless', label: 'contactless', hint: 'cards are tapped on it' },
  { value: 'contact', label: 'contact slot', hint: 'cards are put into it' },
  { value: 'sam', label: 'SAM slot', hint: 'holds the PSAM of electronic purses' },
];

/** What a reader's name says of it: those that do not are contactless. */
const likelyRole = (name: string): ReaderRole => {
  if (/\bSAM\b/i.test(name)) return 'sam';
  return /\b(contact|ICC)\b/i.test(name) && !/contactless/i.test(name) ? 'contact' : 'contactless';
};

export async function chooseRoles(
  asker: Asker,
  readers: readonly CardReader[],
  flags: readonly string[],
): Promise<ChosenRoles> {
  if (flags.length > 0) return bound(flags.map((flag) => roleFlag(flag, readers)));
  if (!asker.asks) return {};
  const there = readers.filter(({ state }) => state !== 'unplugged');
  const chosen: RoleOf[] = [];
  for (const { name, port } of there) {
    chosen.push({ name, port, role: await asker.choose(`What is ${name} for?`, ROLES, likelyRole(name)) });
  }
  return bound(chosen);
}

/** A port stays when a reader is plugged in again, and its name may not: so the name is for those whose port cannot be told. */
const bound = (chosen: readonly RoleOf[]): ChosenRoles =>
  present({
    ports: byKey(chosen.map(({ port, role }) => [port, role])),
    roles: byKey(chosen.map(({ name, port, role }) => [port === undefined ? name : undefined, role])),
  });

function byKey(entries: readonly (readonly [string | undefined, ReaderRole])[]) {
  const named = entries.flatMap(([key, role]) => (key === undefined ? [] : [[key, role] as const]));
  return named.length === 0 ? undefined : Object.fromEntries(named);
}

/** `contactless=ACS ACR1252`: a part of a name that stands for one reader, or a whole name of one that is not there now. */
function roleFlag(flag: string, readers: readonly CardReader[]): RoleOf {
  const [, role, name = ''] = /^(contactless|contact|sam)=(.+)$/.exec(flag) ?? [];
  if (role === undefined) {
    throw new CliError(
      'wrong-use',
      `--reader ${flag} is no ROLE=NAME`,
      'Give one such as --reader "contactless=ACR1252".',
    );
  }
  const fitting = readers.filter((one) => one.name.includes(name));
  if (fitting.length > 1) {
    const names = fitting.map((one) => one.name).join('; ');
    throw new CliError('wrong-use', `${name} is in the names of several readers`, `Give the whole name: ${names}.`);
  }
  const [reader] = fitting;
  return { name: reader?.name ?? name, port: reader?.port, role: role as ReaderRole };
}

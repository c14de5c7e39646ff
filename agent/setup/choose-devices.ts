import type { CardReader, ReaderRole } from '../../drivers/index.ts';
import { CliError } from '../cli/cli-error.ts';
import type { DevicesConfig } from '../config/devices.ts';
import { present } from '../present.ts';
import type { Asker, Choice } from './asker.ts';
import type { FoundDevice } from './found-devices.ts';

/** What the settings are to say of readers and devices. */
export interface ChosenDevices {
  /** By PC/SC name; empty: every reader is contactless, and one with SAM in its name a SAM's. */
  readonly roles: Readonly<Record<string, ReaderRole>>;
  /** As the settings file has them. */
  readonly devices: { readonly [K in keyof DevicesConfig]: object };
}

/** What flags say: `ROLE=NAME` for readers, `KIND:PLACE[:MORE]` for devices. */
export interface DeviceFlags {
  readonly reader: readonly string[];
  readonly pinPad?: string;
  readonly scanner?: string;
  readonly printer?: string;
  readonly display?: string;
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
): Promise<ChosenDevices['roles']> {
  if (flags.length > 0) return Object.fromEntries(flags.map((flag) => roleFlag(flag, readers)));
  const there = readers.filter(({ state }) => state !== 'unplugged');
  if (!asker.asks || there.length === 0) return {};
  const roles: Record<string, ReaderRole> = {};
  for (const { name } of there) roles[name] = await asker.choose(`What is ${name} for?`, ROLES, likelyRole(name));
  return roles;
}

/** `contactless=ACS ACR1252`: a part of a name that stands for one reader, or a whole name of one that is not there now. */
function roleFlag(flag: string, readers: readonly CardReader[]): readonly [string, ReaderRole] {
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
  return [fitting[0]?.name ?? name, role as ReaderRole];
}

/** Baud rates that such devices have when they come out of the box. */
const RATES = [9_600, 115_200, 19_200, 38_400, 4_800] as const;

type Settings = Readonly<Record<string, unknown>>;

/** `serial:/dev/ttyUSB0:115200`, `usb:/dev/usb/lp0`, `network:10.0.0.9:9100`, `keyboard:/dev/input/…`, `reader`, `on-screen`. */
function deviceFlag(option: string, flag: string): Settings {
  const [, kind, rest = ''] = /^([a-z-]+)(?::(.*))?$/.exec(flag) ?? [];
  if (kind === 'reader' || kind === 'on-screen') return { kind };
  if (kind === 'usb' || kind === 'keyboard') return { kind, device: rest };
  // Names below by-path have colons of their own: a number at the end is the rate or the port.
  const [, place = rest, number] = /^(.*?):(\d{2,6})$/.exec(rest) ?? [];
  if (kind === 'serial')
    return present({ kind, port: place, baudRate: number === undefined ? undefined : Number(number) });
  if (kind === 'network')
    return present({ kind, host: place, port: number === undefined ? undefined : Number(number) });
  const next = 'Give one such as serial:/dev/ttyACM0:9600, usb:/dev/usb/lp0 or network:10.0.0.9:9100.';
  throw new CliError('wrong-use', `${option} ${flag} names no device`, next);
}

interface Part {
  readonly key: keyof DevicesConfig;
  readonly option: string;
  readonly flag: string | undefined;
  readonly question: string;
  readonly kinds: readonly FoundDevice['kind'][];
  readonly more: readonly Choice<string>[];
}

const parts = (flags: DeviceFlags): readonly Part[] => [
  {
    ...{ key: 'pinPad', option: '--pin-pad', flag: flags.pinPad, question: 'Where are PINs typed?', kinds: ['serial'] },
    more: [{ value: 'reader', label: 'on the keys of the card reader' }],
  },
  {
    ...{ key: 'scanner', option: '--scanner', flag: flags.scanner, question: 'Which one is the scanner?' },
    ...{ kinds: ['serial', 'input'], more: [] },
  },
  {
    ...{ key: 'printer', option: '--printer', flag: flags.printer, question: 'Which one is the printer?' },
    ...{ kinds: ['printer', 'serial'], more: [{ value: 'network', label: 'one in the network' }] },
  },
  {
    ...{ key: 'display', option: '--display', flag: flags.display, question: 'Which one is the customer display?' },
    ...{ kinds: ['serial'], more: [] },
  },
];

/** Lets the installer give each device that was found its work. A serial port that has one is not offered again. */
export async function chooseDevices(
  asker: Asker,
  found: readonly FoundDevice[],
  flags: DeviceFlags,
): Promise<ChosenDevices['devices']> {
  const chosen: Partial<Record<keyof DevicesConfig, object>> = {};
  const taken = new Set<string>();
  for (const part of parts(flags)) {
    const settings =
      part.flag === undefined ? await askFor(asker, part, found, taken) : deviceFlag(part.option, part.flag);
    if (settings !== undefined) chosen[part.key] = settings;
  }
  return chosen as ChosenDevices['devices'];
}

async function askFor(
  asker: Asker,
  { question, kinds, more }: Part,
  found: readonly FoundDevice[],
  taken: Set<string>,
): Promise<Settings | undefined> {
  const offered = found.filter(({ kind, path }) => kinds.includes(kind) && !taken.has(path));
  if (!asker.asks || offered.length + more.length === 0) return undefined;
  const choices: Choice<FoundDevice | string | undefined>[] = [
    { value: undefined, label: 'none' },
    ...offered.map((one) => ({ value: one, label: one.label || one.file, hint: one.path })),
    ...more,
  ];
  const answer = await asker.choose(question, choices, undefined);
  if (answer === undefined) return undefined;
  if (answer === 'network') return { kind: 'network', host: await askHost(asker), ...(await askPaper(asker)) };
  if (typeof answer === 'string') return { kind: answer };
  taken.add(answer.path);
  if (answer.kind === 'input') return { kind: 'keyboard', device: answer.path };
  const paper = kinds.includes('printer') ? await askPaper(asker) : {};
  if (answer.kind === 'printer') return { kind: 'usb', device: answer.path, ...paper };
  return { kind: 'serial', port: answer.path, baudRate: await askRate(asker), ...paper };
}

const askHost = (asker: Asker): Promise<string> =>
  asker.text('Address of the printer', {
    flag: '--printer',
    placeholder: '10.0.0.9',
    check: (text) => (text === '' ? 'an address is needed' : undefined),
  });

const askRate = (asker: Asker): Promise<number> =>
  asker.choose(
    'How fast does it speak (baud)? A USB device does not mind.',
    RATES.map((value) => ({ value, label: String(value) })),
    9_600,
  );

const askPaper = async (asker: Asker): Promise<{ widthMm: 58 | 80 }> => ({
  widthMm: await asker.choose<58 | 80>(
    'How wide is its paper?',
    [
      { value: 58, label: '58 mm' },
      { value: 80, label: '80 mm' },
    ],
    58,
  ),
});

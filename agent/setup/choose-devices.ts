import type { PinKeyFile } from '../../clearing/contract/index.ts';
import { CliError } from '../cli/cli-error.ts';
import type { DevicesConfig } from '../config/devices.ts';
import { present } from '../present.ts';
import type { Asker, Choice } from './asker.ts';
import type { ChosenRoles } from './choose-roles.ts';
import type { FoundDevice } from './found-devices.ts';
import { choosePinKey, type KeysOf, type PinKeyFlags } from './pin-key.ts';

/** What the settings are to say of readers and devices. */
export interface ChosenDevices {
  readonly readers: ChosenRoles;
  /** As the settings file has them. */
  readonly devices: DeviceSettings;
  /** A key that the PIN pad is to be given. */
  readonly pinKey?: PinKeyFile;
}

/** What flags say: `ROLE=NAME` for readers, `KIND:PLACE[:MORE]` for devices. */
export interface DeviceFlags extends PinKeyFlags {
  readonly reader: readonly string[];
  readonly pinPad?: string;
  readonly scanner?: string;
  readonly printer?: string;
  readonly display?: string;
}

/** Baud rates that such devices have when they come out of the box. */
const RATES = [9_600, 115_200, 19_200, 38_400, 4_800] as const;

type Settings = Readonly<Record<string, unknown>>;
export type DeviceSettings = { readonly [K in keyof DevicesConfig]: Settings };

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

/**
 * Lets the installer give each device that was found its work. A serial port that has one is not offered again. Where nobody is
 * asked, what no flag speaks of stays as it was.
 * @param before the devices of the settings that are there, with which each question begins
 */
export async function chooseDevices(
  asker: Asker,
  found: readonly FoundDevice[],
  flags: DeviceFlags,
  before: DeviceSettings,
  keysOf: KeysOf,
): Promise<Pick<ChosenDevices, 'devices' | 'pinKey'>> {
  const chosen: Partial<Record<keyof DevicesConfig, Settings>> = asker.asks ? {} : { ...before };
  const taken = new Set<string>();
  for (const part of parts(flags)) {
    const settings =
      part.flag === undefined
        ? await askFor(asker, part, found, taken, before[part.key])
        : deviceFlag(part.option, part.flag);
    if (settings !== undefined) chosen[part.key] = { ...asBefore(before[part.key], settings), ...settings };
  }
  const { pinPad, pinKey } = await choosePinKey(asker, chosen.pinPad, flags, keysOf);
  return present({ devices: present({ ...chosen, pinPad }), pinKey });
}

/** What else the settings say of a device that stays where it is. */
const asBefore = (before: Settings | undefined, now: Settings): Settings =>
  before !== undefined && before['kind'] === now['kind'] && placeOf(before) === placeOf(now) ? before : {};
const placeOf = ({ host, device, port }: Settings): unknown => host ?? device ?? port;

async function askFor(
  asker: Asker,
  part: Part,
  found: readonly FoundDevice[],
  taken: Set<string>,
  before: Settings = {},
): Promise<Settings | undefined> {
  const { question, kinds, more } = part;
  const offered = found.filter(({ kind, path }) => kinds.includes(kind) && !taken.has(path));
  if (!asker.asks || offered.length + more.length === 0) return undefined;
  const choices: Choice<FoundDevice | string | undefined>[] = [
    { value: undefined, label: 'none' },
    ...offered.map((one) => ({ value: one, label: labelOf(one, offered), hint: one.path })),
    ...more,
  ];
  const stays =
    offered.find(({ path }) => path === placeOf(before)) ?? more.find(({ value }) => value === before['kind'])?.value;
  const answer = await asker.choose(question, choices, stays);
  if (answer === undefined) return undefined;
  const what = WHAT[part.key];
  if (answer === 'network')
    return { kind: 'network', host: await askHost(asker, before), ...(await askPaper(asker, before)) };
  if (typeof answer === 'string') return { kind: answer };
  taken.add(answer.path);
  if (answer.kind === 'input') return { kind: 'keyboard', device: answer.path };
  const paper = part.key === 'printer' ? await askPaper(asker, before) : {};
  if (answer.kind === 'printer') return { kind: 'usb', device: answer.path, ...paper };
  return { kind: 'serial', port: answer.path, baudRate: await askRate(asker, what, before), ...paper };
}

/** Two equal devices are told apart by their ports. */
function labelOf(one: FoundDevice, offered: readonly FoundDevice[]): string {
  const label = one.label || one.file;
  return offered.some((other) => other !== one && other.label === one.label) ? `${label} at ${one.path}` : label;
}

const WHAT = { pinPad: 'PIN pad', scanner: 'scanner', printer: 'printer', display: 'customer display' } as const;

const askHost = (asker: Asker, { host }: Settings): Promise<string> =>
  asker.text('Address of the printer', {
    flag: '--printer',
    placeholder: '10.0.0.9',
    ...(typeof host === 'string' && { initial: host }),
    check: (text) => (text === '' ? 'an address is needed' : undefined),
  });

const askRate = (asker: Asker, what: string, { baudRate }: Settings): Promise<number> =>
  asker.choose(
    `How fast does the ${what} speak (baud)? A USB device does not mind.`,
    RATES.map((value) => ({ value, label: String(value) })),
    RATES.find((rate) => rate === baudRate) ?? 9_600,
  );

const askPaper = async (asker: Asker, { widthMm }: Settings): Promise<{ widthMm: 58 | 80 }> => ({
  widthMm: await asker.choose<58 | 80>(
    'How wide is its paper?',
    [
      { value: 58, label: '58 mm' },
      { value: 80, label: '80 mm' },
    ],
    widthMm === 80 ? 80 : 58,
  ),
});

import type { PinKeyFile } from '../../clearing/contract/index.ts';
import { CliError } from '../cli/cli-error.ts';
import { type DevicesConfig, devicesSchema } from '../config/devices.ts';
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

/** Asks again about one of them: where it is, and how it is spoken to. The others stay as they were chosen. */
export async function chooseDeviceAgain(
  asker: Asker,
  found: readonly FoundDevice[],
  key: keyof DevicesConfig,
  chosen: Pick<ChosenDevices, 'devices' | 'pinKey'>,
  keysOf: KeysOf,
): Promise<Pick<ChosenDevices, 'devices' | 'pinKey'>> {
  const { [key]: before, ...others } = chosen.devices;
  const taken = new Set(Object.values<Settings>(others).map((settings) => String(placeOf(settings))));
  const settings: { [K in keyof DevicesConfig]?: Settings } = {};
  for (const part of parts({ reader: [] }).filter((one) => one.key === key)) {
    const answer = await askFor(asker, part, found, taken, before);
    if (answer !== undefined) settings[key] = { ...asBefore(before, answer), ...answer };
  }
  if (key !== 'pinPad') return present({ devices: { ...others, ...settings }, pinKey: chosen.pinKey });
  const { pinPad, pinKey } = await choosePinKey(asker, settings.pinPad, {}, keysOf);
  return present({ devices: present({ ...others, pinPad }), pinKey });
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
    return { kind: 'network', ...(await askAddress(asker, before)), ...(await askPaper(asker, before)) };
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

/** `10.0.0.9`, `10.0.0.9:9101`, `[fe80::1]:9101`: printers listen at 9100 unless they were told otherwise. */
function address(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port = 9100] = /^(?:\[(.+)\]|([^:]+))(?::([0-9]+))?$/.exec(text) ?? [];
  return { host: bracketed ?? plain ?? text, port: Number(port) };
}

async function askAddress(asker: Asker, { host, port }: Settings): Promise<Settings> {
  const named = typeof host === 'string' && host.includes(':') ? `[${host}]` : host;
  const text = await asker.text('Address of the printer, with its port if that is not 9100', {
    flag: '--printer',
    placeholder: '10.0.0.9',
    ...(host !== undefined && { initial: port === undefined || port === 9100 ? String(host) : `${named}:${port}` }),
    check: (typed) => {
      if (typed === '') return 'an address is needed';
      return devicesSchema.safeParse({ printer: { kind: 'network', ...address(typed) } }).success
        ? undefined
        : 'expected an address such as 10.0.0.9 or 10.0.0.9:9101';
    },
  });
  return address(text);
}

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

import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A device file that may be one of a terminal's devices. */
export interface FoundDevice {
  readonly kind: 'serial' | 'printer' | 'input';
  /** As the settings are to name it: the name that stays the same when the device is plugged in again, where there is one. */
  readonly path: string;
  /** The device file behind it, such as /dev/ttyACM0. */
  readonly file: string;
  /** What the system calls it, for a person; empty where it says nothing. */
  readonly label: string;
}

/** Keyboards and scanners that type; mice and the rest are none. */
const TYPES = /-event-kbd$/;

/** Where each kind is looked for: names that last first, then plain device files. `labels`: names for a person. */
const PLACES = [
  {
    kind: 'serial',
    labels: 'dev/serial/by-id',
    folders: [
      { folder: 'dev/serial/by-path', names: /./ },
      { folder: 'dev', names: /^tty(USB|ACM|S|AMA)\d+$/ },
    ],
  },
  { kind: 'printer', labels: undefined, folders: [{ folder: 'dev/usb', names: /^lp\d+$/ }] },
  { kind: 'input', labels: 'dev/input/by-id', folders: [{ folder: 'dev/input/by-path', names: TYPES }] },
] as const;

/** Most that is shown of one kind: beyond that the folder is something else. */
const MOST = 64;
const entries = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
};

/** What a name leads to; undefined where to nothing, as when it was just unplugged. */
const target = (path: string): string | undefined => {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
};

/**
 * Looks for serial ports, printers and scanners that type, by reading the folders that udev keeps: no other program is asked.
 * @param root where /dev and /sys hang; for tests
 */
export function findDevices(root = '/'): readonly FoundDevice[] {
  return PLACES.flatMap((place) => {
    const labels = labelsIn(root, place.labels);
    const found = new Map<string, FoundDevice>();
    const add = (path: string): void => {
      const file = target(path);
      if (file === undefined || found.has(file) || found.size >= MOST || isEmptySocket(root, file)) return;
      const label = labels.get(file) ?? (place.kind === 'printer' ? printerLabel(root, file) : '');
      found.set(file, { kind: place.kind, path: fromRoot(root, path), file: fromRoot(root, file), label });
    };
    for (const { folder, names } of place.folders)
      for (const name of entries(join(root, folder))) if (names.test(name)) add(join(root, folder, name));
    return [...found.values()];
  });
}

/**
 * The kernel lists serial ports of the mainboard that are not there: `type` is 0 for those (PORT_UNKNOWN of its serial core). USB has no such file.
 */
function isEmptySocket(root: string, file: string): boolean {
  if (!/^tty(S|AMA)\d+$/.test(basename(file))) return false;
  try {
    return readFileSync(join(root, 'sys/class/tty', basename(file), 'type'), 'latin1').trim() === '0';
  } catch {
    return true;
  }
}

const fromRoot = (root: string, path: string): string =>
  root === '/' ? path : path.slice(root.replace(/\/$/, '').length);

function labelsIn(root: string, folder: string | undefined): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  if (folder === undefined) return labels;
  for (const name of entries(join(root, folder))) {
    const file = target(join(root, folder, name));
    if (file !== undefined) labels.set(file, readable(name));
  }
  return labels;
}

/** `usb-Honeywell_Barcode_123-if00` as a person reads it. */
const readable = (name: string): string =>
  name
    .replace(/^usb-/, '')
    .replace(/-(if\d+.*|event-kbd)$/, '')
    .replaceAll('_', ' ')
    .slice(0, 60);

/** IEEE 1284 device id as the kernel shows it: `MFG:EPSON;MDL:TM-T20;…`. */
function printerLabel(root: string, file: string): string {
  try {
    const id = readFileSync(join(root, 'sys/class/usbmisc', basename(file), 'device/ieee1284_id'), 'latin1');
    const part = (names: string): string => new RegExp(`(?:^|;)(?:${names}):([^;]*)`).exec(id)?.[1]?.trim() ?? '';
    return `${part('MFG|MANUFACTURER')} ${part('MDL|MODEL')}`
      .trim()
      .replace(/[^\x20-\x7E]/g, '')
      .slice(0, 60);
  } catch {
    return '';
  }
}

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { constants, type Stats } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { type After, afterMs } from '../driver-tools.ts';
import type { LineEvents, LineState } from '../line/byte-line.ts';

export interface InputDeviceParts {
  /** A device file below /dev/input, or a pipe with a name that gives the same. */
  readonly device: string;
  readonly events: LineEvents;
  readonly after?: After;
  /** Where udev keeps what it knows of devices. */
  readonly udevData?: string;
}

type Reading = ChildProcessByStdio<null, Readable, null>;

const LOOK_MS = 250;
const LOOK_AGAIN_MS = 1_000;
const INPUT_MAJOR = 13;
const HIDDEN = /^E:LIBINPUT_IGNORE_DEVICE=1$/m;
const SEEN_BY_OTHERS =
  'what it types also reaches the desktop or console: hide it with a udev rule (docs/scanner-and-display.md), or set it to act as a serial port';

/**
 * Reads an input device until `close`, and looks for it again after it was pulled. The reading is done by cat(1): a read of such
 * a device lasts until a key is pressed, and would hold a thread of this process, and the process itself at its end.
 *
 * Nobody else can be kept from reading it: that is an ioctl (EVIOCGRAB), which Node does not have. What can be done is done
 * by udev, and `open` comes with a word where it is not.
 */
export function openInputDevice({ device, events, after = afterMs, udevData = '/run/udev/data' }: InputDeviceParts): {
  close(): Promise<void>;
} {
  let state: LineState = 'unplugged';
  let reading: Reading | undefined;
  let over = false;
  let callOff = (): void => {};

  const become = (next: LineState, why?: string): void => {
    if (over || state === next) return;
    state = next;
    events.state(next, why);
  };
  const later = (ms: number): void => {
    if (!over) callOff = after(ms, () => void look());
  };
  const refuse = (why: string): void => {
    become('refused', why);
    later(LOOK_AGAIN_MS);
  };

  const look = async (): Promise<void> => {
    const found = await stat(device).catch(() => undefined);
    if (found === undefined) {
      become('unplugged');
      return later(LOOK_MS);
    }
    if (!isInput(found)) return refuse('it is no input device');
    const mayRead = await access(device, constants.R_OK).then(
      () => true,
      () => false,
    );
    if (!mayRead) return refuse('no right to read it');
    const remark = await remarkOn(found, udevData);
    if (!over) read(remark);
  };

  const read = (remark: string | undefined): void => {
    const child = spawn('cat', [device], { stdio: ['ignore', 'pipe', 'ignore'] });
    reading = child;
    child.stdout.on('data', (chunk: Buffer) => {
      if (!over) events.bytes(chunk);
    });
    child.once('spawn', () => become('open', remark));
    child.once('error', ({ message }) => {
      reading = undefined;
      refuse(message);
    });
    child.once('close', () => {
      if (reading !== child) return;
      reading = undefined;
      become('unplugged');
      later(LOOK_MS);
    });
  };

  void look();
  return {
    close: async () => {
      over = true;
      callOff();
      await ended(reading);
    },
  };
}

const major = ({ rdev }: Stats): number => (rdev >> 8) & 0xfff;
const minor = ({ rdev }: Stats): number => (rdev & 0xff) | ((rdev >> 12) & 0xfff00);

const isInput = (found: Stats): boolean =>
  found.isFIFO() || (found.isCharacterDevice() && major(found) === INPUT_MAJOR);

/** What a person should know of a device that can be read. */
async function remarkOn(found: Stats, udevData: string): Promise<string | undefined> {
  if (found.isFIFO()) return undefined;
  const known = await readFile(`${udevData}/c${INPUT_MAJOR}:${minor(found)}`, 'utf8').catch(() => '');
  return HIDDEN.test(known) ? undefined : SEEN_BY_OTHERS;
}

async function ended(child: Reading | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  if (child.kill('SIGKILL')) await gone;
}

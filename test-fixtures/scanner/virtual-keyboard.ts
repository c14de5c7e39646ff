import { spawnSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A scanner that types: a pipe with a name, out of which the events of its keys come as from an input device. */
export interface VirtualKeyboard {
  readonly device: string;
  /** Digits, capital letters and plain letters, and Enter after them. */
  scan(code: string): void;
  send(bytes: Uint8Array): void;
  plugIn(): void;
  unplug(): void;
  close(): void;
}

/** linux/input-event-codes.h */
const KEY_ENTER = 28;
const KEY_LEFTSHIFT = 42;
const KEY_OF = new Map(
  [
    [2, '1234567890'],
    [16, 'QWERTYUIOP'],
    [30, 'ASDFGHJKL'],
    [44, 'ZXCVBNM'],
  ].flatMap(([first, keys]) => [...String(keys)].map((key, at) => [key, Number(first) + at] as const)),
);

/** One struct input_event, 64 bits: the times are of no matter. */
export function inputEvent(type: number, code: number, value: number): Uint8Array {
  const event = new DataView(new ArrayBuffer(24));
  event.setBigInt64(0, 1_764_000_000n, true);
  event.setUint16(16, type, true);
  event.setUint16(18, code, true);
  event.setInt32(20, value, true);
  return new Uint8Array(event.buffer);
}

/** What the kernel tells of one press: the scan code, the key, the end of the report, and the same for its release. */
export const stroke = (key: number): Uint8Array[] =>
  [1, 0].flatMap((value) => [inputEvent(4, 4, 0x70000 + key), inputEvent(1, key, value), inputEvent(0, 0, 0)]);

export function strokesOf(code: string): Uint8Array {
  const events = [...code].flatMap((character) => {
    const key = KEY_OF.get(character.toUpperCase()) ?? 0;
    if (!/[A-Z]/.test(character)) return stroke(key);
    return [inputEvent(1, KEY_LEFTSHIFT, 1), ...stroke(key), inputEvent(1, KEY_LEFTSHIFT, 0)];
  });
  return Uint8Array.from([...events, ...stroke(KEY_ENTER)].flatMap((event) => [...event]));
}

export function openVirtualKeyboard(): VirtualKeyboard {
  const folder = mkdtempSync(join(tmpdir(), 'jdpos-keyboard-'));
  const device = join(folder, 'event0');
  let end: number | undefined;

  const plugIn = (): void => {
    spawnSync('mkfifo', [device]);
    // Both ends, so that it does not wait for a reader; nothing is read here.
    end = openSync(device, constants.O_RDWR);
  };
  const unplug = (): void => {
    if (end === undefined) return;
    rmSync(device);
    closeSync(end);
    end = undefined;
  };
  const send = (bytes: Uint8Array): void => {
    if (end !== undefined) writeSync(end, bytes);
  };
  plugIn();
  return {
    device,
    scan: (code) => send(strokesOf(code)),
    send,
    plugIn,
    unplug,
    close: () => {
      unplug();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

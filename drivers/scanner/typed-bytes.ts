import { characterOf, OTHER_MODIFIERS, SHIFT_KEYS } from './key-map.ts';

/** struct input_event of a 64-bit Linux: two times of eight bytes, type and code of two, value of four; little-endian. */
const EVENT_BYTES = 24;
const EV_SYN = 0;
const EV_KEY = 1;
/** The kernel had no room left: keys are missing. */
const SYN_DROPPED = 3;
const RELEASED = 0;
const PRESSED = 1;
/** Stands where something is missing: no code has it in it, so the one that is under way is dropped. */
const MISSING = 0;

/** Turns the input events of a keyboard into the characters that it types; CR for Enter. Wipes what it takes. */
export function typedBytes(): (chunk: Uint8Array) => Uint8Array {
  const event = new Uint8Array(EVENT_BYTES);
  const view = new DataView(event.buffer);
  const held = new Set<number>();
  let length = 0;

  const isHeld = (keys: ReadonlySet<number>): boolean => [...held].some((key) => keys.has(key));
  const pressed = (key: number): number | undefined => {
    const character = characterOf(key, isHeld(SHIFT_KEYS));
    return character !== undefined && isHeld(OTHER_MODIFIERS) ? MISSING : character;
  };
  /** What the event types; undefined for nothing. A key that is held down types once. */
  const typed = (): number | undefined => {
    const [type, code, value] = [view.getUint16(16, true), view.getUint16(18, true), view.getInt32(20, true)];
    if (type === EV_SYN && code === SYN_DROPPED) {
      held.clear();
      return MISSING;
    }
    if (type !== EV_KEY) return undefined;
    if (SHIFT_KEYS.has(code) || OTHER_MODIFIERS.has(code)) {
      if (value === RELEASED) held.delete(code);
      else held.add(code);
      return undefined;
    }
    return value === PRESSED ? pressed(code) : undefined;
  };

  return (chunk) => {
    const out = new Uint8Array(Math.floor((length + chunk.length) / EVENT_BYTES));
    let count = 0;
    for (const byte of chunk) {
      event[length++] = byte;
      if (length < EVENT_BYTES) continue;
      length = 0;
      const character = typed();
      if (character !== undefined) out[count++] = character;
    }
    event.fill(0, length);
    chunk.fill(0);
    return out.subarray(0, count);
  };
}

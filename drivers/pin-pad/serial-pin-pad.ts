import { type After, afterMs, type DriverLog, inTurn } from '../driver-tools.ts';
import type { LineState } from '../line/byte-line.ts';
import { openSerialLine, type SerialSettings } from '../line/serial-line.ts';
import type { DeviceState, OnlinePinEntry, PinPad, PinPadChoice, PinPadKey, PinPadKeysAnswer } from '../ports.ts';
import { padState } from './pad-state.ts';
import { openWire, type PadWire, WIRE_LIMITS, type WireLimits } from './pad-wire.ts';
import type { PadEntry, PadKeyAnswer, PinPadProtocol } from './pin-pad-protocol.ts';
import { uicPp791 } from './uic-pp791.ts';

export interface PinPadSettings extends SerialSettings, PinPadChoice {}

export interface PinPadParts {
  readonly settings: PinPadSettings;
  readonly log?: DriverLog;
  readonly after?: After;
  readonly protocol?: PinPadProtocol;
  readonly limits?: Partial<PadLimits>;
}

interface PadLimits extends WireLimits {
  /** How often a pad that is ready is looked after, and one that is not. */
  readonly lookMs: number;
  readonly lookAgainMs: number;
}

const FORMS = {
  'iso-0': { blockLength: 8, algorithms: ['T'] },
  'iso-4': { blockLength: 16, algorithms: ['A'] },
  'sm4-0': { blockLength: 16, algorithms: ['4'] },
} as const satisfies Readonly<Record<PinPadChoice['format'], object>>;

const LIMITS: PadLimits = { ...WIRE_LIMITS, lookMs: 30_000, lookAgainMs: 5_000 };
const WRITE_MS = 1_000;

/**
 * A PIN pad on a serial port. The PIN never leaves it but enciphered, so it cannot have the card check one: the kernel goes on to the
 * card's next method. It is asked for its key when it comes and from time to time, so that its state is true before a customer stands
 * there; every entry begins by making it idle, whatever it was left in.
 */
export function openSerialPinPad(parts: PinPadParts): PinPad {
  const { settings, log = () => {}, after = afterMs, protocol = uicPp791 } = parts;
  const limits = { ...LIMITS, ...parts.limits };
  const pad = padState(settings.port, log);
  const oneAtATime = inTurn();
  let busy = false;
  let over = false;
  let callOff = (): void => {};

  const lookIn = (ms: number): void => {
    callOff();
    if (!over) callOff = after(ms, () => void look());
  };
  const onLine = (next: LineState, why?: string): void => {
    wire.lost();
    callOff();
    pad.become(next === 'open' ? 'unresponsive' : next, next === 'open' ? 'it has not been asked yet' : why);
    if (next === 'open') void look();
  };
  const wire = openWire({ write: (bytes) => line.write(bytes), after, limits });
  const line = openSerialLine({ settings, events: { ...wire, state: onLine }, log, after, writeMs: WRITE_MS });

  /** One conversation after the other; a pad that does not answer is seen at once. */
  const converse = async <A extends { kind: string }>(work: (pad: PadWire) => Promise<A>): Promise<A> => {
    const answer = await oneAtATime(() => wire.converse(work));
    if (line.state === 'open' && answer.kind === 'silent') pad.become('unresponsive', NO_ANSWER);
    return answer;
  };
  const keyIn = (slot: string): Promise<PadKeyAnswer> => converse((asked) => protocol.key(asked, slot));
  const look = async (): Promise<void> => {
    const answer = await keyIn(String(settings.slot));
    if (line.state !== 'open') return;
    pad.become(...stateOf(answer, settings));
    lookIn(pad.state === 'ready' ? limits.lookMs : limits.lookAgainMs);
  };
  const isFree = (): boolean => !busy && line.state === 'open';
  const enterOnline: PinPad['enterOnline'] = async (request) => {
    const { keyId, slot, format } = settings;
    if (request.signal.aborted) return { kind: 'cancelled' };
    if (!isFree() || pad.state !== 'ready' || keyId === undefined) return { kind: 'unavailable' };
    busy = true;
    try {
      const order = { ...request, slot, blockLength: FORMS[format].blockLength };
      const entry = await converse<PadEntry>((asked) => protocol.enter(asked, order));
      if (request.signal.aborted) return cancelled(entry);
      if (entry.kind === 'refused') pad.refusedPin(entry.why);
      if (entry.kind === 'entered') pad.gavePin();
      return answerOf(entry, { format, keyId });
    } finally {
      busy = false;
      // What one PIN was refused with may be over with it; a pad that is silent is given time.
      if (line.state === 'open' && pad.state !== 'ready') lookIn(pad.state === 'attention' ? 0 : limits.lookAgainMs);
    }
  };

  return {
    name: settings.port,
    make: protocol.make,
    choice: settings,
    get state() {
      return pad.state;
    },
    get detail() {
      return pad.detail;
    },
    onChange: pad.onChange,
    enterOnline,
    keys: async () => (isFree() ? allKeys(protocol.slots, keyIn) : { kind: 'unavailable' }),
    loadKey: async (block) => {
      if (!isFree()) return { kind: 'unavailable' };
      const answer = await converse((asked) => protocol.loadKey(asked, String(settings.slot), block));
      if (answer.kind === 'silent') return { kind: 'unavailable' };
      await look();
      return answer;
    },
    close: async () => {
      over = true;
      callOff();
      pad.close();
      wire.lost();
      await line.close();
    },
  };
}

function answerOf(entry: PadEntry, of: { format: PinPadChoice['format']; keyId: string }): OnlinePinEntry {
  if (entry.kind === 'entered') return { kind: 'entered', block: entry.block, ...of };
  return entry.kind === 'refused' || entry.kind === 'silent' ? { kind: 'unavailable' } : { kind: entry.kind };
}

/** Whatever the pad still said: nobody waits for it. */
function cancelled(entry: PadEntry): OnlinePinEntry {
  if (entry.kind === 'entered') entry.block.wipe();
  return { kind: 'cancelled' };
}

async function allKeys(
  slots: readonly string[],
  keyIn: (slot: string) => Promise<PadKeyAnswer>,
): Promise<PinPadKeysAnswer> {
  const keys: PinPadKey[] = [];
  for (const slot of slots) {
    const answer = await keyIn(slot);
    if (answer.kind === 'silent') return { kind: 'unavailable' };
    if (answer.kind === 'told') keys.push(answer.key);
  }
  return { kind: 'told', keys };
}

const NO_ANSWER = 'it does not answer: look at its power, its cable, and the speed in the settings';

/** The state of a pad that has told of its key, or has not. */
function stateOf(answer: PadKeyAnswer, { keyId, slot, format }: PinPadSettings): [DeviceState, string?] {
  if (answer.kind === 'silent') return ['unresponsive', NO_ANSWER];
  if (answer.kind === 'refused') return ['attention', answer.why];
  const { loaded, usage, algorithm } = answer.key;
  if (!loaded) return ['attention', `it has no key in place ${slot}: load one with jdpos pinpad load-key`];
  if (usage !== undefined && usage !== 'P0')
    return ['attention', `its key in place ${slot} is for ${usage}, not for PINs (P0)`];
  const fitting: readonly string[] = FORMS[format].algorithms;
  if (algorithm !== undefined && !fitting.includes(algorithm)) {
    return [
      'attention',
      `its key in place ${slot} is for algorithm ${algorithm}, which makes no blocks of format ${format}`,
    ];
  }
  return keyId === undefined ? ['attention', 'the settings do not name its key (devices.pinPad.keyId)'] : ['ready'];
}

import { type DeviceStanding, deviceStanding } from '../device-standing.ts';
import { type After, afterMs, type DriverLog } from '../driver-tools.ts';
import type { LineEvents } from '../line/byte-line.ts';
import type { CodeScanner } from '../ports.ts';
import { codeFrames, type Frame } from './code-frames.ts';
import { codeGate } from './code-gate.ts';

/** A code comes without such a gap, and the next one later. */
export const GAP_MS = 200;

/** What an installer or cashier is told of a scanner whose last code could not be taken. */
const REMARKS = {
  unreadable:
    'its last code was no text: a code that is none of a payment, or baudRate, dataBits and parity of the settings are not the scanner’s',
  'too-long': 'it sends more than any code holds, without an end: set it to end each code with CR or LF',
  'broken-off': 'its last code broke off in the middle: scan it again; if it stays so, check the cable',
  flood:
    'it sends codes without end, and none is taken until it has been quiet for a second: unplug it, or set it to scan when triggered',
} as const;

interface CodeIntakeParts {
  readonly name: string;
  readonly log?: DriverLog;
  readonly after?: After;
}

/** A scanner whose bytes come in by `events`; whoever opened its line closes it after `stop`. */
export interface CodeIntake {
  readonly scanner: Omit<CodeScanner, 'close'>;
  readonly events: LineEvents;
  stop(): void;
}

/** What all scanners do with what comes in: cut it into codes, let each through once, and say what is wrong. */
export function codeIntake({ name, log = () => {}, after = afterMs }: CodeIntakeParts): CodeIntake {
  const standing = deviceStanding('devices.scanner');
  const listeners = new Set<(text: string) => void>();
  const gate = codeGate(after);
  /** Of the line: shown again when a good code comes. */
  let ready: string | undefined;
  let callOffGap = (): void => {};

  const spoilt = (why: keyof typeof REMARKS): void => {
    if (standing.detail === REMARKS[why]) return;
    log('scanner-attention', { scanner: name, why });
    standing.become('attention', REMARKS[why]);
  };
  const taken = (frame: Frame): void => {
    if (frame.kind === 'spoilt') {
      gate.spoilt();
      spoilt(gate.floods() ? 'flood' : frame.why);
      return;
    }
    const admission = gate.admit(frame.bytes);
    if (admission === 'flood') spoilt('flood');
    else if (admission === 'new') deliver(frame.bytes);
  };
  const deliver = (bytes: Uint8Array): void => {
    standing.become('ready', ready);
    // Text at the last moment, and kept nowhere: a string cannot be wiped.
    const text = new TextDecoder().decode(bytes);
    for (const listener of [...listeners]) listener(text);
  };
  const frames = codeFrames(taken);
  const fresh = (): void => {
    callOffGap();
    frames.reset();
    gate.forget();
  };

  return {
    scanner: scannerOf(name, standing, listeners),
    events: {
      bytes(chunk) {
        callOffGap();
        // Not worth the time that others need.
        if (gate.floods()) {
          chunk.fill(0);
          frames.drop();
          return;
        }
        frames.push(chunk);
        if (frames.isOpen) callOffGap = after(GAP_MS, frames.quiet);
      },
      state(state, why) {
        fresh();
        ready = why;
        standing.followLine(state, why);
      },
    },
    stop() {
      fresh();
      listeners.clear();
    },
  };
}

const scannerOf = (
  name: string,
  standing: DeviceStanding,
  listeners: Set<(text: string) => void>,
): CodeIntake['scanner'] => ({
  name,
  get state() {
    return standing.state;
  },
  get detail() {
    return standing.detail;
  },
  onChange: standing.onChange,
  onCode: (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
});

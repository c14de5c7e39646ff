import { hex } from '../../../emv/values/index.ts';

/** What a reader can show to whoever holds a card. `card-read`: it may go, and nothing was decided. */
export type ReaderSignal = 'ready' | 'card-read' | 'approved' | 'declined' | 'off';

/** How readers of one make show it, in escape commands. */
export interface LightFamily {
  /** Their names as PC/SC has them. */
  readonly names: RegExp;
  /** Sent once, when the reader has been plugged in. */
  readonly first: readonly Uint8Array[];
  readonly signals: Readonly<Record<ReaderSignal, readonly Uint8Array[]>>;
  /** How the answer to a command that was carried out begins. */
  readonly done: Uint8Array;
}

/**
 * ACR122U, API manual, "Bi-color LED and Buzzer Control": FF 00 40 P2 04 T1 T2 repetitions buzzer. P2: bits 0 and 1 are red and
 * green in the end, bits 2 and 3 that they change at all. T1 in 100 ms, during which the buzzer sounds where the last byte is 01;
 * the reader answers after it. FF 00 52 00 00: no beep of its own for every card, so that a beep means something.
 */
const ACR122U: LightFamily = {
  names: /\bACR122U?\b/,
  first: [hex('FF00520000')],
  signals: {
    ready: [hex('FF00400F0400000000')],
    'card-read': [hex('FF0040000401000101')],
    approved: [hex('FF00400E0401000101')],
    declined: [hex('FF00400D0405000101')],
    off: [hex('FF00400C0400000000')],
  },
  done: hex('90'),
};

/** ACR1252U and ACM1252U, reference manuals: E0 00 00 29 01, bit 0 red, bit 1 green; E0 00 00 28 01, the buzzer in 10 ms. */
const ACR1252U: LightFamily = {
  names: /\bAC[RM]1252U?\b/,
  first: [],
  signals: {
    ready: [hex('E00000290103')],
    'card-read': [hex('E0000028010A')],
    approved: [hex('E00000290102'), hex('E0000028010A')],
    declined: [hex('E00000290101'), hex('E00000280132')],
    off: [hex('E00000290100')],
  },
  done: hex('E1'),
};

const FAMILIES: readonly LightFamily[] = [ACR122U, ACR1252U];

/**
 * The family of a reader, by its PC/SC name; undefined when none is known. All show the same: both colours for "your card,
 * please", green and a short beep for approved, red and a long one for declined.
 */
export function lightFamily(readerName: string): LightFamily | undefined {
  return FAMILIES.find(({ names }) => names.test(readerName));
}

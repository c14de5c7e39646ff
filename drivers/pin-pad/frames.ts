/** Characters between terminal and pad (ISO/IEC 646). */
const STX = 0x02;
const ETX = 0x03;
export const EOT = 0x04;
export const ACK = 0x06;
const SO = 0x0e;
const SI = 0x0f;
export const NAK = 0x15;
/** Between the fields of a message. */
export const FS = 0x1c;

/** STX … ETX encloses what belongs to a payment, SI … SO what belongs to the upkeep of the pad. */
type Envelope = 'payment' | 'upkeep';

export interface Message {
  readonly envelope: Envelope;
  readonly data: Uint8Array;
}

/** What came in: a message whose check character is right, one that is damaged, or a single character. */
export type Signal =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'damaged' | 'ack' | 'nak' | 'eot' };

export interface FrameParser {
  /** Takes bytes in any pieces. Never throws. */
  push(chunk: Uint8Array): Signal[];
  /** Forgets a message that has begun. */
  reset(): void;
}

const OPENING: Readonly<Record<Envelope, number>> = { payment: STX, upkeep: SI };
const CLOSING: Readonly<Record<Envelope, number>> = { payment: ETX, upkeep: SO };
const ENVELOPES: ReadonlyMap<number, Envelope> = new Map([
  [STX, 'payment'],
  [SI, 'upkeep'],
]);
const SINGLE: ReadonlyMap<number, 'ack' | 'nak' | 'eot'> = new Map([
  [ACK, 'ack'],
  [NAK, 'nak'],
  [EOT, 'eot'],
]);
/** No message is longer; what goes on without end is none. */
const MAX_LENGTH = 512;
/** Data has no control characters but SUB and the separators FS, GS, RS. */
const LOWEST = 0x1a;

/** The frame of a message: opening, data, closing, and their exclusive or without the opening (LRC). */
export function encodeFrame({ envelope, data }: Message): Uint8Array {
  const frame = new Uint8Array(data.length + 3);
  frame[0] = OPENING[envelope];
  frame.set(data, 1);
  frame[data.length + 1] = CLOSING[envelope];
  frame[data.length + 2] = lrc(data, envelope);
  return frame;
}

const lrc = (data: Uint8Array, envelope: Envelope): number =>
  data.reduce((check, byte) => check ^ byte, CLOSING[envelope]);

/**
 * Finds messages in a stream of bytes. An opening begins a new message also in the middle of another; any other control
 * character there ends it as damaged and counts for itself.
 */
export function frameParser(): FrameParser {
  const buffer = new Uint8Array(MAX_LENGTH);
  let length = 0;
  let open: Envelope | undefined;
  let closed = false;

  const begin = (envelope: Envelope | undefined): void => {
    buffer.fill(0, 0, length);
    length = 0;
    open = envelope;
    closed = false;
  };
  const outside = (byte: number): Signal[] => {
    begin(ENVELOPES.get(byte));
    const kind = SINGLE.get(byte);
    return kind === undefined ? [] : [{ kind }];
  };
  const check = (byte: number, envelope: Envelope): Signal => {
    const data = buffer.slice(0, length);
    begin(undefined);
    if (byte === lrc(data, envelope)) return { kind: 'message', message: { envelope, data } };
    data.fill(0);
    return { kind: 'damaged' };
  };
  const take = (byte: number): Signal[] => {
    if (open === undefined) return outside(byte);
    if (closed) return [check(byte, open)];
    if (byte === CLOSING[open]) {
      closed = true;
      return [];
    }
    if (ENVELOPES.has(byte)) return outside(byte);
    if (byte < LOWEST || length === MAX_LENGTH) return [{ kind: 'damaged' }, ...outside(byte)];
    buffer[length] = byte;
    length += 1;
    return [];
  };

  return { push: (chunk) => [...chunk].flatMap(take), reset: () => begin(undefined) };
}

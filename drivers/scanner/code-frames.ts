/** A QR code of the largest version holds so many bytes (ISO/IEC 18004, 40-L); with the identifier before it. */
const MAX_FRAME_BYTES = 2_953 + 3;
const CR = 0x0d;
const LF = 0x0a;
/** ISO/IEC 15424: ], a letter for the kind of code, a sign for how it was read. A QR code is ]Q0 to ]Q6. */
const AIM_IDENTIFIER = /^\][A-Za-z][0-9A-Za-z]$/;
const AIM_LENGTH = 3;

/** One code, or what should have been one. `bytes` are lent: they are wiped when the call is over. */
export type Frame =
  | { readonly kind: 'code'; readonly bytes: Uint8Array }
  | { readonly kind: 'spoilt'; readonly why: 'unreadable' | 'too-long' | 'broken-off' };

export interface CodeFrames {
  /** Takes what came in, in any pieces, and wipes it. */
  push(chunk: Uint8Array): void;
  /** Nothing has come for a while: what is there is a code of a scanner that ends none, or one that broke off. */
  quiet(): void;
  /** Is something there that has no end yet? */
  readonly isOpen: boolean;
  /** Forgets what has no end yet: it is part of a flood. */
  drop(): void;
  /** Another scanner may come: nothing is known of it. */
  reset(): void;
}

/**
 * Cuts what a scanner sends into codes. Each ends with CR, LF or both, or with silence; an AIM identifier before it is
 * taken off. A scanner that has ended a code with a sign always does, so from then on silence cuts a code off: half of
 * one is never taken for another.
 */
export function codeFrames(take: (frame: Frame) => void): CodeFrames {
  const buffer = new Uint8Array(MAX_FRAME_BYTES);
  let length = 0;
  let overflown = false;
  let endsWithSign = false;
  let broken = false;

  const give = (frame: Frame | undefined): void => {
    if (frame !== undefined) take(frame);
    buffer.fill(0, 0, length);
    length = 0;
    overflown = false;
  };
  const atSign = (): void => {
    broken = false;
    const frame = overflown ? tooLong : frameOf(buffer.subarray(0, length));
    if (frame?.kind === 'code') endsWithSign = true;
    give(frame);
  };
  const drop = (): void => {
    give(undefined);
    broken = false;
  };
  return {
    push(chunk) {
      for (const byte of chunk) {
        if (byte === CR || byte === LF) atSign();
        else if (broken) continue;
        else if (length < MAX_FRAME_BYTES) buffer[length++] = byte;
        else overflown = true;
      }
      chunk.fill(0);
    },
    quiet() {
      if (length === 0) return;
      broken = endsWithSign;
      if (broken) give({ kind: 'spoilt', why: overflown ? 'too-long' : 'broken-off' });
      else give(overflown ? tooLong : frameOf(buffer.subarray(0, length)));
    },
    get isOpen() {
      return length > 0;
    },
    drop,
    reset() {
      drop();
      endsWithSign = false;
    },
  };
}

const tooLong: Frame = { kind: 'spoilt', why: 'too-long' };

/** Undefined for an empty one: between CR and LF, or an identifier with nothing behind it. */
function frameOf(frame: Uint8Array): Frame | undefined {
  const bytes = frame.subarray(hasIdentifier(frame) ? AIM_LENGTH : 0);
  if (bytes.length === 0) return undefined;
  return isText(bytes) ? { kind: 'code', bytes } : { kind: 'spoilt', why: 'unreadable' };
}

const hasIdentifier = (frame: Uint8Array): boolean =>
  AIM_IDENTIFIER.test(String.fromCharCode(...frame.subarray(0, AIM_LENGTH)));

/** UTF-8 without control characters. What no payment code has in it may still be text, and is then told to be none. */
function isText(bytes: Uint8Array): boolean {
  if (bytes.some((byte) => byte < 0x20 || byte === 0x7f)) return false;
  if (bytes.every((byte) => byte < 0x80)) return true;
  try {
    return !/\p{Cc}/u.test(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return false;
  }
}

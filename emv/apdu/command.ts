/** Parts of a short command APDU (ISO/IEC 7816-4). */
export interface CommandParts {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** Up to 255 bytes; absent or empty: no Lc. */
  readonly data?: Uint8Array;
  /** Bytes expected, 1 to 256; 0 means 256, "all there is". Absent: no Le. */
  readonly le?: number;
}

/** The bytes of a command: CLA INS P1 P2 [Lc data] [Le]. Throws RangeError when a part does not fit. */
export function command({ cla, ins, p1, p2, data, le }: CommandParts): Uint8Array {
  const size = data?.length ?? 0;
  if (size > 255) throw new RangeError(`${size} bytes of data do not fit a short command`);
  if (le !== undefined && (le < 0 || le > 256)) throw new RangeError(`Le ${le} does not fit a short command`);
  const bytes = new Uint8Array(4 + (size > 0 ? 1 + size : 0) + (le === undefined ? 0 : 1));
  bytes[0] = cla;
  bytes[1] = ins;
  bytes[2] = p1;
  bytes[3] = p2;
  if (data !== undefined && size > 0) {
    bytes[4] = size;
    bytes.set(data, 5);
  }
  if (le !== undefined) bytes[bytes.length - 1] = le & 0xff;
  return bytes;
}

/** SELECT by DF name, first occurrence (EMV Book 1, §11.3). `name`: an AID of 5 to 16 bytes or a directory's name. */
export function selectByName(name: Uint8Array): Uint8Array {
  return command({ cla: 0x00, ins: 0xa4, p1: 0x04, p2: 0x00, data: name, le: 0 });
}

/** SELECT by DF name, next occurrence (EMV Book 1, §12.3.3): the next application whose name begins with `name`. */
export function selectNextByName(name: Uint8Array): Uint8Array {
  return command({ cla: 0x00, ins: 0xa4, p1: 0x04, p2: 0x02, data: name, le: 0 });
}

/** GET PROCESSING OPTIONS (EMV Book 3, §6.5.8). `data`: the whole data field, tag 83 with the PDOL's values. */
export function getProcessingOptions(data: Uint8Array): Uint8Array {
  return command({ cla: 0x80, ins: 0xa8, p1: 0x00, p2: 0x00, data, le: 0 });
}

/** READ RECORD (EMV Book 3, §6.5.11). `sfi`: 1 to 30; `record`: 1 to 255. */
export function readRecord(sfi: number, record: number): Uint8Array {
  return command({ cla: 0x00, ins: 0xb2, p1: record, p2: (sfi << 3) | 0x04, le: 0 });
}

/** GET DATA (EMV Book 3, §6.5.7). `tag`: two bytes, such as 0x9F36. */
export function getData(tag: number): Uint8Array {
  return command({ cla: 0x80, ins: 0xca, p1: tag >> 8, p2: tag & 0xff, le: 0 });
}

/** INTERNAL AUTHENTICATE (EMV Book 3, §6.5.9). `data`: the values of the DDOL, up to 252 bytes. */
export function internalAuthenticate(data: Uint8Array): Uint8Array {
  return command({ cla: 0x00, ins: 0x88, p1: 0x00, p2: 0x00, data, le: 0 });
}

/** GENERATE APPLICATION CRYPTOGRAM (EMV Book 3, §6.5.5). `control`: the cryptogram asked for, and bit 5 for CDA; `data`: the CDOL's values. */
export function generateAc(control: number, data: Uint8Array): Uint8Array {
  return command({ cla: 0x80, ins: 0xae, p1: control, p2: 0x00, data, le: 0 });
}

/** EXTERNAL AUTHENTICATE (EMV Book 3, §6.5.4). `data`: issuer authentication data (91), 8 to 16 bytes. */
export function externalAuthenticate(data: Uint8Array): Uint8Array {
  return command({ cla: 0x00, ins: 0x82, p1: 0x00, p2: 0x00, data });
}

/** GET RESPONSE (EMV Book 1, annex A). `length`: bytes the card offered in 61xx, 0 for 256. */
export function getResponse(length: number): Uint8Array {
  return command({ cla: 0x00, ins: 0xc0, p1: 0x00, p2: 0x00, le: length });
}

/** GET CHALLENGE (EMV Book 3, §6.5.6): 8 bytes of the card's. */
export function getChallenge(): Uint8Array {
  return command({ cla: 0x00, ins: 0x84, p1: 0x00, p2: 0x00, le: 0 });
}

/** VERIFY (EMV Book 3, §6.5.12). `data`: the PIN block of 8 bytes, or the enciphered PIN data as long as the card's key. */
export function verify(enciphered: boolean, data: Uint8Array): Uint8Array {
  return command({ cla: 0x00, ins: 0x20, p1: 0x00, p2: enciphered ? 0x88 : 0x80, data });
}

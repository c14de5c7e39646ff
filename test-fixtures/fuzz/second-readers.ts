/*
 * Small readers written a second time, digit by digit and from the standards, to be held against those of emv/: where the two
 * disagree, one of them is wrong. They are for bytes of any kind, and undefined means "this is none".
 */

/** The halves of each byte, left one first. */
const nibblesOf = (bytes: Uint8Array): number[] => [...bytes].flatMap((byte) => [byte >> 4, byte & 0x0f]);

const isDigit = (nibble: number): boolean => nibble < 10;
const digitsOf = (nibbles: readonly number[]): string => nibbles.join('');

/** Format n. */
export function readNumeric(bytes: Uint8Array): number | undefined {
  const nibbles = nibblesOf(bytes);
  if (nibbles.length === 0 || !nibbles.every(isDigit)) return undefined;
  const value = nibbles.reduce((sum, digit) => sum * 10n + BigInt(digit), 0n);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
}

/** Format cn: digits, then nothing but F. */
export function readCompressed(bytes: Uint8Array): string | undefined {
  const nibbles = nibblesOf(bytes);
  const end = nibbles.findIndex((nibble) => !isDigit(nibble));
  const digits = end < 0 ? nibbles : nibbles.slice(0, end);
  const rest = end < 0 ? [] : nibbles.slice(end);
  return rest.every((nibble) => nibble === 0x0f) ? digitsOf(digits) : undefined;
}

/** YYMMDD; the calendar is that of the machine. */
export function readDay(bytes: Uint8Array): string | undefined {
  const nibbles = nibblesOf(bytes);
  if (nibbles.length !== 6 || !nibbles.every(isDigit)) return undefined;
  const text = digitsOf(nibbles);
  const year = (Number(text.slice(0, 2)) <= 49 ? 2000 : 1900) + Number(text.slice(0, 2));
  const iso = `${year}-${text.slice(2, 4)}-${text.slice(4)}`;
  const day = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(iso) ? iso : undefined;
}

/** PAN (8 to 19 digits), D, YYMM, digits, one F at most: PAN and month. */
export function readTrack(bytes: Uint8Array): { pan: string; month: string } | undefined {
  const nibbles = nibblesOf(bytes);
  const separator = nibbles.indexOf(0x0d);
  if (separator < 8 || separator > 19) return undefined;
  const rest = nibbles.slice(separator + 1);
  if (rest.at(-1) === 0x0f) rest.pop();
  const pan = nibbles.slice(0, separator);
  if (![...pan, ...rest].every(isDigit) || rest.length < 4) return undefined;
  const month = rest[2] === undefined || rest[3] === undefined ? 0 : rest[2] * 10 + rest[3];
  return month >= 1 && month <= 12 ? { pan: digitsOf(pan), month: digitsOf(rest.slice(0, 4)) } : undefined;
}

/** Tags of one to three bytes, each with a length of one byte; 252 bytes of values and 255 of list at most. */
export function readDataObjectList(bytes: Uint8Array): { tag: number; length: number }[] | undefined {
  const queue = [...bytes];
  const entries: { tag: number; length: number }[] = [];
  while (queue.length > 0) {
    let tag = queue.shift() ?? 0;
    if (tag % 32 === 31) {
      let next: number;
      do {
        if (queue.length === 0 || tag > 0xffff) return undefined;
        next = queue.shift() ?? 0;
        tag = tag * 256 + next;
      } while (next >= 128);
    }
    const length = queue.shift();
    if (length === undefined) return undefined;
    entries.push({ tag, length });
  }
  const asked = entries.reduce((sum, { length }) => sum + length, 0);
  return bytes.length <= 255 && asked <= 252 ? entries : undefined;
}

/** The records that an AFL names, each once, sixteen at most: SFI, number, and whether it is signed. */
export function readLocator(bytes: Uint8Array): string[] | undefined {
  if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined;
  const named: string[] = [];
  for (let at = 0; at < bytes.length; at += 4) {
    const [file = 0, first = 0, last = 0, signed = 0] = bytes.slice(at, at + 4);
    const sfi = file / 8;
    if (!Number.isInteger(sfi) || sfi < 1 || sfi > 30 || first === 0 || last < first || signed > last - first + 1) {
      return undefined;
    }
    for (let record = first; record <= last; record++)
      named.push(`${sfi}.${record}${record < first + signed ? '!' : ''}`);
  }
  const places = new Set(named.map((name) => name.replace('!', '')));
  return named.length <= 16 && places.size === named.length ? named : undefined;
}

/** 9F10: 07, key index, version, 03 and CVR, algorithm; then nothing, or a length and as many bytes. */
export function readIssuerData(bytes: Uint8Array): { decision: string; balance: number | undefined } | undefined {
  const [length, , , cvrLength, decisions = 0] = bytes;
  if (length !== 7 || bytes.length < 8 || cvrLength !== 3) return undefined;
  if (bytes.length > 8 && bytes[8] !== bytes.length - 9) return undefined;
  const decision = ['aac', 'tc', 'arqc', 'rfu'][(decisions >> 4) & 3] ?? '';
  const discretionary = bytes.slice(9);
  const [type = 0] = discretionary;
  const holdsBalance = (type === 1 && discretionary.length === 10) || (type === 3 && discretionary.length === 15);
  return { decision, balance: holdsBalance ? readNumeric(discretionary.slice(1, 6)) : undefined };
}

/** Methods of CVM rules by their lower six bits: whom they ask, if anybody. Signature and "no CVM" ask nobody. */
const CVM_TASKS: ReadonlyMap<number, string | undefined> = new Map([
  [0x01, 'plaintext-pin'],
  [0x02, 'online-pin'],
  [0x03, 'plaintext-pin'],
  [0x04, 'enciphered-pin'],
  [0x05, 'enciphered-pin'],
  [0x1e, undefined],
  [0x1f, undefined],
  [0x20, 'id-document'],
]);

/**
 * A CVM list at an attended terminal that can do everything, for a purchase in the card's currency: whom it asks, one after the
 * other, until `succeeds` says so, and with which method it ends; undefined when it fails.
 */
export function walkCvmList(
  bytes: Uint8Array,
  amount: number,
  succeeds: (nth: number) => boolean,
): { asked: string[]; method: number | undefined } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [x, y] = [view.getUint32(0), view.getUint32(4)];
  const asked: string[] = [];
  for (let at = 8; at < bytes.length; at += 2) {
    const [code, condition] = [view.getUint8(at), view.getUint8(at + 1)];
    const method = code % 64 === 0 && code < 128 ? 0 : code < 128 ? code % 64 : 0xff;
    const known = method === 0 || CVM_TASKS.has(method);
    const applies = [true, false, true, known, false, false, amount < x, amount > x, amount < y, amount > y][condition];
    if (applies !== true) continue;
    if (method === 0) return { asked, method: undefined };
    const task = CVM_TASKS.get(method);
    if (known && task === undefined) return { asked, method: code };
    if (task !== undefined && succeeds(asked.push(task) - 1)) return { asked, method: code };
    if ((code & 64) === 0) return { asked, method: undefined };
  }
  return { asked, method: undefined };
}

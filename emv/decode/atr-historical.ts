import { readUint, toHex } from '../values/index.ts';
import { byteHex, type Words } from './words.ts';

/** `80 4F 0C A000000306`: what PC/SC part 3 (§3.1.3.2.3) makes up for a storage card. */
const STORAGE_CARD = '804F0CA000000306';
const STORAGE_CARD_LENGTH = 15;

const STANDARDS: ReadonlyMap<number, string> = new Map([
  [0x00, 'no information'],
  [0x01, 'ISO/IEC 14443 A, part 1'],
  [0x02, 'ISO/IEC 14443 A, part 2'],
  [0x03, 'ISO/IEC 14443 A, part 3'],
  [0x05, 'ISO/IEC 14443 B, part 1'],
  [0x06, 'ISO/IEC 14443 B, part 2'],
  [0x07, 'ISO/IEC 14443 B, part 3'],
  [0x09, 'ISO/IEC 15693, part 1'],
  [0x0a, 'ISO/IEC 15693, part 2'],
  [0x0b, 'ISO/IEC 15693, part 3'],
  [0x0c, 'ISO/IEC 15693, part 4'],
  [0x11, 'FeliCa'],
]);

/** The names that readers give; F000 and above are readers' own. */
const CARDS: ReadonlyMap<number, string> = new Map([
  [0x0001, 'MIFARE Classic 1K'],
  [0x0002, 'MIFARE Classic 4K'],
  [0x0003, 'MIFARE Ultralight'],
  [0x0026, 'MIFARE Mini'],
  [0x0036, 'MIFARE Plus 2K, security level 1'],
  [0x0037, 'MIFARE Plus 4K, security level 1'],
  [0x0038, 'MIFARE Plus 2K, security level 2'],
  [0x0039, 'MIFARE Plus 4K, security level 2'],
  [0x003a, 'MIFARE Ultralight C'],
  [0x003b, 'FeliCa'],
  [0xf004, 'Topaz, Jewel'],
  [0xf011, 'FeliCa 212K'],
  [0xf012, 'FeliCa 424K'],
]);

/** Compact-TLV objects (ISO/IEC 7816-4, §8.1.1) by the high nibble. */
const OBJECTS: ReadonlyMap<number, string> = new Map([
  [0x1, 'Country code'],
  [0x2, 'Issuer identification number'],
  [0x3, 'Card service data'],
  [0x4, 'Initial access data'],
  [0x5, 'Card issuer’s data'],
  [0x6, 'Pre-issuing data'],
  [0x7, 'Card capabilities'],
  [0x8, 'Status indicator'],
  [0xf, 'Application identifier'],
]);

function storageCard(bytes: Uint8Array): Words[] {
  const standard = bytes[8] ?? 0;
  const name = bytes.subarray(9, 11);
  return [
    { name: 'Storage card', meaning: 'as PC/SC part 3 names it: no application can be selected on it' },
    { name: 'Standard', value: byteHex(standard), meaning: STANDARDS.get(standard) ?? 'not named here' },
    { name: 'Card', value: toHex(name), meaning: CARDS.get(readUint(name)) ?? 'not named here' },
  ];
}

function compactObjects(bytes: Uint8Array): Words[] {
  const words: Words[] = [];
  for (let at = 0; at < bytes.length; ) {
    const head = bytes[at] ?? 0;
    const end = at + 1 + (head & 0x0f);
    const value = toHex(bytes.subarray(at + 1, end));
    if (end > bytes.length) return [...words, { name: 'Cut off', value: toHex(bytes.subarray(at)) }];
    words.push({ name: OBJECTS.get(head >> 4) ?? 'Object', value });
    at = end;
  }
  return words;
}

/** Historical bytes by their category indicator; what follows no rule is shown as text where it is text. */
export function historicalBytes(bytes: Uint8Array): Words[] {
  if (bytes.length === STORAGE_CARD_LENGTH && toHex(bytes).startsWith(STORAGE_CARD)) return storageCard(bytes);
  const category = bytes[0] ?? 0;
  if (category === 0x80) return compactObjects(bytes.subarray(1));
  if (category === 0x00 && bytes.length >= 4) {
    return [...compactObjects(bytes.subarray(1, -3)), { name: 'Status indicator', value: toHex(bytes.subarray(-3)) }];
  }
  const text = String.fromCharCode(...bytes);
  return [{ name: 'Of no common form', meaning: /^[ -~]+$/.test(text) ? `as text: ${text}` : 'the maker’s own' }];
}

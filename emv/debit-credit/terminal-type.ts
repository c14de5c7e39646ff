import { isBitSet } from '../dictionary/index.ts';

/** What the terminal can do about the host, of itself; whether the link is up now is another question. */
export type Connectivity = 'online-only' | 'offline-with-online-capability' | 'offline-only';

/** EMV Book 4, annex A1: the second digit of 9F35; 1 to 3 attended, 4 to 6 not. */
const CONNECTIVITY: readonly (Connectivity | undefined)[] = [
  undefined,
  'online-only',
  'offline-with-online-capability',
  'offline-only',
  'online-only',
  'offline-with-online-capability',
  'offline-only',
];

const ATM_TYPES: readonly number[] = [0x14, 0x15, 0x16];

/** Of a terminal type (9F35, the byte). Throws RangeError for a type that the standard does not have. */
export function connectivityOf(terminalType: number): Connectivity {
  const connectivity = CONNECTIVITY[terminalType & 0x0f];
  if (connectivity === undefined) throw new RangeError(`${terminalType} is no terminal type`);
  return connectivity;
}

export function isAttended(terminalType: number): boolean {
  return (terminalType & 0x0f) <= 3;
}

/** EMV Book 4, annex A1: unattended, of a financial institution, and it gives cash (9F40, byte 1, bit 8). */
export function isAtm(terminalType: number, additionalCapabilities: Uint8Array): boolean {
  return ATM_TYPES.includes(terminalType) && isBitSet(additionalCapabilities, 1, 8);
}

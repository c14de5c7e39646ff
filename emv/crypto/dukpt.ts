import { concat, readUint, uintBytes } from '../values/index.ts';
import { cipherOf } from './block-cipher.ts';
import { assertLength } from './plain-bytes.ts';

/** Key usage indicators (ANSI X9.24-3, table 2). */
const INITIAL_KEY = 0x8001;
const DERIVATION = 0x8000;
const PIN_ENCRYPTION = 0x1000;

/** Version 1, first block, usage, AES-128, 128 bits, then whose key it is. */
function derive(key: Uint8Array, usage: number, owner: Uint8Array): Uint8Array {
  const data = concat(Uint8Array.of(0x01, 0x01), uintBytes(usage, 2), Uint8Array.of(0x00, 0x02, 0x00, 0x80), owner);
  return cipherOf('aes').encrypt(key, data);
}

/**
 * The PIN key of one entry, 16 bytes, as AES DUKPT gives it (ANSI X9.24-3:2017): from the base derivation key (AES-128, 16 bytes)
 * and the key serial number of the entry (12 bytes: initial key id, then the transaction counter). Undefined when the counter is one
 * that no pad uses: 0, or more than 16 bits set. Throws RangeError on other lengths.
 */
export function dukptPinKey(base: Uint8Array, serialNumber: Uint8Array): Uint8Array | undefined {
  assertLength('key serial number', serialNumber, 12);
  const deviceId = serialNumber.subarray(4, 8);
  const counter = readUint(serialNumber.subarray(8));
  const bits = Array.from({ length: 32 }, (_, at) => 2 ** (31 - at)).filter(
    (bit) => Math.floor(counter / bit) % 2 === 1,
  );
  if (bits.length === 0 || bits.length > 16) return undefined;
  let key = derive(base, INITIAL_KEY, serialNumber.subarray(0, 8));
  let done = 0;
  for (const bit of bits) {
    done += bit;
    const next = derive(key, DERIVATION, concat(deviceId, uintBytes(done, 4)));
    key.fill(0);
    key = next;
  }
  const pinKey = derive(key, PIN_ENCRYPTION, concat(deviceId, uintBytes(counter, 4)));
  key.fill(0);
  return pinKey;
}

import { checkValue, dukptPinKey, KEY_ALGORITHM, makeKeyBlock } from '../../emv/crypto/index.ts';
import { PIN_BLOCK_CIPHER, type PinBlockFormat } from '../../emv/issuer/index.ts';
import { parseHex, Secret, toHex } from '../../emv/values/index.ts';
import type { PinKeyFile } from '../contract/pin-key.ts';
import type { HsmKeys } from './keys.ts';

const isFormat = (format: string): format is PinBlockFormat => Object.hasOwn(PIN_BLOCK_CIPHER, format);
/** Of AES DUKPT: initial key id and counter, hex, behind the name of the base derivation key. */
const DUKPT_KEY_ID = /^(.+)\.([0-9A-F]{24})$/;

/**
 * Does `work` with the key that a PIN block claims to be under; undefined when there is none for that format. A key is good for
 * one format alone.
 */
export function withPinKey<T>(
  keys: HsmKeys,
  keyId: string,
  format: string,
  work: (key: Uint8Array, format: PinBlockFormat) => T,
): T | undefined {
  if (!isFormat(format)) return undefined;
  const fixed = keys.pin.get(keyId);
  if (fixed?.format === format) return fixed.value.use((key) => work(key, format));
  const derived = format === 'iso-4' ? derivedKey(keys, keyId) : undefined;
  try {
    return derived?.use((key) => work(key, format));
  } finally {
    derived?.wipe();
  }
}

function derivedKey({ pinBase }: HsmKeys, keyId: string): Secret | undefined {
  const [, name = '', digits = ''] = DUKPT_KEY_ID.exec(keyId) ?? [];
  const serialNumber = parseHex(digits);
  const base = pinBase?.get(name);
  if (base === undefined || serialNumber === undefined) return undefined;
  const key = base.value.use((bytes) => dukptPinKey(bytes, serialNumber));
  return key && new Secret(key);
}

/**
 * A PIN key for a pad that holds the transport key of this name: usage P0, enciphers only, not exportable. Undefined when one of the
 * two is not there, or the transport key is the weaker one: AES and SM4 keys go under AES alone (ANSI X9.143, 4).
 */
export function wrapPinKey(
  keys: HsmKeys,
  keyId: string,
  transportName: string,
  random: (length: number) => Uint8Array,
): PinKeyFile | undefined {
  const pinKey = keys.pin.get(keyId);
  const transport = keys.pinTransport?.get(transportName);
  if (pinKey === undefined || transport === undefined) return undefined;
  const { format } = pinKey;
  const cipher = PIN_BLOCK_CIPHER[format];
  if (cipher !== '3des' && transport.cipher === '3des') return undefined;
  const header = {
    version: transport.cipher === 'aes' ? 'D' : 'B',
    usage: 'P0',
    algorithm: KEY_ALGORITHM[cipher],
    mode: 'E',
    keyVersion: '00',
    exportability: 'N',
  } as const;
  return pinKey.value.use((key) =>
    transport.value.use((protection) => ({
      keyId,
      format,
      checkValue: toHex(checkValue(cipher, key)),
      keyBlock: makeKeyBlock(header, key, protection, random),
    })),
  );
}

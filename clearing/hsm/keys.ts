import type { Algorithm } from '../../emv/crypto/index.ts';
import type { PinBlockFormat } from '../../emv/issuer/index.ts';
import type { Secret } from '../../emv/values/index.ts';
import { ClearingError } from '../clearing-error.ts';

/** A key as it is loaded into the module. */
export interface HsmKey {
  readonly value: Secret;
  /** TEST: known to others than the module, as the keys of the sandbox are. Production refuses it. */
  readonly mark: 'TEST' | 'PRODUCTION';
}

/** The issuer's master keys of one derivation key index (DKI, second byte of 9F10), 16 bytes each. */
export interface MasterKeys {
  readonly index: number;
  readonly algorithm: Algorithm;
  /** For cryptograms. */
  readonly ac: HsmKey;
  /** For MACs: of the balance in 9F10, of script commands. */
  readonly mac: HsmKey;
}

/** The issuer's master keys of its purses, triple DES, 16 bytes each. */
export interface PurseKeys {
  /** For TACs (DTK). */
  readonly tac: HsmKey;
}

/** A key of PIN pads: for blocks of one format, and thereby for one cipher. */
interface PinKey extends HsmKey {
  readonly format: PinBlockFormat;
}

/** The key under which a PIN pad gets its PIN keys (KBPK); the pad was keyed with it in a secure room. */
interface PinTransportKey extends HsmKey {
  readonly cipher: '3des' | 'aes';
}

/** Everything secret that the centre holds. */
export interface HsmKeys {
  readonly masterKeys: readonly MasterKeys[];
  /** Absent: the scheme has no purses. */
  readonly purse?: PurseKeys;
  /** SM2 private keys, 32 bytes. */
  readonly acknowledgement: HsmKey;
  readonly hotlist: HsmKey;
  readonly parameters: HsmKey;
  readonly sealing: HsmKey;
  /** HMAC-SM3 key of card tokens, 32 bytes, the same in the whole scheme. */
  readonly cardToken: HsmKey;
  /** Under which PINs are kept in the database, 32 bytes. */
  readonly storage: HsmKey;
  /** PIN keys by their name, 16 bytes. */
  readonly pin: ReadonlyMap<string, PinKey>;
  /** Base derivation keys of pads with AES DUKPT, by their name, 16 bytes. */
  readonly pinBase?: ReadonlyMap<string, HsmKey>;
  /** Keys of pads for the transport of PIN keys, by their name, 16 bytes. */
  readonly pinTransport?: ReadonlyMap<string, PinTransportKey>;
}

/** Throws ClearingError when a key may not be used here or has the wrong length. */
export function assertUsable(keys: HsmKeys, production: boolean): void {
  for (const { name, key, length } of allKeys(keys)) {
    if (production && key.mark === 'TEST') {
      throw new ClearingError('test-key-in-production', `the key "${name}" is marked TEST: load one of your own`);
    }
    const actual = key.value.use((bytes) => bytes.length);
    if (actual !== length) {
      throw new ClearingError('bad-key', `the key "${name}" has ${actual} bytes instead of ${length}`);
    }
  }
}

export const holdsTestKey = (keys: HsmKeys): boolean => [...allKeys(keys)].some(({ key }) => key.mark === 'TEST');

function* allKeys(keys: HsmKeys): Generator<{ name: string; key: HsmKey; length: number }> {
  for (const { index, algorithm, ac, mac } of keys.masterKeys) {
    yield { name: `master key ${index} (${algorithm}) for cryptograms`, key: ac, length: 16 };
    yield { name: `master key ${index} (${algorithm}) for MACs`, key: mac, length: 16 };
  }
  if (keys.purse !== undefined) yield { name: 'master key for TACs of purses', key: keys.purse.tac, length: 16 };
  for (const name of ['acknowledgement', 'hotlist', 'parameters', 'sealing', 'cardToken', 'storage'] as const) {
    yield { name, key: keys[name], length: 32 };
  }
  for (const [keyId, key] of keys.pin) yield { name: `PIN key ${keyId}`, key, length: 16 };
  for (const [name, key] of keys.pinBase ?? []) yield { name: `base derivation key ${name}`, key, length: 16 };
  for (const [name, key] of keys.pinTransport ?? []) yield { name: `transport key ${name}`, key, length: 16 };
}

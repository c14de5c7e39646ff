import { ok as assert } from 'node:assert/strict';
import { openBytes, sealBytes } from '../../emv/crypto/index.ts';
import { Secret } from '../../emv/values/index.ts';

export type Random = (length: number) => Uint8Array;

export const KEY_BYTES = 32;
const IV_BYTES = 16;

/** What a wrapped key was. */
interface Unwrapped {
  /** 32 bytes; the caller wipes them. */
  readonly key: Uint8Array;
  /** False: it is to be wrapped anew, since `wrap` uses another master key by now. */
  readonly current: boolean;
}

/**
 * The terminal's storage master key, wherever it is kept. It wraps the queue's data key and does nothing else. Its methods
 * throw QueueError with what to do: `key-file`, `key-credential`, `token-…`.
 */
export interface MasterKey {
  /** Wraps 32 bytes under a name; unwrapped under another name they do not open. Makes the master key when there is none yet. */
  wrap(name: string, key: Uint8Array): Uint8Array;
  /** Undefined: this master key has not wrapped it. */
  unwrap(name: string, wrapped: Uint8Array): Unwrapped | undefined;
  /** Makes a new master key, which `wrap` uses from now on; those before still unwrap. False: it comes from outside and stays. */
  renew(): boolean;
  /** Destroys the master key that has wrapped this, unless `wrap` uses it. Done before: nothing happens. */
  destroy(wrapped: Uint8Array): void;
}

/** What a wrapped key is bound to: it opens under its own name alone. */
export const wrappedAs = (name: string): Uint8Array => new TextEncoder().encode(`jdpos-queue/1 keys ${name}`);

/** Wraps with bytes that are at hand (SM4-CTR with HMAC-SM3: 80 bytes). */
export function wrapWith(master: Secret, random: Random, name: string, key: Uint8Array): Uint8Array {
  return master.use((bytes) =>
    sealBytes({ key: bytes, iv: random(IV_BYTES), plaintext: key, associatedData: wrappedAs(name) }),
  );
}

/** Undefined when other bytes have wrapped it. */
export function unwrapWith(master: Secret, name: string, wrapped: Uint8Array): Uint8Array | undefined {
  const key = master.use((bytes) => openBytes({ key: bytes, sealed: wrapped, associatedData: wrappedAs(name) }));
  return key?.length === KEY_BYTES ? key : undefined;
}

/** A master key that somebody else keeps, in 32 bytes. */
export function heldMasterKey(bytes: Secret | Uint8Array, random: Random | undefined): MasterKey {
  const master = bytes instanceof Secret ? bytes : new Secret(bytes);
  master.use(({ length }) => assert(length === KEY_BYTES, `the master key has ${length} bytes, not ${KEY_BYTES}`));
  return {
    wrap(name, key) {
      assert(random !== undefined, 'a queue that is open for reading wraps nothing');
      return wrapWith(master, random, name, key);
    },
    unwrap(name, wrapped) {
      const key = unwrapWith(master, name, wrapped);
      return key && { key, current: true };
    },
    renew: () => false,
    destroy() {},
  };
}

/** A master key that takes over from another one: what that one has wrapped still opens, and is to be wrapped anew. */
export function takingOver(master: MasterKey, previous: MasterKey): MasterKey {
  return {
    ...master,
    unwrap(name, wrapped) {
      const own = attempt(() => master.unwrap(name, wrapped));
      if ('value' in own && own.value !== undefined) return own.value;
      const before = previous.unwrap(name, wrapped);
      if (before === undefined && 'error' in own) throw own.error;
      return before && { ...before, current: false };
    },
  };
}

/** A new store may not hold a key yet, or none that these bytes name. */
function attempt<T>(work: () => T): { readonly value: T } | { readonly error: unknown } {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}

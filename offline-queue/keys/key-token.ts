import type { Handle, Mechanism } from 'pkcs11js';
import { concat } from '../../emv/values/index.ts';
import { QueueError } from '../database/errors.ts';
import { KEY_BYTES, type MasterKey, wrappedAs } from './master-key.ts';
import { type TokenPlace, type TokenSession, withToken } from './pkcs11.ts';

export interface TokenKey extends TokenPlace {
  /** CKA_LABEL of the keys that are this terminal's; no other terminal may use it in the same token. */
  readonly key: string;
}

const ID_BYTES = 8;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const WRAPPED_BYTES = ID_BYTES + IV_BYTES + KEY_BYTES + TAG_BYTES;

/**
 * The master key in a token (PKCS#11 2.40): an AES-256 key that is made there, sensitive and not extractable, so that it
 * never leaves it. A wrapped key is `CKA_ID 8 ‖ iv 12 ‖ AES-GCM ciphertext 32 ‖ tag 16`. Throws QueueError `token-module`,
 * `token-missing`, `token-pin`, `token-key`, `token-failed`.
 */
export function tokenMasterKey(place: TokenKey): MasterKey {
  let wrapping: Uint8Array | undefined;
  return {
    wrap: (name, key) =>
      withToken(place, (session) => {
        wrapping ??= anyKey(session, place.key) ?? makeKey(session, place.key);
        return encrypt(session, { id: wrapping, key: required(session, place, wrapping), name }, key);
      }),
    unwrap(name, wrapped) {
      // Wrapped by another kind of store.
      if (wrapped.length !== WRAPPED_BYTES) return undefined;
      const id = wrapped.slice(0, ID_BYTES);
      const key = withToken(place, (session) => decrypt(session, required(session, place, id), name, wrapped));
      if (key !== undefined) wrapping = id;
      return key && { key, current: true };
    },
    renew() {
      wrapping = withToken(place, (session) => makeKey(session, place.key));
      return true;
    },
    destroy(wrapped) {
      const id = wrapped.slice(0, ID_BYTES);
      if (wrapped.length !== WRAPPED_BYTES || (wrapping && sameId(id, wrapping))) return;
      withToken(place, (session) => {
        for (const key of find(session, place.key, id)) session.cryptoki.C_DestroyObject(session.session, key);
      });
    },
  };
}

const sameId = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

function find({ library, cryptoki, session }: TokenSession, label: string, id?: Uint8Array): readonly Handle[] {
  cryptoki.C_FindObjectsInit(session, [
    { type: library.CKA_CLASS, value: library.CKO_SECRET_KEY },
    { type: library.CKA_LABEL, value: label },
    ...(id === undefined ? [] : [{ type: library.CKA_ID, value: Buffer.from(id) }]),
  ]);
  try {
    const most = 2;
    return cryptoki.C_FindObjects(session, most);
  } finally {
    cryptoki.C_FindObjectsFinal(session);
  }
}

function required(session: TokenSession, { token, key }: TokenKey, id: Uint8Array): Handle {
  const [found] = find(session, key, id);
  if (found !== undefined) return found;
  throw new QueueError('token-key', `${token} has no key ${key} with the id ${Buffer.from(id).toString('hex')}`);
}

/** One that was put there for this terminal before its first start; undefined when there is none that can be named. */
function anyKey(session: TokenSession, label: string): Uint8Array | undefined {
  const [found] = find(session, label);
  if (found === undefined) return undefined;
  const { library, cryptoki, session: open } = session;
  const [id] = cryptoki.C_GetAttributeValue(open, found, [{ type: library.CKA_ID }]);
  const bytes = id?.value;
  return Buffer.isBuffer(bytes) && bytes.length === ID_BYTES ? Uint8Array.from(bytes) : undefined;
}

function makeKey({ library, cryptoki, session }: TokenSession, label: string): Uint8Array {
  const id = cryptoki.C_GenerateRandom(session, Buffer.alloc(ID_BYTES));
  cryptoki.C_GenerateKey(session, { mechanism: library.CKM_AES_KEY_GEN }, [
    { type: library.CKA_CLASS, value: library.CKO_SECRET_KEY },
    { type: library.CKA_KEY_TYPE, value: library.CKK_AES },
    { type: library.CKA_VALUE_LEN, value: KEY_BYTES },
    { type: library.CKA_LABEL, value: label },
    { type: library.CKA_ID, value: id },
    { type: library.CKA_TOKEN, value: true },
    { type: library.CKA_PRIVATE, value: true },
    { type: library.CKA_SENSITIVE, value: true },
    { type: library.CKA_EXTRACTABLE, value: false },
    { type: library.CKA_ENCRYPT, value: true },
    { type: library.CKA_DECRYPT, value: true },
  ]);
  return Uint8Array.from(id);
}

function gcm({ library }: TokenSession, iv: Uint8Array, name: string): Mechanism {
  const parameter = {
    type: library.CK_PARAMS_AES_GCM,
    iv: Buffer.from(iv),
    aad: Buffer.from(wrappedAs(name)),
    ivBits: 8 * IV_BYTES,
    tagBits: 8 * TAG_BYTES,
  };
  return { mechanism: library.CKM_AES_GCM, parameter };
}

function encrypt(
  session: TokenSession,
  { id, key, name }: { readonly id: Uint8Array; readonly key: Handle; readonly name: string },
  plaintext: Uint8Array,
): Uint8Array {
  const { cryptoki, session: open } = session;
  const iv = cryptoki.C_GenerateRandom(open, Buffer.alloc(IV_BYTES));
  const copy = Buffer.from(plaintext);
  try {
    cryptoki.C_EncryptInit(open, gcm(session, iv, name), key);
    return concat(id, iv, cryptoki.C_Encrypt(open, copy, Buffer.alloc(KEY_BYTES + TAG_BYTES)));
  } finally {
    copy.fill(0);
  }
}

/** Tokens differ in how they call a tag that does not fit; whatever is wrong with this one ciphertext, it does not open. */
function decrypt(session: TokenSession, key: Handle, name: string, wrapped: Uint8Array): Uint8Array | undefined {
  const { cryptoki, session: open } = session;
  const iv = wrapped.subarray(ID_BYTES, ID_BYTES + IV_BYTES);
  const sealed = Buffer.from(wrapped.subarray(ID_BYTES + IV_BYTES));
  cryptoki.C_DecryptInit(open, gcm(session, iv, name), key);
  try {
    return Uint8Array.from(cryptoki.C_Decrypt(open, sealed, Buffer.alloc(sealed.length)));
  } catch {
    return undefined;
  }
}

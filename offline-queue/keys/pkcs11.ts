import { createRequire } from 'node:module';
import type { Handle, PKCS11 } from 'pkcs11js';
import { QueueError, type QueueErrorCode } from '../database/errors.ts';

type Library = typeof import('pkcs11js');

/** Where a token is, and how it is opened (PKCS#11 2.40). */
export interface TokenPlace {
  /** The shared library of its maker. */
  readonly module: string;
  /** Label of the token; padding does not count. */
  readonly token: string;
  /** The user's PIN; the bytes are wiped after use. */
  readonly pin: () => Uint8Array;
}

/** A session with the user logged in. */
export interface TokenSession {
  readonly library: Library;
  readonly cryptoki: PKCS11;
  readonly session: Handle;
}

/** CK_TOKEN_INFO flags that forbid another attempt: after a wrong PIN the token would be locked, or it is. */
const PIN_NEEDS_A_PERSON = 0x00020000 | 0x00040000;

const PIN_ERRORS: ReadonlySet<string> = new Set([
  'CKR_PIN_INCORRECT',
  'CKR_PIN_INVALID',
  'CKR_PIN_LEN_RANGE',
  'CKR_PIN_EXPIRED',
  'CKR_PIN_LOCKED',
]);
const GONE_ERRORS: ReadonlySet<string> = new Set([
  'CKR_TOKEN_NOT_PRESENT',
  'CKR_TOKEN_NOT_RECOGNIZED',
  'CKR_DEVICE_REMOVED',
  'CKR_DEVICE_ERROR',
  'CKR_SLOT_ID_INVALID',
]);

/**
 * Opens a session with the token, logs in, works, and ends all of it: nothing stays logged in, and a token that is pulled out
 * in between is missed only when it is needed. Throws QueueError `token-module`, `token-missing`, `token-pin`, `token-failed`.
 */
export function withToken<T>(place: TokenPlace, work: (session: TokenSession) => T): T {
  const library = loadLibrary();
  const cryptoki = new library.PKCS11();
  try {
    cryptoki.load(place.module);
    cryptoki.C_Initialize();
  } catch (error) {
    throw new QueueError('token-module', place.module, { cause: error });
  }
  try {
    return inSession(cryptoki, library, place, work);
  } catch (error) {
    throw translated(error, place);
  } finally {
    cryptoki.C_Finalize();
    cryptoki.close();
  }
}

function loadLibrary(): Library {
  try {
    return createRequire(import.meta.url)('pkcs11js') as Library;
  } catch (error) {
    throw new QueueError('token-module', 'the package pkcs11js does not load', { cause: error });
  }
}

function inSession<T>(
  cryptoki: PKCS11,
  library: Library,
  { token, pin }: TokenPlace,
  work: (session: TokenSession) => T,
): T {
  const slots = cryptoki.C_GetSlotList(true);
  const slot = slots.find((one) => cryptoki.C_GetTokenInfo(one).label.trim() === token);
  if (slot === undefined) throw new QueueError('token-missing', `no token is called ${token}`);
  if ((cryptoki.C_GetTokenInfo(slot).flags & PIN_NEEDS_A_PERSON) !== 0)
    throw new QueueError('token-pin', `${token} is locked, or would be after one more wrong PIN`);
  const session = cryptoki.C_OpenSession(slot, library.CKF_SERIAL_SESSION | library.CKF_RW_SESSION);
  try {
    logIn(cryptoki, library, session, pin());
    return work({ library, cryptoki, session });
  } finally {
    cryptoki.C_CloseSession(session);
  }
}

/** The binding takes the PIN as a string, the one secret here that cannot be wiped. */
function logIn(cryptoki: PKCS11, library: Library, session: Handle, pin: Uint8Array): void {
  try {
    cryptoki.C_Login(session, library.CKU_USER, new TextDecoder().decode(pin).trimEnd());
  } finally {
    pin.fill(0);
  }
}

/** A name of PKCS#11 (CKR_…) never holds what was sent. */
const nameOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown');

function translated(error: unknown, { token }: TokenPlace): unknown {
  if (error instanceof QueueError) return error;
  const name = nameOf(error);
  const code: QueueErrorCode = PIN_ERRORS.has(name)
    ? 'token-pin'
    : GONE_ERRORS.has(name)
      ? 'token-missing'
      : 'token-failed';
  return new QueueError(code, `${token}: ${name}`, { cause: error });
}

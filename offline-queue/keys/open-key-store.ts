import { readFileSync } from 'node:fs';
import { QueueError } from '../database/errors.ts';
import { credentialMasterKey, readCredential } from './key-credential.ts';
import { loadMasterKey } from './key-store.ts';
import { tokenMasterKey } from './key-token.ts';
import { type MasterKey, type Random, takingOver } from './master-key.ts';

/** Where the PIN of a token is kept. */
type PinPlace = { readonly credential: string } | { readonly file: string };

/** Where a master key is kept. */
export type KeyPlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'credential'; readonly name: string }
  | {
      readonly kind: 'pkcs11';
      readonly module: string;
      readonly token: string;
      readonly key: string;
      readonly pin: PinPlace;
    };

export interface KeyStore {
  readonly place: KeyPlace;
  /** Where it was kept before: what that one has wrapped is wrapped anew at the next start. */
  readonly previous?: KeyPlace;
  /** CREDENTIALS_DIRECTORY, as systemd sets it for a service. */
  readonly credentials: string | undefined;
  /** Absent: for reading only. */
  readonly random?: Random;
}

/** The master key of a configured key store; nothing is opened before it is needed. */
export function openKeyStore({ place, previous, credentials, random }: KeyStore): MasterKey {
  const open = (at: KeyPlace): MasterKey => {
    if (at.kind === 'file') return loadMasterKey(at.path, random);
    if (at.kind === 'credential') return credentialMasterKey({ folder: credentials, name: at.name }, random);
    return tokenMasterKey({ ...at, pin: () => readPin(at.pin, credentials) });
  };
  return previous === undefined ? open(place) : takingOver(open(place), open(previous));
}

function readPin(pin: PinPlace, credentials: string | undefined): Uint8Array {
  if ('credential' in pin) return readCredential({ folder: credentials, name: pin.credential });
  try {
    return readFileSync(pin.file);
  } catch (error) {
    throw new QueueError('token-pin', pin.file, { cause: error });
  }
}

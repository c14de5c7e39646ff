import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Secret } from '../../emv/values/index.ts';
import { QueueError } from '../database/errors.ts';
import { KEY_BYTES, type MasterKey, type Random, unwrapWith, wrapWith } from './master-key.ts';

/** A credential that systemd hands to a service (systemd.exec(5), LoadCredential= and LoadCredentialEncrypted=). */
export interface Credential {
  /** CREDENTIALS_DIRECTORY of the service; undefined where systemd gave none. */
  readonly folder: string | undefined;
  readonly name: string;
}

const ANYBODY = 0o007;

/**
 * The bytes of a credential. The folder is systemd's: readable for this service alone, in memory that is never swapped.
 * Throws QueueError `key-credential`.
 */
export function readCredential({ folder, name }: Credential): Uint8Array {
  const refuse = (detail: string, cause?: unknown): QueueError => new QueueError('key-credential', detail, { cause });
  if (folder === undefined) throw refuse(`${name}; CREDENTIALS_DIRECTORY is not set`);
  const path = join(folder, name);
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stat = fstatSync(file);
      if (!stat.isFile()) throw refuse(`${path} is no file`);
      // For a service with User= the group's bits show the mask of an access list, so they say nothing.
      if ((stat.mode & ANYBODY) !== 0) throw refuse(`anybody may read or write ${path}`);
      return readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw error instanceof QueueError ? error : refuse(path, error);
  }
}

/**
 * The master key as a credential of the service: 32 bytes, read when they are needed. It is made and renewed by whoever
 * administers the machine, never here. Throws QueueError `key-credential`.
 * @param random absent: nothing will be wrapped
 */
export function credentialMasterKey(credential: Credential, random?: Random): MasterKey {
  return {
    wrap(name, key) {
      if (random === undefined) throw new QueueError('read-only');
      return withKey(credential, (master) => wrapWith(master, random, name, key));
    },
    unwrap: (name, wrapped) =>
      withKey(credential, (master) => {
        const key = unwrapWith(master, name, wrapped);
        return key && { key, current: true };
      }),
    renew: () => false,
    destroy() {},
  };
}

function withKey<T>(credential: Credential, work: (master: Secret) => T): T {
  const master = new Secret(readCredential(credential));
  try {
    const length = master.use((bytes) => bytes.length);
    if (length !== KEY_BYTES)
      throw new QueueError('key-credential', `${credential.name} has ${length} bytes, not ${KEY_BYTES}`);
    return work(master);
  } finally {
    master.wipe();
  }
}

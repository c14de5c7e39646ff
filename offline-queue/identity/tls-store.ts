import { ok as assert } from 'node:assert/strict';
import { concat, readUint, uintBytes } from '../../emv/values/index.ts';
import type { Database } from '../database/database.ts';
import { QueueError } from '../database/errors.ts';
import type { TlsStore } from '../interface/queue.ts';
import { KEYS, keyRows } from '../keys/key-rows.ts';
import type { Sealing } from '../keys/sealing.ts';

const CURRENT = 'tls';
const NEXT = 'tls-next';
const LENGTH_BYTES = 2;

/** What is sealed of the current pair: length of the key, key, certificate. */
const pairBytes = (key: Uint8Array, certificate: string): Uint8Array =>
  concat(uintBytes(key.length, LENGTH_BYTES), key, new TextEncoder().encode(certificate));

/** The terminal's TLS key and certificate, and the key of the certificate that is asked for; rows of `keys`, sealed. */
export function tlsStore(db: Database, sealing: Sealing): TlsStore {
  const rows = keyRows(db);

  /** Undefined when there is none. */
  const read = (name: string): Uint8Array | undefined => {
    const sealed = rows.get(name);
    if (sealed === undefined) return undefined;
    const bytes = sealing.open(KEYS, name, sealed);
    if (bytes === undefined) throw new QueueError('corrupt', `the key ${name}`);
    return bytes;
  };
  const write = (name: string, bytes: Uint8Array): void => rows.put(name, sealing.seal(KEYS, name, bytes));

  /** Reads a part of the current pair; the rest is wiped. */
  const ofCurrent = <T>(part: (key: Uint8Array, certificate: Uint8Array) => T): T | undefined => {
    const bytes = read(CURRENT);
    if (bytes === undefined) return undefined;
    const end = LENGTH_BYTES + readUint(bytes.subarray(0, LENGTH_BYTES));
    try {
      return part(bytes.subarray(LENGTH_BYTES, end), bytes.subarray(end));
    } finally {
      bytes.fill(0);
    }
  };

  return {
    nextKey: () => read(NEXT),
    keepNextKey(key) {
      db.transaction(() => write(NEXT, key));
    },
    adopt(certificate) {
      db.transaction(() => {
        const key = read(NEXT);
        assert(key !== undefined, 'a certificate belongs to the key that it was asked for with');
        const pair = pairBytes(key, certificate);
        write(CURRENT, pair);
        rows.erase(NEXT);
        key.fill(0);
        pair.fill(0);
      });
    },
    certificate: () => ofCurrent((_key, certificate) => new TextDecoder().decode(certificate)),
    key: () => ofCurrent((key) => Uint8Array.from(key)),
  };
}

import { ok as assert } from 'node:assert/strict';
import { equalSecrets, hmacSm3, openBytes, sealBytes } from '../emv/crypto/index.ts';
import { Secret } from '../emv/values/index.ts';
import type { Database, Value } from './database.ts';
import { QueueError } from './errors.ts';

export type Random = (length: number) => Uint8Array;

const KEY_BYTES = 32;
const IV_BYTES = 16;

/** Seals content and tags rows under the queue's data key. */
export interface Sealing {
  /** SM4 with MAC, bound to the row: what is sealed for one row opens in no other. */
  seal(table: string, key: string | number, plaintext: Uint8Array): Uint8Array;
  /** Undefined when the bytes were not sealed by this queue for this row. */
  open(table: string, key: string | number, sealed: Uint8Array): Uint8Array | undefined;
  /** HMAC-SM3 over the table's name and a row's values. */
  tag(table: string, values: readonly Value[]): Uint8Array;
  holds(tag: Uint8Array, table: string, values: readonly Value[]): boolean;
  /** HMAC-SM3 under a key that is used for the hotlist's digest alone. */
  digest(...parts: readonly Uint8Array[]): Uint8Array;
  wipe(): void;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const identityOf = (table: string, key: string | number): Uint8Array => utf8(`jdpos-queue/1 ${table} ${key}`);

/**
 * Opens the data key with the master key; makes and wraps one when the queue has none. Throws QueueError `wrong-key`.
 * @param random absent: read-only, nothing is made
 */
export function openSealing(db: Database, masterKey: Secret | Uint8Array, random?: Random): Sealing {
  const dataKey = useKey(masterKey, (master) => openDataKey(db, master, random));
  return sealingUnder(dataKey, random);
}

function useKey<T>(key: Secret | Uint8Array, work: (bytes: Uint8Array) => T): T {
  const checked = (bytes: Uint8Array): T => {
    assert(bytes.length === KEY_BYTES, `the master key has ${bytes.length} bytes, not ${KEY_BYTES}`);
    return work(bytes);
  };
  return key instanceof Secret ? key.use(checked) : checked(key);
}

function openDataKey(db: Database, master: Uint8Array, random: Random | undefined): Secret {
  const associatedData = identityOf('keys', 'data');
  const row = db.prepare<{ sealed: Uint8Array }>("select sealed from keys where name = 'data'").get();
  if (row !== undefined) {
    const key = openBytes({ key: master, sealed: row.sealed, associatedData });
    if (key?.length !== KEY_BYTES) throw new QueueError('wrong-key');
    return new Secret(key);
  }
  if (random === undefined) throw new QueueError('older-schema');
  const key = random(KEY_BYTES);
  const sealed = sealBytes({ key: master, iv: random(IV_BYTES), plaintext: key, associatedData });
  db.transaction(() => db.prepare("insert into keys (name, sealed) values ('data', ?)").run(sealed));
  return new Secret(key);
}

function sealingUnder(dataKey: Secret, random: Random | undefined): Sealing {
  const derived = (purpose: string): Secret => new Secret(dataKey.use((key) => hmacSm3(key, utf8(purpose))));
  const [tagKey, digestKey] = [derived('jdpos-row-tag/1'), derived('jdpos-hotlist-digest/1')];
  const tag = (table: string, values: readonly Value[]): Uint8Array =>
    tagKey.use((key) => hmacSm3(key, ...rowBytes(table, values)));
  return {
    seal(table, key, plaintext) {
      assert(random !== undefined, 'a queue that is open for reading seals nothing');
      const iv = random(IV_BYTES);
      return dataKey.use((bytes) => sealBytes({ key: bytes, iv, plaintext, associatedData: identityOf(table, key) }));
    },
    open: (table, key, sealed) =>
      dataKey.use((bytes) => openBytes({ key: bytes, sealed, associatedData: identityOf(table, key) })),
    tag,
    holds: (given, table, values) => equalSecrets(given, tag(table, values)),
    digest: (...parts) => digestKey.use((key) => hmacSm3(key, ...parts)),
    wipe() {
      for (const key of [dataKey, tagKey, digestKey]) key.wipe();
    },
  };
}

/** Every value with its type and length before it, so that no two rows share their bytes; neighbouring texts in one part. */
function rowBytes(table: string, values: readonly Value[]): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  let text = textPart(table);
  for (const value of values) {
    if (value instanceof Uint8Array) {
      parts.push(utf8(`${text}bytes ${value.length}:`), value);
      text = '';
    } else text += textPart(value);
  }
  parts.push(utf8(text));
  return parts;
}

function textPart(value: string | number | null): string {
  if (value === null) return 'null 0:';
  const text = String(value);
  return `${typeof value} ${Buffer.byteLength(text)}:${text}`;
}

import { ok as assert } from 'node:assert/strict';
import {
  type BlockKey,
  equalSecrets,
  type HmacKey,
  hmacSm3,
  hmacSm3Key,
  type SealingKey,
  sealingKey,
  sm4Key,
} from '../../emv/crypto/index.ts';
import { Secret } from '../../emv/values/index.ts';
import type { Database, Value } from '../database/database.ts';
import type { DataKeys } from './data-keys.ts';
import { KEYS, keyRows } from './key-rows.ts';
import type { Random } from './master-key.ts';

const IV_BYTES = 16;
const CIPHER_KEY_BYTES = 16;

/** For the hotlist's digest alone; no rotation replaces them. */
interface DigestKeys {
  readonly cards: BlockKey;
  readonly rest: HmacKey;
}

/** Seals content and tags rows under the queue's data key; while a rotation is under way, the one before still opens. */
export interface Sealing {
  /** SM4 with MAC, bound to the row: what is sealed for one row opens in no other. */
  seal(table: string, key: string | number, plaintext: Uint8Array): Uint8Array;
  /** Undefined when the bytes were not sealed by this queue for this row. */
  open(table: string, key: string | number, sealed: Uint8Array): Uint8Array | undefined;
  /** HMAC-SM3 over the table's name and a row's values. */
  tag(table: string, values: readonly Value[]): Uint8Array;
  holds(tag: Uint8Array, table: string, values: readonly Value[]): boolean;
  readonly digest: DigestKeys;
  /** 16 random bytes. */
  nonce(): Uint8Array;
  /** What the data key before has sealed and tagged; undefined when no rotation is under way. */
  old(): Pick<Sealing, 'open' | 'holds'> | undefined;
  /** Lends the newest data key; it must not be kept beyond the call. */
  withDataKey<T>(work: (key: Uint8Array) => T): T;
  /** Makes sure that the key of the digest outlives the data key; within a transaction. */
  keepDigestKey(): void;
  /** Seals and tags under another data key from now on, whose bytes it takes over. */
  replaceBy(next: Uint8Array): void;
  forgetOld(): void;
  wipe(): void;
}

const utf8 = (text: string): Uint8Array => Buffer.from(text);
const identityOf = (table: string, key: string | number): Uint8Array => utf8(`jdpos-queue/1 ${table} ${key}`);

/** What one data key seals and tags, made ready: a queue does so all day. */
interface Generation {
  readonly dataKey: Secret;
  readonly seals: SealingKey;
  readonly tags: HmacKey;
}

const derived = (dataKey: Secret, purpose: string): Secret =>
  new Secret(dataKey.use((key) => hmacSm3(key, utf8(purpose))));

function generationOf(key: Uint8Array): Generation {
  const dataKey = new Secret(key);
  const tagKey = derived(dataKey, 'jdpos-row-tag/1');
  try {
    return { dataKey, seals: sealingKey(key), tags: tagKey.use(hmacSm3Key) };
  } finally {
    tagKey.wipe();
  }
}

const openUnder = ({ seals }: Generation, table: string, key: string | number, sealed: Uint8Array) =>
  seals.open({ sealed, associatedData: identityOf(table, key) });

const tagUnder = ({ tags }: Generation, table: string, values: readonly Value[]): Uint8Array =>
  tags.mac(...rowBytes(table, values));

function wipe({ dataKey, seals, tags }: Generation): void {
  dataKey.wipe();
  seals.wipe();
  tags.wipe();
}

/** A row of `keys` once a data key has been replaced: until then it follows from the first one. */
const DIGEST = 'hotlist-digest';

/**
 * Takes over the bytes of the data keys, which it wipes in the end.
 * @param random absent: for reading only
 */
export function openSealing(db: Database, keys: DataKeys, random: Random | undefined): Sealing {
  let newest = generationOf(keys.newest);
  let old = keys.old && generationOf(keys.old);
  const open: Sealing['open'] = (table, key, sealed) =>
    openUnder(newest, table, key, sealed) ?? (old && openUnder(old, table, key, sealed));
  const nonce = (): Uint8Array => {
    assert(random !== undefined, 'a queue that is open for reading seals nothing');
    return random(IV_BYTES);
  };
  const seal: Sealing['seal'] = (table, key, plaintext) =>
    newest.seals.seal({ iv: nonce(), plaintext, associatedData: identityOf(table, key) });
  const holdsUnder = (generation: Generation): Sealing['holds'] => {
    return (given, table, values) => equalSecrets(given, tagUnder(generation, table, values));
  };
  const holds: Sealing['holds'] = (given, table, values) =>
    holdsUnder(newest)(given, table, values) || (old !== undefined && holdsUnder(old)(given, table, values));

  const rows = keyRows(db);
  const sealed = rows.get(DIGEST);
  const kept = sealed && open(KEYS, DIGEST, sealed);
  const digestKey = kept ? new Secret(kept) : derived(newest.dataKey, 'jdpos-hotlist-digest/1');
  const digest = digestKey.use((key) => ({
    cards: sm4Key(key.subarray(0, CIPHER_KEY_BYTES)),
    rest: hmacSm3Key(key.subarray(CIPHER_KEY_BYTES)),
  }));
  return {
    seal,
    open,
    tag: (table, values) => tagUnder(newest, table, values),
    holds,
    digest,
    nonce,
    old() {
      const before = old;
      return before && { open: (...row) => openUnder(before, ...row), holds: holdsUnder(before) };
    },
    withDataKey: (work) => newest.dataKey.use(work),
    keepDigestKey() {
      if (rows.get(DIGEST) === undefined) digestKey.use((key) => rows.put(DIGEST, seal(KEYS, DIGEST, key)));
    },
    replaceBy(next) {
      old = newest;
      newest = generationOf(next);
    },
    forgetOld() {
      if (old !== undefined) wipe(old);
      old = undefined;
    },
    wipe() {
      for (const generation of [newest, old]) if (generation !== undefined) wipe(generation);
      digestKey.wipe();
      digest.cards.wipe();
      digest.rest.wipe();
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

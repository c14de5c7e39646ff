import BetterSqlite from 'better-sqlite3';
import { chainHash, encodeRecord, parseRecord, type Record } from '../../clearing/contract/record/index.ts';
import { drawSm2PrivateKey, openBytes, sealBytes, sm2Open, sm2PublicKey, sm2Seal } from '../../emv/crypto/index.ts';
import { decodeIntent, describeIntent, encodeIntent, type Intent } from '../../emv/kernel/index.ts';
import { equalBytes, hex, toHex } from '../../emv/values/index.ts';
import { Database } from '../../offline-queue/database/database.ts';
import { QueueError } from '../../offline-queue/database/errors.ts';
import { openDataKeys } from '../../offline-queue/keys/data-keys.ts';
import { heldMasterKey } from '../../offline-queue/keys/master-key.ts';
import { openSealing } from '../../offline-queue/keys/sealing.ts';
import type { ByteTarget } from './byte-fuzz.ts';

/*
 * Bytes that lie on a disk or come over the network: intents, records, sealed envelopes. Changed ones are found, in the way
 * that their reader promises, and never by an exception of another kind.
 */

const KEY = hex('A5'.repeat(32));
const GENESIS = hex('11'.repeat(32));
const ASSOCIATED = new TextEncoder().encode('intents payment-1');
const RANDOM = (length: number): Uint8Array => Uint8Array.from({ length }, (_, at) => (at * 37 + length) & 0xff);

function intentTarget(intents: readonly Intent[]): ByteTarget {
  return {
    name: 'intent',
    seeds: intents.map(encodeIntent),
    check: (bytes) => {
      const decoded = decodeIntent(bytes);
      if (decoded === undefined) return undefined;
      const written = encodeIntent(decoded);
      const again = decodeIntent(written);
      if (again === undefined || !equalBytes(encodeIntent(again), written)) return 'does not survive its encoding';
      if (written.length > bytes.length * 4 + 64) return `${bytes.length} bytes become ${written.length}`;
      const told = describeIntent(decoded);
      return told === undefined || told.card.pan.equals(decoded.pan) ? undefined : 'tells another card';
    },
  };
}

function recordTarget(records: readonly Record[]): ByteTarget {
  const seeds = records.map(encodeRecord);
  const hashes = new Map(seeds.map((seed) => [toHex(chainHash(GENESIS, seed)), toHex(seed)]));
  return {
    name: 'canonical record',
    seeds,
    check: (bytes) => {
      const known = hashes.get(toHex(chainHash(GENESIS, bytes)));
      if (known !== undefined && known !== toHex(bytes)) return 'other bytes have the same hash';
      const parsed = parseRecord(bytes);
      if (parsed.kind === 'malformed') return /\d{12}/.test(parsed.reason) ? 'the reason tells digits' : undefined;
      return equalBytes(encodeRecord(parsed.record), bytes) ? undefined : 'would be written otherwise';
    },
  };
}

/** A sealed envelope opens as it was sealed, and in no other way. */
function sealedTarget(
  name: string,
  sealed: Uint8Array,
  open: (bytes: Uint8Array) => Uint8Array | undefined,
): ByteTarget {
  return {
    name,
    seeds: [sealed],
    check: (bytes) =>
      (open(bytes) !== undefined) === equalBytes(bytes, sealed)
        ? undefined
        : 'a changed envelope opens, or its own does not',
  };
}

/** The queue's own envelopes; `rows` are the places that they are bound to. */
function queueTargets(): readonly ByteTarget[] {
  const db = new Database(new BetterSqlite(':memory:'));
  db.prepare('create table keys (name text primary key, sealed blob not null)').run();
  db.prepare('create table identities (epoch integer primary key, sealed blob not null)').run();
  const master = heldMasterKey(KEY, RANDOM);
  const sealing = openSealing(db, openDataKeys(db, master, RANDOM), RANDOM);
  const sealed = sealing.seal('intents', 'payment-1', hex('00112233445566778899'));
  const { sealed: wrapped } = db.prepare<{ sealed: Uint8Array }>('select sealed from keys').get() ?? { sealed: KEY };
  const put = db.prepare('update keys set sealed = ?');
  return [
    sealedTarget('sealed intent', sealed, (bytes) => sealing.open('intents', 'payment-1', bytes)),
    {
      name: 'sealed intent in another row',
      seeds: [sealed],
      check: (bytes) => (sealing.open('intents', 'payment-2', bytes) === undefined ? undefined : 'it opens'),
    },
    {
      name: 'row tag',
      seeds: [sealing.tag('payments', ['payment-1', 1_280, null])],
      check: (bytes) => {
        const right = equalBytes(bytes, sealing.tag('payments', ['payment-1', 1_280, null]));
        return sealing.holds(bytes, 'payments', ['payment-1', 1_280, null]) === right
          ? undefined
          : 'a changed tag holds';
      },
    },
    sealedTarget('wrapped data key', new Uint8Array(wrapped), (bytes) => {
      put.run(bytes);
      try {
        openDataKeys(db, master).newest.fill(0);
        return bytes;
      } catch (thrown) {
        if (thrown instanceof QueueError && thrown.code === 'wrong-key') return undefined;
        throw thrown;
      }
    }),
  ];
}

function envelopeTargets(): readonly ByteTarget[] {
  const plaintext = hex('6299990000000000012F');
  const sealed = sealBytes({ key: KEY, iv: RANDOM(16), plaintext, associatedData: ASSOCIATED });
  const privateKey32 = drawSm2PrivateKey(() => hex('1B2A3C4D5E6F708192A3B4C5D6E7F80910213243546576879809AABBCCDDEEF1'));
  const toHost = sm2Seal({
    publicKey64: sm2PublicKey(privateKey32),
    ephemeralPrivateKey32: hex('4C62EEFD6ECFC2B95B92FD6C3D9575148AFA17425546D49018E5388D49DD7B4F'),
    plaintext,
    associatedData: ASSOCIATED,
  });
  if (toHost === undefined) throw new RangeError('nothing was sealed');
  return [
    sealedTarget('sealed bytes', sealed, (bytes) => openBytes({ key: KEY, sealed: bytes, associatedData: ASSOCIATED })),
    {
      name: 'associated data',
      seeds: [ASSOCIATED],
      check: (associatedData) => {
        const opened = openBytes({ key: KEY, sealed, associatedData }) !== undefined;
        return opened === equalBytes(associatedData, ASSOCIATED) ? undefined : 'other associated data open it';
      },
    },
    sealedTarget('envelope to the host', toHost, (envelope) =>
      sm2Open({ privateKey32, envelope, associatedData: ASSOCIATED }),
    ),
  ];
}

/** What is kept and sent. */
export function storedTargets(parts: {
  readonly intents: readonly Intent[];
  readonly records: readonly Record[];
}): readonly ByteTarget[] {
  return [intentTarget(parts.intents), recordTarget(parts.records), ...queueTargets(), ...envelopeTargets()];
}

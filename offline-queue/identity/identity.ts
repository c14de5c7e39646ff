import { ok as assert } from 'node:assert/strict';
import { drawSm2PrivateKey } from '../../emv/crypto/index.ts';
import { equalBytes } from '../../emv/values/index.ts';
import type { Database } from '../database/database.ts';
import { QueueError } from '../database/errors.ts';
import { placeOf } from '../database/place.ts';
import type { Identity, IdentityStore } from '../interface/queue.ts';
import { KEYS, keyRows } from '../keys/key-rows.ts';
import type { Random } from '../keys/master-key.ts';
import type { Sealing } from '../keys/sealing.ts';
import { putSetting } from '../rows/settings.ts';
import type { Tables } from '../rows/tables.ts';
import { identityBytes, parseIdentity } from './identity-bytes.ts';

/** Sealed under this name and the epoch. */
export const IDENTITIES = 'identities';
const NEXT_SIGNING_KEY = 'next-signing';
const ENROLMENT_CODE = 'enrolment-code';

/** Every identity this terminal has had: older ones are needed to check older records. */
export interface Identities {
  /** Throws QueueError `corrupt` when it no longer opens. */
  current(): Identity | undefined;
  /** Throws QueueError `not-enrolled`. */
  required(): Identity;
  /** Undefined when there is none for this epoch, or it no longer opens. */
  of(epoch: number): Identity | undefined;
  epochs(): readonly number[];
  /** Seals an identity; within a transaction. */
  write(identity: Identity): void;
  /** Makes it the current one; after that transaction. */
  adopt(identity: Identity): void;
  wipe(): void;
}

/** Unsealed once, not at each use. */
export function openIdentities(db: Database, sealing: Sealing): Identities {
  const all = db.prepare<{ epoch: number; sealed: Uint8Array }>('select epoch, sealed from identities order by epoch');
  const insert = db.prepare('insert or replace into identities (epoch, sealed) values (?, ?)');
  const known = new Map<number, Identity | undefined>();
  for (const { epoch, sealed } of all.all()) {
    const bytes = sealing.open(IDENTITIES, epoch, sealed);
    known.set(epoch, bytes && parseIdentity(epoch, bytes));
    bytes?.fill(0);
  }
  const current = (): Identity | undefined => {
    const epoch = Math.max(0, ...known.keys());
    const identity = known.get(epoch);
    if (epoch > 0 && identity === undefined) throw new QueueError('corrupt', `the identity of epoch ${epoch}`);
    return identity;
  };
  return {
    current,
    required() {
      const identity = current();
      if (identity === undefined) throw new QueueError('not-enrolled');
      return identity;
    },
    of: (epoch) => known.get(epoch),
    epochs: () => [...known.keys()],
    write(identity) {
      const bytes = identityBytes(identity);
      db.changeKeys();
      insert.run(identity.epoch, sealing.seal(IDENTITIES, identity.epoch, bytes));
      bytes.fill(0);
    },
    adopt(identity) {
      known.set(identity.epoch, parseIdentity(identity.epoch, identityBytes(identity)));
    },
    wipe() {
      for (const identity of known.values()) {
        identity?.signingKey.fill(0);
        identity?.cardTokenKey.fill(0);
      }
    },
  };
}

/**
 * @param enrolled called once an enrolment is durable
 * @param somethingPending says what the centre has not acknowledged yet, if anything
 */
export function identityStore(
  db: Database,
  { settings }: Pick<Tables, 'settings'>,
  identities: Identities,
  parts: {
    readonly sealing: Sealing;
    readonly random: Random | undefined;
    readonly somethingPending: () => string | undefined;
    readonly enrolled: () => void;
  },
): IdentityStore {
  const recordFrom = db.prepare('select 1 from records where place >= ? limit 1');
  const enrolment = enrolmentKeys(db, parts.sealing, parts.random);
  const refusePending = (): void => {
    const pending = parts.somethingPending();
    if (pending !== undefined) throw new QueueError('unacknowledged', pending);
  };
  return {
    get: () => identities.current(),
    enrol(identity) {
      const before = identities.current();
      if (before && equalBytes(identityBytes(before), identityBytes(identity)) && before.epoch === identity.epoch)
        return;
      refusePending();
      db.transaction(() => {
        // An epoch is one chain: it begins once, from one genesis hash.
        const used = recordFrom.get(placeOf(identity.epoch, 0)) !== undefined;
        if (used || (before && identity.epoch < before.epoch))
          throw new QueueError('epoch-used', `epoch ${identity.epoch}`);
        identities.write(identity);
        enrolment.forget();
      });
      identities.adopt(identity);
      parts.enrolled();
    },
    beginEnrolment(code) {
      if (identities.current() !== undefined) refusePending();
      enrolment.keepCode(code);
    },
    enrolmentUnderWay: enrolment.code,
    giveUpEnrolment: enrolment.forgetCode,
    nextSigningKey: enrolment.signingKey,
    setting: (name) => settings.get(name)?.value,
    setSetting(name, value) {
      assert(name !== '', 'a setting has a name');
      db.transaction(() => putSetting(db, { settings }, name, value));
    },
  };
}

/** What an enrolment under way needs and must find again after a crash: sealed rows that end with it. */
function enrolmentKeys(db: Database, sealing: Sealing, random: Random | undefined) {
  const rows = keyRows(db);
  const kept = (name: string): Uint8Array | undefined => {
    const sealed = rows.get(name);
    return sealed && sealing.open(KEYS, name, sealed);
  };
  const keep = (name: string, bytes: Uint8Array): void => {
    db.transaction(() => rows.put(name, sealing.seal(KEYS, name, bytes)));
  };
  return {
    signingKey(): Uint8Array {
      const before = kept(NEXT_SIGNING_KEY);
      if (before !== undefined) return before;
      assert(random !== undefined, 'a queue that is open for reading makes no key');
      const key = drawSm2PrivateKey(random);
      keep(NEXT_SIGNING_KEY, key);
      return key;
    },
    code(): string | undefined {
      const bytes = kept(ENROLMENT_CODE);
      return bytes && new TextDecoder().decode(bytes);
    },
    keepCode: (code: string): void => keep(ENROLMENT_CODE, new TextEncoder().encode(code)),
    forgetCode(): void {
      db.transaction(() => rows.erase(ENROLMENT_CODE));
    },
    /** Within the transaction that ends the enrolment. */
    forget(): void {
      for (const name of [NEXT_SIGNING_KEY, ENROLMENT_CODE]) rows.erase(name);
    },
  };
}

import { ok as assert } from 'node:assert/strict';
import type { Database, Value } from './database/database.ts';
import { IDENTITIES } from './identity/identity.ts';
import type { KeyRotation } from './interface/queue.ts';
import { type DataKeyRows, isSealedKey } from './keys/data-keys.ts';
import { KEYS, keyRows } from './keys/key-rows.ts';
import type { Sealing } from './keys/sealing.ts';
import { INTENTS } from './payments/intents.ts';
import { REVERSALS } from './payments/reversals.ts';
import { RECORDS } from './records/record-rows.ts';
import type { Tables } from './rows/tables.ts';

/** Rows of one small transaction: some ten milliseconds, in which a tap waits. */
const ROWS = 100;

/** Seals the next rows anew; the last key it saw, undefined when none is left. */
type Walk = (after: Value | undefined) => Value | undefined;

/**
 * Puts another data key in the place of the queue's. First the keys change, in one transaction; then every sealed or tagged
 * row, a few at a time, in any order with the payments that go on; in the end the old key is erased and the log emptied. What
 * another hand has changed opens under neither key and stays as it is, for `verify` to name.
 * @param keys absent: for reading only
 * @param ending called before the old key is erased; what it throws leaves that for the next step
 */
export function keyRotation(
  db: Database,
  tables: Tables,
  sealing: Sealing,
  keys: DataKeyRows | undefined,
  ending: () => void = () => {},
): KeyRotation {
  let walks: readonly Walk[] | undefined;
  let after: Value | undefined;
  /** The old key is erased, and may still stand in the write-ahead log. */
  let logToEmpty = false;

  const walkOn = (): boolean => {
    walks ??= walksOver(db, tables, sealing);
    const [walk, ...rest] = walks;
    if (walk === undefined) return false;
    after = db.transaction(() => walk(after));
    if (after === undefined) walks = rest;
    return true;
  };
  const end = (own: DataKeyRows): void => {
    ending();
    own.eraseOld();
    sealing.forgetOld();
    walks = undefined;
    logToEmpty = true;
  };
  return {
    underWay: () => logToEmpty || sealing.old() !== undefined,
    begin() {
      assert(keys !== undefined, 'a queue that is open for reading rotates nothing');
      if (sealing.old() !== undefined) return { masterKey: 'same' };
      db.transaction(() => sealing.keepDigestKey());
      const { next, renewed } = sealing.withDataKey((current) => keys.replace(current));
      sealing.replaceBy(next);
      return { masterKey: renewed ? 'new' : 'same' };
    },
    goOn() {
      assert(keys !== undefined, 'a queue that is open for reading rotates nothing');
      if (sealing.old() !== undefined) {
        keys.destroyOldMaster();
        if (!walkOn()) end(keys);
        return 'more';
      }
      if (logToEmpty) logToEmpty = !db.emptyLog();
      return logToEmpty ? 'waits' : 'done';
    },
  };
}

/** Everything that is sealed or tagged under the data key: a table that is added is added here. */
function walksOver(db: Database, tables: Tables, sealing: Sealing): readonly Walk[] {
  const reseal = (table: string, key: string | number, sealed: Uint8Array): Uint8Array | undefined => {
    const content = sealing.old()?.open(table, key, sealed);
    const anew = content && sealing.seal(table, key, content);
    content?.fill(0);
    return anew;
  };
  const { payments, intents, reversals } = tables;
  const { batches, settings, hotlistHead, archives, closes, spendings } = tables;
  const intent: Parameters<typeof intents.tagAnew>[2] = (row) => {
    const id = payments.get(row.payment)?.id;
    const sealed = id === undefined ? undefined : reseal(INTENTS, id, row.sealed);
    return sealed && { sealed };
  };
  const reversal: Parameters<typeof reversals.tagAnew>[2] = (row) => {
    const sealed = reseal(REVERSALS, row.id, row.sealed);
    return sealed && { sealed };
  };
  return [
    () => keysAnew(db, reseal),
    () => identitiesAnew(db, reseal),
    (after) => intents.tagAnew(after, ROWS, intent),
    (after) => reversals.tagAnew(after, ROWS, reversal),
    ...[settings, hotlistHead, spendings, archives, closes, batches, payments].map(
      (table): Walk =>
        (after) =>
          table.tagAnew(after, ROWS),
    ),
    pansAnew(db, reseal),
  ];
}

type Reseal = (table: string, key: string | number, sealed: Uint8Array) => Uint8Array | undefined;

function keysAnew(db: Database, reseal: Reseal): undefined {
  const rows = keyRows(db);
  for (const row of rows.all().filter(isSealedKey)) {
    const sealed = reseal(KEYS, row.name, row.sealed);
    if (sealed) rows.put(row.name, sealed);
  }
}

/** As many as there were enrolments. */
function identitiesAnew(db: Database, reseal: Reseal): undefined {
  const update = db.prepare(`update ${IDENTITIES} set sealed = ? where epoch = ?`);
  const rows = db.prepare<{ epoch: number; sealed: Uint8Array }>(`select epoch, sealed from ${IDENTITIES}`);
  for (const row of rows.all()) {
    const sealed = reseal(IDENTITIES, row.epoch, row.sealed);
    if (sealed === undefined) continue;
    db.changeKeys();
    update.run(sealed, row.epoch);
  }
}

function pansAnew(db: Database, reseal: Reseal): Walk {
  const rows = db.prepare<{ place: number; pan: Uint8Array }>(
    `select place, pan from ${RECORDS} where place > ? and pan is not null order by place limit ${ROWS}`,
  );
  const update = db.prepare(`update ${RECORDS} set pan = ? where place = ?`);
  return (after) => {
    const page = rows.all(after ?? 0);
    for (const { place, pan } of page) {
      const sealed = reseal(RECORDS, place, pan);
      if (sealed) update.run(sealed, place);
    }
    const last = page.at(-1)?.place;
    // A place that is none comes back as its neighbour, for ever.
    return last === after ? undefined : last;
  };
}

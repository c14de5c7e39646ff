import { ok as assert } from 'node:assert/strict';
import type { Database } from './database.ts';
import type { HotlistStore } from './queue.ts';
import type { Sealing } from './sealing.ts';
import type { HotlistStateRow, Tables } from './tables.ts';

const TOKEN = /^[0-9A-F]{64}$/;

function tokenBytes(token: string): Uint8Array {
  assert(TOKEN.test(token), 'a card token is 64 upper-case hex digits');
  return Buffer.from(token, 'hex');
}

/**
 * A digest of a set that follows each change without reading the rest: XOR of the members' MACs. Who lacks the key knows
 * none of them, and so cannot put one in another's place.
 */
export function xorInto(digest: Uint8Array, mac: Uint8Array): void {
  for (let at = 0; at < digest.length; at++) digest[at] = (digest[at] ?? 0) ^ (mac[at] ?? 0);
}

export const EMPTY_DIGEST_BYTES = 32;

export function hotlistStore(
  db: Database,
  { hotlistState }: Pick<Tables, 'hotlistState'>,
  sealing: Sealing,
): HotlistStore {
  const find = db.prepare('select 1 from hotlist where token = ?');
  const insert = db.prepare('insert or ignore into hotlist (token) values (?)');
  const remove = db.prepare('delete from hotlist where token = ?');
  const clear = db.prepare('delete from hotlist');

  return {
    contains: (token) => find.get(tokenBytes(token)) !== undefined,
    status() {
      const row = hotlistState.get(1);
      return row === undefined
        ? { version: 0, entries: 0 }
        : { version: row.version, updatedAt: row.updated_at, entries: row.entries };
    },
    apply({ version, full, add, remove: removed, at }) {
      db.transaction(() => {
        const before = hotlistState.get(1);
        const digest = full
          ? new Uint8Array(EMPTY_DIGEST_BYTES)
          : Uint8Array.from(before?.digest ?? new Uint8Array(32));
        let entries = full ? 0 : (before?.entries ?? 0);
        const changed = (token: Uint8Array, by: 1 | -1): void => {
          xorInto(digest, sealing.digest(token));
          entries += by;
        };
        if (full) clear.run();
        for (const token of removed.map(tokenBytes)) if (remove.run(token).changes === 1) changed(token, -1);
        for (const token of add.map(tokenBytes)) if (insert.run(token).changes === 1) changed(token, 1);
        const row: HotlistStateRow = { id: 1, version, updated_at: at, entries, digest };
        if (before === undefined) hotlistState.insert(row);
        else hotlistState.update(before, row);
      });
    },
  };
}

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../database/database.ts';
import { openIdentities } from '../identity/identity.ts';
import { openDataKeys } from '../keys/data-keys.ts';
import { heldMasterKey } from '../keys/master-key.ts';
import { openSealing } from '../keys/sealing.ts';
import { recordRows } from '../records/record-rows.ts';
import { openTables } from '../rows/tables.ts';
import { countingRandom, LATER, MASTER, sellSettled, type TestQueue, testQueue } from '../test-support.ts';
import { archiveStore, openArchives } from './index.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
  sellSettled(t.queue, 'b p1', ['p1'], '2026-01-01T00:00:00Z');
  sellSettled(t.queue, 'b p2', ['p2']);
});
afterEach(() => t.end());

/** A step onto a disk that gives back something else than was written. */
function stepOnto(read: (written: Uint8Array) => Uint8Array | undefined): void {
  t.queue.close();
  const db = openDatabase(t.path);
  try {
    const random = countingRandom();
    const sealing = openSealing(db, openDataKeys(db, heldMasterKey(MASTER, random), random), random);
    let written: Uint8Array = new Uint8Array();
    const folder = {
      write(_name: string, bytes: Uint8Array) {
        written = bytes;
      },
      read: () => read(written),
    };
    const archives = openArchives(db, folder);
    const records = recordRows(db, openIdentities(db, sealing), sealing, archives);
    archiveStore(db, openTables(db, sealing), { records, archives, folder }).step({
      onlineMs: 30 * 86_400_000,
      at: LATER,
    });
  } finally {
    db.close();
    t.reopen();
  }
}

describe('a file that does not read back', () => {
  it.each<[string, (written: Uint8Array) => Uint8Array | undefined]>([
    ['is not there', () => undefined],
    ['is cut', (written) => written.subarray(0, -1)],
    ['has another byte', (written) => Uint8Array.from(written, (byte, at) => (at === 30 ? byte ^ 1 : byte))],
  ])('because it %s: the rows stay', (_how, read) => {
    expect(() => stepOnto(read)).toThrow(expect.objectContaining({ code: 'io-error' }));
    expect(t.queue.archive.list()).toEqual([]);
    expect(t.queue.verify()).toMatchObject({ kind: 'sound', records: 2 });
    expect(t.queue.payments.get('p1')).toBeDefined();
  });
});

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../database/database.ts';
import { openDataKeys } from '../keys/data-keys.ts';
import { heldMasterKey } from '../keys/master-key.ts';
import { openSealing } from '../keys/sealing.ts';
import { MASTER, type TestQueue, testQueue } from '../test-support.ts';
import { TaggedTable } from './tagged-table.ts';

interface Setting {
  readonly name: string;
  readonly value: string;
}

let t: TestQueue;
let db: Database;
let settings: TaggedTable<Setting>;
beforeEach(() => {
  t = testQueue();
  db = openDatabase(join(t.folder, 'table.db'));
  const random = (length: number): Uint8Array => randomBytes(length);
  const sealing = openSealing(db, openDataKeys(db, heldMasterKey(MASTER, random), random), random);
  settings = new TaggedTable<Setting>(db, sealing, 'settings', ['name', 'value']);
});
afterEach(() => {
  db.close();
  t.end();
});

const row = (name: string) => {
  const found = settings.get(name);
  if (found === undefined) throw new Error(`no setting ${name}`);
  return found;
};
const byAnotherHand = (sql: string): void => {
  db.prepare(sql).run();
};

it('knows a row that it has just written, and one that it wrote long ago', () => {
  for (let at = 0; at < 200; at++) settings.insert({ name: `s${at}`, value: '1' });
  expect(settings.holds(row('s199'))).toBe(true);
  expect(settings.holds(row('s0'))).toBe(true);
});

it('does not take a row for its own that another hand has changed since', () => {
  settings.insert({ name: 'limit', value: '10' });
  byAnotherHand("update settings set value = '99' where name = 'limit'");
  expect(settings.holds(row('limit'))).toBe(false);
  byAnotherHand("update settings set value = '10' where name = 'limit'");
  expect(settings.holds(row('limit'))).toBe(true);
  byAnotherHand("update settings set changes = changes + 1 where name = 'limit'");
  expect(settings.holds(row('limit'))).toBe(false);
  byAnotherHand("update settings set changes = changes - 1 where name = 'limit'");
  expect(settings.holds(row('limit'))).toBe(true);
  byAnotherHand("update settings set tag = zeroblob(32) where name = 'limit'");
  expect(settings.holds(row('limit'))).toBe(false);
});

it('never makes a sound row of one that was changed, however often it changes it', () => {
  settings.insert({ name: 'limit', value: '10' });
  byAnotherHand("update settings set value = '99' where name = 'limit'");
  for (const value of ['11', '12', '13']) expect(settings.holds(settings.update(row('limit'), { value }))).toBe(false);
  expect(settings.holds(row('limit'))).toBe(false);
});

describe('changing a row by its key', () => {
  it('is the same for a row that was written lately and for one that is read', () => {
    for (let at = 0; at < 200; at++) settings.insert({ name: `s${at}`, value: '1' });
    for (const name of ['s0', 's199']) {
      for (const value of ['2', '3']) expect(settings.change(name, { value })?.value).toBe(row(name).value);
      expect(row(name)).toMatchObject({ value: '3', changes: 3 });
      expect(settings.holds(row(name))).toBe(true);
    }
    expect(settings.change('none', { value: '2' })).toBeUndefined();
  });

  it.each(['value = 99', 'changes = changes + 7', 'tag = zeroblob(32)'])(
    'never makes a sound row of one whose %s',
    (changed) => {
      settings.insert({ name: 'limit', value: '10' });
      byAnotherHand(`update settings set ${changed} where name = 'limit'`);
      for (const value of ['11', '12']) settings.change('limit', { value });
      expect(row('limit').value).toBe('12');
      expect(settings.holds(row('limit'))).toBe(false);
    },
  );

  it('finds what another hand has deleted no more', () => {
    settings.insert({ name: 'limit', value: '10' });
    byAnotherHand("delete from settings where name = 'limit'");
    expect(settings.change('limit', { value: '11' })).toBeUndefined();
  });

  it('does not take what a failed transaction wrote for what is there', () => {
    settings.insert({ name: 'limit', value: '10' });
    const failing = (): void =>
      db.transaction(() => {
        settings.change('limit', { value: '11' });
        throw new Error('no');
      });
    expect(failing).toThrow('no');
    settings.change('limit', { value: '12' });
    expect(row('limit')).toMatchObject({ value: '12', changes: 2 });
    expect(settings.holds(row('limit'))).toBe(true);
  });
});

it('does not mistake what a failed transaction wrote for what is there', () => {
  settings.insert({ name: 'limit', value: '10' });
  const failing = (): void =>
    db.transaction(() => {
      settings.update(row('limit'), { value: '11' });
      throw new Error('no');
    });
  expect(failing).toThrow('no');
  expect(row('limit').value).toBe('10');
  expect(settings.holds(row('limit'))).toBe(true);
  byAnotherHand("update settings set value = '11' where name = 'limit'");
  expect(settings.holds(row('limit'))).toBe(false);
});

it('counts no change of a row that is there no more, so that none seems to be missing later', () => {
  settings.insert({ name: 'limit', value: '10' });
  const read = row('limit');
  byAnotherHand("delete from settings where name = 'limit'");
  const before = db.changes;
  db.transaction(() => {
    expect(() => settings.update(read, { value: '11' })).toThrow('limit');
  });
  expect(db.changes).toBe(before);
  db.transaction(() => settings.insert({ name: 'limit', value: '10' }));
  expect(db.changes).toBe(before + 1);
});

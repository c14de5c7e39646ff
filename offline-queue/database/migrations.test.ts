import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { migrate, putMarksBack, STEPS } from './migrations.ts';

let db: BetterSqlite.Database;
beforeEach(() => {
  db = new BetterSqlite(':memory:');
});
afterEach(() => {
  db.close();
});

/** A file as the program before this step left it. */
function upTo(step: string): void {
  const at = STEPS.findIndex((text) => text.includes(step));
  for (const text of STEPS.slice(0, at)) db.exec(text);
  db.pragma(`user_version = ${at}`);
}

it('a hotlist of the first form is asked for again: until then nothing is known of one', () => {
  upTo('drop table hotlist_state');
  db.exec(`insert into hotlist values (zeroblob(32));
    insert into hotlist_state values (1, 7, '2026-03-09T02:15:30.000Z', 1, zeroblob(32), zeroblob(32));`);
  migrate(db);
  const count = (table: string) => db.prepare(`select count(*) from ${table}`).pluck().get();
  expect([count('hotlist_cards'), count('hotlist_head')]).toEqual([0, 0]);
  expect(db.prepare("select name from sqlite_schema where name in ('hotlist', 'hotlist_state')").all()).toEqual([]);
});

it('a hotlist in blocks stays as it was', () => {
  upTo('rename to hotlist_cards_before');
  db.exec(`insert into hotlist_cards values (2, x'${'0B'.repeat(32)}', x'${'0B'.repeat(32)}01');
    insert into hotlist_cards values (1, x'${'0C'.repeat(32)}', x'${'0C'.repeat(32)}01${'0D'.repeat(32)}00');
    insert into hotlist_cards values (1, x'${'0A'.repeat(32)}', x'${'0A'.repeat(32)}01')`);
  const blocks = () =>
    db.prepare('select list, hex(first) as first, hex(cards) as cards from hotlist_cards order by list, first').all();
  const before = blocks();
  expect(before).toHaveLength(3);
  migrate(db);
  expect(blocks()).toEqual(before);
  expect(db.prepare("select name from sqlite_schema where name like 'hotlist%before'").all()).toEqual([]);
});

it('steps that were taken are not taken again', () => {
  migrate(db);
  db.exec(`insert into hotlist_head values (1, 7, null, '', 0, 0, '', x'00', 1)`);
  migrate(db);
  expect(db.prepare('select version from hotlist_head').pluck().get()).toBe(7);
});

it('a file of an earlier version, marked as what it is, is not taken for one of this version', () => {
  for (const [at] of STEPS.entries()) {
    const earlier = new BetterSqlite(':memory:');
    migrate(earlier, at);
    putMarksBack(earlier);
    expect(earlier.pragma('user_version', { simple: true })).toBe(at);
    migrate(earlier);
    expect(earlier.pragma('user_version', { simple: true })).toBe(STEPS.length);
    earlier.close();
  }
});

// `verify` holds the schema of a file, which another SQLite may have written, against what this one makes.
it('a table that was altered stands in the schema as every SQLite so far has written it', () => {
  migrate(db);
  expect(db.prepare("select sql from sqlite_schema where name = 'settings'").pluck().get()).toBe(
    'CREATE TABLE settings (name text primary key, value text not null, tag blob not null, changes integer not null default 0) strict, without rowid',
  );
});

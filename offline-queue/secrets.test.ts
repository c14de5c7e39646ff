import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AT, approval, draft, IDENTITY, pan, registration, type TestQueue, testQueue } from './test-support.ts';

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
});
afterEach(() => t.end());

const DIGITS = '6228481234567890129';
const CARD = pan(DIGITS);
const utf8 = (text: string) => Buffer.from(text);
/** As it stands in a track or a compressed numeric field. */
const PACKED = Buffer.from(`${DIGITS}F`, 'hex');

/** All that lies on the disk: the database, its log, the lock. */
const onDisk = (): Buffer => Buffer.concat(readdirSync(t.folder).map((name) => readFileSync(join(t.folder, name))));

const planted = (nextSigningKey: Uint8Array): readonly [string, Buffer][] => [
  ['the PAN in digits', utf8(DIGITS)],
  ['the PAN packed', PACKED],
  ['the account number within', utf8(DIGITS.slice(6, 15))],
  ['the signing key', Buffer.from(IDENTITY.signingKey)],
  ['the card token key', Buffer.from(IDENTITY.cardTokenKey)],
  ['the key of an enrolment under way', Buffer.from(nextSigningKey)],
];

describe('what lies on the disk (design 4.8)', () => {
  it.each(['while the queue is open', 'after it is closed'])('holds no secret %s', (when) => {
    t.queue.payments.register(registration('p1'));
    const next = t.queue.identity.nextSigningKey();
    t.queue.intents.save({ paymentId: 'p1', content: Buffer.concat([utf8(`intent ${DIGITS}`), PACKED]), at: AT });
    t.queue.reversals.write({ id: 'r1', paymentId: 'p1', content: utf8(`reversal ${DIGITS}`), at: AT });
    t.queue.commitOutcome({ ...approval('p1'), record: { draft: draft('p1', {}, CARD), pan: CARD } });
    expect(t.queue.records.pan(1, 1)?.reveal()).toBe(DIGITS);
    if (when === 'after it is closed') t.queue.close();
    const disk = onDisk();
    expect(disk.includes(utf8('622848*********0129'))).toBe(true);
    expect(
      planted(next)
        .filter(([, bytes]) => disk.includes(bytes))
        .map(([name]) => name),
    ).toEqual([]);
    if (when === 'after it is closed') t.reopen();
  });

  it('is another sealed text each time, though the content is the same', () => {
    const sealed = (): string => {
      t.queue.intents.save({ paymentId: 'p1', content: utf8(DIGITS), at: AT });
      const db = new BetterSqlite(t.path, { readonly: true });
      const bytes = db.prepare('select sealed from intents').pluck().get() as Buffer;
      db.close();
      return bytes.toString('hex');
    };
    t.queue.payments.register(registration('p1'));
    expect(new Set([sealed(), sealed(), sealed()]).size).toBe(3);
  });
});

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openQueue } from '../open.ts';
import {
  AT,
  acknowledge,
  approval,
  countingRandom,
  faultOf,
  LATER,
  MASTER,
  registration,
  sealBatch,
  sell,
  sellSettled,
  settle,
  type TestQueue,
  testQueue,
} from '../test-support.ts';

const DAY_MS = 86_400_000;
const ONLINE = { onlineMs: 30 * DAY_MS, at: LATER };
const [LONG_AGO, NOW] = ['2026-01-01T00:00:00.000Z', '2026-03-09T00:00:00.000Z'];

let t: TestQueue;
beforeEach(() => {
  t = testQueue();
});
afterEach(() => t.end());

const folder = (): string => `${t.path}.archive`;
const step = () => t.queue.archive.step(ONLINE);

const settled = (batchId: string, ids: readonly string[], settledAt = LONG_AGO) =>
  sellSettled(t.queue, batchId, ids, settledAt);

/** Ends a payment without a record, its reversal acknowledged or not. */
function failed(id: string, acknowledged: boolean): void {
  t.queue.payments.register(registration(id));
  t.queue.reversals.write({ id: `r ${id}`, paymentId: id, content: Uint8Array.of(8), at: AT });
  t.queue.payments.update(id, { state: 'failed', final: true, at: AT });
  t.queue.reversals.attempted(`r ${id}`, AT);
  if (acknowledged) t.queue.reversals.acknowledged(`r ${id}`, AT);
}

/** A payment that was given up while its card may have paid. */
function undecided(id: string): void {
  t.queue.payments.register(registration(id));
  t.queue.intents.save({ paymentId: id, content: Uint8Array.of(6), at: AT });
  const outcome = approval(id, { outcome: 'undecided', fundedBy: 'none', debited: 'unknown' });
  t.queue.commitOutcome({ ...outcome, state: 'undecided', intent: 'undecided' });
}

const sequences = (): number[] => {
  const found: number[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = t.queue.records.list({ limit: 2, ...(cursor !== undefined && { cursor }) });
    if ('kind' in page) throw new Error(page.kind);
    found.push(...page.items.map(({ record }) => record.sequence));
    if (page.next === undefined) return found;
    cursor = page.next;
  }
};

describe('what has been settled for long enough', () => {
  it('moves into a file and is read from there as before', () => {
    settled('b1', ['p1', 'p2']);
    settled('b2', ['p3']);
    settled('b3', ['p4'], NOW);
    const before = [1, 2, 3, 4].map((sequence) => t.queue.records.get(1, sequence));
    const batch = t.queue.batches.records('b1');
    const { kind: _, ...verified } = t.queue.verify();
    expect(step()).toMatchObject({ first: { epoch: 1, sequence: 1 }, last: { epoch: 1, sequence: 3 }, payments: 3 });
    expect(step()).toBeUndefined();
    expect(t.reopen().verify()).toEqual({ kind: 'sound', ...verified, archives: 1 });
    expect([1, 2, 3, 4].map((sequence) => t.queue.records.get(1, sequence))).toEqual(before);
    expect(t.queue.batches.records('b1')).toEqual(batch);
    expect(t.queue.batches.get('b1')).toMatchObject({ state: 'settled', count: 2 });
    expect(sequences()).toEqual([4, 3, 2, 1]);
    expect(t.queue.payments.get('p3')).toBeUndefined();
    expect(t.queue.payments.get('p4')).toBeDefined();
  });

  it('goes on file by file, each naming the one before, and new sales go on behind', () => {
    for (let n = 1; n <= 5; n++) {
      settled(`b${n}`, [`p${n}`], n < 5 ? LONG_AGO : NOW);
      while (n > 1 && step() !== undefined);
    }
    settled('b6', ['p6'], '2026-05-01T00:00:00.000Z');
    step();
    expect(t.queue.archive.list().map(({ last }) => last.sequence)).toEqual([4, 5]);
    sell(t.queue, 'p7');
    expect(t.reopen().records.head().sequence).toBe(7);
    expect(t.queue.verify()).toMatchObject({ kind: 'sound', records: 7, batches: 6, archives: 2 });
    expect(sequences()).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });

  it('without the PANs, which the centre has', () => {
    settled('b1', ['p1']);
    settled('b2', ['p2'], NOW);
    expect(t.queue.records.pan(1, 1)).toBeDefined();
    step();
    expect(t.queue.records.pan(1, 1)).toBeUndefined();
    expect(t.queue.records.pan(1, 2)).toBeDefined();
  });

  it('stays when its settlement is younger, by the host’s own time', () => {
    settled('b1', ['p1'], '2026-02-20T00:00:00.000Z');
    settled('b2', ['p2'], NOW);
    expect(step()).toBeUndefined();
    settled('b3', ['p3'], '2026-03-22T00:00:00.000Z');
    expect(step()?.last.sequence).toBe(1);
  });

  it('stays while the terminal’s own clock calls its settlement recent, wherever the host’s has leapt: no key begins a payment anew', () => {
    settled('b1', ['p1'], NOW);
    settled('b2', ['p2'], '2031-03-09T00:00:00.000Z');
    const later = (ms: number) => new Date(Date.parse(AT) + ms).toISOString();
    expect(t.queue.archive.step({ ...ONLINE, at: later(10 * DAY_MS - 1) })).toBeUndefined();
    expect(t.queue.payments.register(registration('p1'))).toMatchObject({ kind: 'known', payment: { id: 'p1' } });
    expect(t.queue.archive.step({ ...ONLINE, at: later(10 * DAY_MS) })?.last.sequence).toBe(1);
  });

  it('and by the host’s time alone where the terminal’s clock was set back since', () => {
    settled('b1', ['p1']);
    settled('b2', ['p2'], NOW);
    expect(t.queue.archive.step({ ...ONLINE, at: LONG_AGO })?.last.sequence).toBe(1);
  });

  it('stays when it is not settled, not acknowledged, or in no batch; and so does what comes after it', () => {
    settled('b1', ['p1']);
    sell(t.queue, 'p2');
    const waiting = sealBatch(t.queue, 'b2');
    settled('b3', ['p3']);
    settled('b4', ['p4'], NOW);
    sell(t.queue, 'p5');
    expect(step()?.last.sequence).toBe(1);
    expect(step()).toBeUndefined();
    acknowledge(t.queue, waiting);
    expect(step()).toBeUndefined();
    settle(t.queue, waiting, LONG_AGO);
    // Settled last, and so the newest time that is known of the host: nothing is long ago.
    expect(step()).toBeUndefined();
    settled('b5', ['p6'], NOW);
    expect(step()?.last.sequence).toBe(3);
    expect(faultOf(t.queue.verify())).toBe('sound');
  });

  it('never leaves a key that the register may use again', () => {
    expect(() => t.queue.archive.step({ onlineMs: 10 * DAY_MS - 1, at: AT })).toThrow('ten days');
  });
});

describe('payments', () => {
  it('without a record go with those after them; a reversal that is not acknowledged keeps its own', () => {
    failed('p1', true);
    failed('p2', false);
    settled('b1', ['p3']);
    failed('p4', true);
    settled('b2', ['p5'], NOW);
    expect(step()).toMatchObject({ payments: 2 });
    const left = t.queue.payments.list({ limit: 9 });
    expect('items' in left && left.items.map(({ id }) => id)).toEqual(['p5', 'p4', 'p2']);
    expect(faultOf(t.reopen().verify())).toBe('sound');
    t.queue.reversals.acknowledged('r p2', AT);
    settled('b3', ['p6'], '2026-05-01T00:00:00.000Z');
    expect(step()).toMatchObject({ payments: 3 });
    expect(faultOf(t.reopen().verify())).toBe('sound');
  });

  it('that wait for their card stay, and can still be decided when their record has left', () => {
    undecided('p1');
    settled('b1', ['p2']);
    settled('b2', ['p3'], NOW);
    expect(step()).toMatchObject({ payments: 1, last: { sequence: 2 } });
    expect(t.reopen().intents.pending()).toMatchObject([{ paymentId: 'p1', recordSequence: 1 }]);
    expect(faultOf(t.queue.verify())).toBe('sound');
    const found = approval('p1', { outcome: 'declined-after-debit', fundedBy: 'none', resolvesSequence: 1 });
    t.queue.commitOutcome({ ...found, state: 'declined' });
    const batch = sealBatch(t.queue, 'b3');
    acknowledge(t.queue, batch);
    settle(t.queue, batch, '2026-04-09T00:00:00.000Z');
    settled('b4', ['p4'], '2026-06-01T00:00:00.000Z');
    expect(step()).toMatchObject({ last: { sequence: 4 }, payments: 2 });
    expect(t.reopen().verify()).toMatchObject({ kind: 'sound', archives: 2 });
  });
});

describe('a payment that was decided later', () => {
  it('stays until the record that decides it has left too', () => {
    undecided('p1');
    settled('b1', ['p2']);
    const found = approval('p1', { outcome: 'declined-after-debit', fundedBy: 'none', resolvesSequence: 1 });
    t.queue.commitOutcome({ ...found, state: 'declined' });
    settled('b2', ['p3'], NOW);
    expect(step()).toMatchObject({ payments: 1, last: { sequence: 2 } });
    expect(t.queue.payments.get('p1')).toMatchObject({ state: 'declined', record: { sequence: 3 } });
    expect(faultOf(t.queue.verify())).toBe('sound');
  });
});

describe('what another hand has changed', () => {
  it('is no record any more, and is named from the archive as well', () => {
    settled('b1', ['p1', 'p2']);
    settled('b2', ['p3'], NOW);
    t.tamper((db) => db.exec("update records set canonical = 'caf\u00e9' where sequence = 1"));
    const bytes = t.queue.batches.unreadable('b1');
    step();
    expect(t.queue.batches.unreadable('b1')).toEqual(bytes);
    expect(faultOf(t.queue.verify())).toBe('unreadable 1/1');
  });

  it('does not leave the table, where its tag names it', () => {
    settled('b1', ['p1', 'p2']);
    settled('b2', ['p3'], NOW);
    t.tamper((db) => db.exec("update payments set state = 'declined' where id = 'p1'"));
    expect(step()).toMatchObject({ payments: 1 });
    expect(t.queue.verify()).toMatchObject({ kind: 'broken', explanation: expect.stringContaining('Payment p1') });
  });

  it('is missing: nothing leaves', () => {
    settled('b1', ['p1', 'p2']);
    settled('b2', ['p3'], NOW);
    t.tamper((db) => db.exec('delete from records where sequence = 2'));
    expect(step).toThrow(expect.objectContaining({ code: 'bad-record' }));
  });
});

describe('a step that is cut short', () => {
  /** While the queue is open: with such a trigger it would not open. */
  const beside = (sql: string): void => {
    const db = new BetterSqlite(t.path);
    db.exec(sql);
    db.close();
  };
  const erasing = (table: string): string =>
    `create trigger cut before ${table === 'archives' ? 'insert' : 'delete'} on ${table}
      begin select raise(abort, 'cut'); end`;

  it.each(['payments', 'records', 'archives'])('before %s are changed leaves all rows, and is taken again', (table) => {
    settled('b1', ['p1', 'p2']);
    settled('b2', ['p3'], NOW);
    beside(erasing(table));
    expect(step).toThrow();
    expect(readdirSync(folder())).toHaveLength(1);
    beside('drop trigger cut');
    expect(t.reopen().verify()).toMatchObject({ kind: 'sound', records: 3, batches: 2 });
    expect(t.queue.archive.list()).toEqual([]);
    expect(step()).toBeDefined();
    expect(t.reopen().verify()).toMatchObject({ kind: 'sound', records: 3, archives: 1 });
  });

  it('before the file is whole leaves all rows', () => {
    settled('b1', ['p1', 'p2']);
    settled('b2', ['p3'], NOW);
    // Where the folder should be is a file.
    writeFileSync(folder(), '');
    expect(step).toThrow(expect.objectContaining({ code: 'io-error' }));
    expect(t.queue.verify()).toMatchObject({ kind: 'sound', records: 3 });
    rmSync(folder());
    expect(step()).toBeDefined();
  });
});

describe('a disk that is full', () => {
  it('keeps nothing of a file that did not fit', () => {
    settled('b1', ['p1', 'p2']);
    settled('b2', ['p3'], NOW);
    t.queue.close();
    copyFileSync(t.path, `${t.path}.try`);
    const trial = openQueue({ path: `${t.path}.try`, masterKey: MASTER, random: countingRandom() });
    const file = trial.archive.step(ONLINE)?.file ?? '';
    trial.close();
    t.reopen();
    mkdirSync(folder());
    symlinkSync('/dev/full', join(folder(), `${file}.part`));
    expect(step).toThrow(expect.objectContaining({ code: 'disk-full' }));
    expect(readdirSync(folder())).toEqual([]);
    expect(step()?.file).toBe(file);
    expect(faultOf(t.queue.verify())).toBe('sound');
  });
});

describe('files changed by hand', () => {
  beforeEach(() => {
    settled('b1', ['p1', 'p2']);
    settled('b2', ['p3'], '2026-02-20T00:00:00.000Z');
    settled('b3', ['p4'], NOW);
    step();
    settled('b4', ['p5'], '2026-05-01T00:00:00.000Z');
    step();
  });

  const files = (): string[] => readdirSync(folder()).map((name) => join(folder(), name));

  it('are found, whichever it is and whatever was done to it', () => {
    expect(files()).toHaveLength(2);
    for (const file of files()) {
      const whole = readFileSync(file);
      const changes = [whole.subarray(0, -1), Buffer.concat([whole, Buffer.of(0)]), readFileSync(files()[0] ?? '')];
      changes.push(Buffer.from(whole).fill(0x41, 40, 41));
      for (const changed of changes.filter((bytes) => !bytes.equals(whole))) {
        writeFileSync(file, changed);
        expect(t.reopen().verify()).toMatchObject({
          kind: 'broken',
          explanation: expect.stringContaining(file.slice(-20)),
        });
      }
      rmSync(file);
      expect(faultOf(t.reopen().verify())).toBe('changed 0/0');
      execFileSync('mkfifo', [file]);
      expect(faultOf(t.reopen().verify())).toBe('changed 0/0');
      rmSync(file);
      writeFileSync(file, whole);
      truncateSync(file, 3_000_000_000);
      expect(faultOf(t.reopen().verify())).toBe('changed 0/0');
      writeFileSync(file, whole);
      expect(faultOf(t.reopen().verify())).toBe('sound');
    }
  });

  it('are named when a record in them is asked for, and the rest goes on', () => {
    for (const file of files()) rmSync(file);
    expect(() => t.reopen().records.get(1, 1)).toThrow(expect.objectContaining({ code: 'bad-archive' }));
    expect(t.queue.records.get(1, 5)).toBeDefined();
    sell(t.queue, 'p6');
    expect(sealBatch(t.queue, 'b5')).toMatchObject({ firstSequence: 6 });
  });

  it('are found by their rows too: each column, and a deleted one', () => {
    const columns = [
      'number',
      'first_place',
      'last_place',
      'digest',
      'hash_before',
      'hash_at',
      'payments',
      'reversals',
    ];
    for (const column of [...columns, 'file', 'made_at', 'tag']) {
      const isNumber = ['number', 'first_place', 'last_place'].includes(column);
      const isText = ['payments', 'reversals', 'file', 'made_at'].includes(column);
      const value = isNumber ? `${column} + 100` : isText ? `substr(${column} || 'xx', 2)` : 'zeroblob(32)';
      let before: unknown;
      t.tamper((db) => {
        before = db.prepare(`select ${column} from archives where number = 1`).pluck().get();
        db.pragma('ignore_check_constraints = on');
        db.prepare(`update archives set ${column} = ${value} where number = 1`).run();
      });
      expect(faultOf(t.queue.verify()), column).not.toBe('sound');
      t.tamper((db) => {
        const key = column === 'number' ? 101 : 1;
        db.prepare(`update archives set ${column} = ? where number = ?`).run(before, key);
      });
    }
    expect(faultOf(t.queue.verify())).toBe('sound');
    t.tamper((db) => db.exec('delete from archives where number = 2'));
    expect(faultOf(t.queue.verify())).toBe('missing 1/3');
    t.tamper((db) => db.exec('delete from archives'));
    expect(faultOf(t.queue.verify())).toBe('missing 1/1');
  });

  it('a row that was archived and is put back is found', () => {
    t.tamper((db) =>
      db.exec(
        "insert into payments select 1, 'p1', 'k', 'f', kind, state, amount_minor, reference, final, detail, record_place, intent, reversals, created_at, updated_at, tag, changes from payments limit 1",
      ),
    );
    expect(faultOf(t.queue.verify())).not.toBe('sound');
  });

  it('a payment that is deleted by hand is still found', () => {
    t.tamper((db) => db.exec("delete from payments where id = 'p5'"));
    expect(faultOf(t.queue.verify())).not.toBe('sound');
  });
});

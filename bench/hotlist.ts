import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import { openQueue } from '../offline-queue/index.ts';

/** A queue that holds a long hotlist, and the file beside it. */
export interface LongHotlist {
  /** Is the next card listed? Every other one is. */
  readonly lookUp: () => unknown;
  /** The same question to the same file by one bare statement with bytes at hand. */
  readonly bare: () => unknown;
  close(): void;
}

const ASKED = 4_096;
const CARDS_A_PART = 5_000;
const AT = '2026-01-01T00:00:00Z';

const token = (n: number, parity: 0 | 1): string => (2 * n + parity).toString(16).toUpperCase().padStart(64, '0');

export function longHotlist(cards: number): LongHotlist {
  const folder = mkdtempSync(join(tmpdir(), 'jdpos-bench-'));
  const path = join(folder, 'queue.db');
  const queue = openQueue({
    path,
    masterKey: new Uint8Array(32),
    random: (length) => new Uint8Array(randomBytes(length)),
  });
  const { hotlist } = queue;
  for (let done = 0; done < cards; done += CARDS_A_PART) {
    const until = Math.min(cards, done + CARDS_A_PART);
    const add = Array.from({ length: until - done }, (_, at) => token(done + at, 0));
    const place = {
      ...(done > 0 && { after: token(done - 1, 0) }),
      ...(until < cards && { through: token(until - 1, 0) }),
    };
    hotlist.stage({ from: 0, to: 1, full: true, at: AT, ...place, add, remove: [], debts: [] });
  }
  hotlist.adopt();
  const step = Math.floor(cards / ASKED);
  const asked = Array.from({ length: ASKED }, (_, n) => token(n * step, n % 2 === 0 ? 0 : 1));
  const bytes = asked.map((one) => Buffer.from(one, 'hex'));
  const file = new BetterSqlite(path, { readonly: true });
  const statement = file.prepare(
    'select cards from hotlist_cards where list = 1 and first <= ? order by first desc limit 1',
  );
  let [at, bareAt] = [0, 0];
  return {
    lookUp: () => hotlist.contains(asked[at++ % ASKED] ?? ''),
    bare: () => statement.get(bytes[bareAt++ % ASKED]),
    close() {
      file.close();
      queue.close();
      rmSync(folder, { recursive: true });
    },
  };
}

import { randomBytes } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openQueue, type Queue } from '../offline-queue/index.ts';
import { AT, approval, IDENTITY, MASTER, registration } from '../offline-queue/test-support.ts';
import type { Contestant } from './rounds.ts';

/** What a durable write cannot be had below: this much, overwritten in place, and the wait for the disk. */
const FLOOR_BYTES = 8_192;
const FLOOR_BLOCKS = 64;
/** As long as the intent of a tap. */
const INTENT = new Uint8Array(700).fill(0x5a);
/** Rows of one transaction in the batched contestant. */
export const ROWS_A_COMMIT = 100;

export type QueueContestant = Contestant & { readonly name: 'overwrite' | 'setting' | 'outcome' | 'rows' };

export interface QueueBench {
  readonly contestants: readonly QueueContestant[];
  end(): void;
}

/** A queue, and a bare file beside it, in a new folder on the disk of temporary files. */
export function queueBench(): QueueBench {
  const folder = mkdtempSync(join(tmpdir(), 'jdpos-bench-'));
  const queue = openQueue({ path: join(folder, 'queue.db'), masterKey: MASTER, random: randomBytes });
  queue.identity.enrol(IDENTITY);
  const floor = bareFile(join(folder, 'bare'));
  return {
    contestants: [floor.contestant, setting(queue), outcome(queue), rows(queue)],
    end() {
      floor.close();
      queue.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function bareFile(path: string): { readonly contestant: QueueContestant; close(): void } {
  const file = openSync(path, 'w+');
  const block = Buffer.alloc(FLOOR_BYTES, 0x5a);
  for (let at = 0; at < FLOOR_BLOCKS; at++) writeSync(file, block, 0, FLOOR_BYTES, at * FLOOR_BYTES);
  fdatasyncSync(file);
  let calls = 0;
  const work = (): void => {
    writeSync(file, block, 0, FLOOR_BYTES, (calls++ % FLOOR_BLOCKS) * FLOOR_BYTES);
    fdatasyncSync(file);
  };
  return { contestant: { name: 'overwrite', work }, close: () => closeSync(file) };
}

/** The smallest commit there is: one row changed, its tag held and made anew. */
function setting(queue: Queue): QueueContestant {
  let calls = 0;
  return { name: 'setting', work: () => queue.identity.setSetting('bench', String(calls++)) };
}

/** What a tap waits for at its end: record, chain, sealed PAN, payment and the erased intent in one commit. */
export function outcome(queue: Queue, prefix = 'o'): QueueContestant {
  let calls = 0;
  let next = '';
  return {
    name: 'outcome',
    before() {
      next = `${prefix}${calls++}`;
      queue.payments.register(registration(next));
      queue.intents.save({ paymentId: next, content: INTENT, at: AT });
    },
    work: () => queue.commitOutcome(approval(next)),
  };
}

/** Many rows in one transaction: a page of a hotlist that is laid aside as it arrives. */
export function rows(queue: Queue): QueueContestant {
  let first = 0;
  let after: string | undefined;
  let part = { through: '', add: [] as readonly string[] };
  const token = (at: number): string => at.toString(16).toUpperCase().padStart(64, '0');
  return {
    name: 'rows',
    before() {
      const tokens = Array.from({ length: ROWS_A_COMMIT }, (_, at) => token(first + at));
      // As it arrives: a text that was put together still lies in pieces.
      const add = JSON.parse(JSON.stringify(tokens)) as readonly string[];
      first += ROWS_A_COMMIT;
      part = { add, through: token(first - 1) };
    },
    work() {
      const list = { from: 0, to: 1, full: true, remove: [], debts: [], at: AT };
      queue.hotlist.stage({ ...list, ...part, ...(after !== undefined && { after }) });
      after = part.through;
    },
  };
}

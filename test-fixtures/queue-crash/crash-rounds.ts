import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openQueue } from '../../offline-queue/index.ts';
import { countingRandom, IDENTITY, MASTER } from '../../offline-queue/test-support.ts';

/** What a round of killing came to. */
export interface CrashReport {
  /** Outcomes that the processes had told of, over all rounds. */
  readonly told: number;
  /** Records in the queue. */
  readonly records: number;
}

export interface CrashRounds {
  /** From `prepareQueue`. */
  readonly path: string;
  readonly rounds: number;
  /** The built `committing-process.js`. */
  readonly module: string;
}

/** A queue in this folder, enrolled. */
export function prepareQueue(folder: string): string {
  const path = join(folder, 'queue.db');
  const queue = openQueue({ path, masterKey: MASTER, random: countingRandom() });
  queue.identity.enrol(IDENTITY);
  queue.close();
  return path;
}

/**
 * Again and again: a process commits payments and is killed in the midst of it; the next one goes on. After each, everything
 * that was told must be there, and the queue sound. Throws an Error that says what is not.
 */
export async function crashRounds({ path, rounds, module }: CrashRounds): Promise<CrashReport> {
  const told = new Map<string, string>();
  let records = 0;
  for (let round = 1; round <= rounds; round++) {
    for (const line of await commitUntilKilled(module, path, round)) {
      const [id = '', ...rest] = line.split(' ');
      told.set(id, rest.join(' '));
    }
    records = check(path, told, round);
  }
  return { told: told.size, records };
}

/** Kills after some lines and a moment more, both different each time, so that it strikes anywhere. */
async function commitUntilKilled(module: string, path: string, round: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [module, path, `p${round}`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = 1 + ((round * 7) % 11);
  let said = '';
  let striking = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (striking || said.split('\n').length <= lines) return;
    striking = true;
    setTimeout(() => child.kill('SIGKILL'), (round * 5) % 13);
  });
  const [code, signal] = await once(child, 'close');
  if (signal !== 'SIGKILL') throw new Error(`round ${round}: the process ended by itself with ${code}`);
  return said.split('\n').slice(0, -1);
}

function check(path: string, told: ReadonlyMap<string, string>, round: number): number {
  const queue = openQueue({ path, masterKey: MASTER, random: countingRandom() });
  try {
    const verification = queue.verify();
    if (verification.kind !== 'sound') throw new Error(`round ${round}: ${verification.explanation}`);
    for (const [id, expected] of told) {
      const sequence = queue.payments.get(id)?.record?.sequence ?? 0;
      const found = `${sequence} ${queue.records.get(1, sequence)?.record.outcome}`;
      if (found !== expected) throw new Error(`round ${round}: payment ${id} was told as ${expected}, and is ${found}`);
    }
    // A process that is killed between commit and line leaves one record that was not told of.
    if (verification.records > told.size + round) throw new Error(`round ${round}: records that nobody made`);
    return verification.records;
  } finally {
    queue.close();
  }
}

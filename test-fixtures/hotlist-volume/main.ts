import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '../postgres/embedded-postgres.ts';
import type { FromTerminal, Measured, ToHost } from './messages.ts';

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '1500000' },
    kills: { type: 'string', default: '3' },
    seed: { type: 'string', default: '1' },
  },
});
const entries = Number(values.entries);
const kills = Number(values.kills);
const folder = mkdtempSync(join(tmpdir(), 'jdpos-hotlist-'));
const run = (name: string, args: readonly string[]): ChildProcess =>
  fork(join(import.meta.dirname, `${name}.js`), args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });

const answerOf = async <T>(child: ChildProcess): Promise<T> => {
  const [message] = (await once(child, 'message')) as [{ value: T }];
  return message.value;
};

const postgres = await startPostgres({ dataDir: join(folder, 'data'), durable: false });
const host = run('host-process', [await postgres.database('clearing')]);
const { url, code } = await answerOf<{ url: string; code: string }>(host);
const ask = async <T>(asked: ToHost): Promise<T> => {
  host.send(asked);
  return answerOf<T>(host);
};

/** xorshift32: the same numbers for the same seed. */
let state = Number(values.seed) || 1;
const random = (below: number): number => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) % below;
};

/** One run of the terminal. Undefined: it was killed after so many pages. */
async function terminal(listed: number, killAfter = Number.POSITIVE_INFINITY): Promise<Measured | undefined> {
  const child = run('terminal-process', [folder, url, code, String(listed)]);
  let measured: Measured | undefined;
  let pages = 0;
  child.on('message', (message: FromTerminal) => {
    if (message.kind === 'done') measured = message;
    else if (++pages === killAfter) child.kill('SIGKILL');
  });
  // And not `exit`, after which its last message may still come.
  const [exitCode, killedBy] = await once(child, 'close');
  if (measured === undefined && killedBy !== 'SIGKILL') throw new Error(`the terminal ended with ${exitCode}`);
  return measured;
}

const mib = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MiB`;
let failed = false;

function report(title: string, found: Measured | undefined, expected: number): void {
  if (found === undefined) throw new Error('the terminal was killed to the end');
  const faults = [...found.faults, ...(found.entries === expected ? [] : [`${found.entries} cards, not ${expected}`])];
  failed ||= faults.length > 0;
  console.log(
    [
      `${title}: ${found.entries} cards, version ${found.version}, ${found.seconds.toFixed(1)} s`,
      `longest step ${found.longestStepMs.toFixed(0)} ms of CPU; the event loop stood still ${found.longestBlockMs.toFixed(0)} ms at most, ${found.usualBlockMs.toFixed(0)} ms in 999 of 1,000`,
      `memory of the terminal ${mib(found.startRss)} at the start, ${mib(found.peakRss)} at most; file ${mib(found.fileBytes)}`,
      `look-up ${found.lookUpUs.toFixed(1)} µs of CPU; verify ${found.verifySeconds.toFixed(1)} s; ${faults.length === 0 ? 'sound' : faults.join('; ')}`,
    ].join('\n  '),
  );
}

console.log(`${entries} cards, ${kills} kills, seed ${values.seed}, in ${folder}`);
await ask({ do: 'change', from: 1, to: entries, listed: true });
const pages = Math.ceil(entries / 2_000);
for (let kill = 0; kill < kills; kill++)
  await terminal(entries, 1 + random(Math.max(1, Math.floor(pages / (kills + 1)))));
report('the whole list, the last part after the last kill', await terminal(entries), entries);

const change = Math.floor(entries / 15);
await ask({ do: 'change', from: entries + 1, to: entries + change, listed: true });
report('a change of a fifteenth', await terminal(entries + change), entries + change);

await ask({ do: 'forget', version: entries + change });
await ask({ do: 'change', from: entries + change + 1, to: entries + change + 1, listed: true });
report('another whole list in its place', await terminal(entries + change + 1), entries + change + 1);

const centre = await ask<{ rss: number; peakRss: number; tableBytes: number }>({ do: 'measure' });
console.log(
  `memory of the host ${mib(centre.rss)}, ${mib(centre.peakRss)} at most; its table ${mib(centre.tableBytes)}`,
);
host.disconnect();
await once(host, 'exit');
await postgres.stop();
rmSync(folder, { recursive: true });
process.exitCode = failed ? 1 : 0;

import { createHash, randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { clearingClient } from '../../agent/sync/clearing-client.ts';
import { enrolmentRound } from '../../agent/sync/enrolment.ts';
import { hotlistKeeper } from '../../agent/sync/hotlist.ts';
import { openQueue, type Queue } from '../../offline-queue/index.ts';
import type { FromTerminal } from './messages.ts';

/** The terminal, as far as its hotlist goes: folder, URL of the host, enrolment code, and how many of the first cards are listed. */
const [folder = '', url = '', code = '', listed = ''] = process.argv.slice(2);
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const path = join(folder, 'queue.db');
const queue = openQueue({ path, masterKey: new Uint8Array(32).fill(7), random });
const clock = { now: Date.now, monotonic: () => performance.now() };
const log = pino({ level: 'warn' }, pino.destination(2));
const reachability = {
  contact: () => {},
  noContact: () => false,
  returningMs: () => undefined,
  state: () => ({ reachable: true }),
};
// The host of this test gives out none.
const certificates = { request: async () => undefined, accept: () => false };
const client = clearingClient({
  baseUrl: url,
  identity: () => queue.identity.get(),
  connection: () => ({ version: 'plain' }),
  reachability,
  clock,
  random,
  log,
});
const parts = { queue, client, clock, log, timeoutMs: 60_000 };
const { signal } = new AbortController();
/** Until it is sent: what is not when the channel is closed never comes. */
const tell = (message: FromTerminal) =>
  new Promise<unknown>((sent) => {
    process.send?.(message, sent);
  });

if (queue.identity.get() === undefined) {
  const signingKey = queue.identity.nextSigningKey();
  await enrolmentRound({ ...parts, certificates, code, software: 'test', signingKey, acceptTestKeys: true }, signal);
}

const startRss = process.memoryUsage().rss;
const began = performance.now();
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
/** CPU time between two turns of the event loop, ms: what other processes take does not count. */
let longestStepMs = 0;
let lastCpu = process.cpuUsage();
const ticker = setInterval(() => {
  const { user, system } = process.cpuUsage(lastCpu);
  lastCpu = process.cpuUsage();
  longestStepMs = Math.max(longestStepMs, (user + system) / 1000);
}, 1);
const seenBefore = queue.hotlist.status();
const keeper = hotlistKeeper({ ...parts, changed: () => {} });
const faults: string[] = [];
for (let round = ''; round !== 'done'; ) {
  round = (await keeper.round(signal)).kind;
  const { version, entries } = queue.hotlist.status();
  const isWhole = version === seenBefore.version ? entries === seenBefore.entries : entries === Number(listed);
  if (!isWhole) faults.push(`a list of ${entries} cards held`);
  void tell({ kind: 'page', version });
  if (round === 'failed') await sleep(200);
}
delay.disable();
clearInterval(ticker);
const seconds = (performance.now() - began) / 1000;

/** The n-th card of the host. */
const token = (n: number): string => createHash('sha256').update(String(n)).digest('hex').toUpperCase();
const LOOK_UPS = 20_000;

/** Half of them of listed cards; CPU time, µs each. */
function lookUps({ hotlist }: Queue): number {
  const step = Math.max(1, Math.floor(Number(listed) / LOOK_UPS) - 1);
  const tokens = Array.from({ length: LOOK_UPS }, (_, n) =>
    token(n % 2 === 0 ? 1 + ((n * step) % Number(listed)) : -n),
  );
  for (const [n, one] of tokens.entries()) {
    if (hotlist.contains(one) !== (n % 2 === 0)) faults.push(`card ${n} is not as the host has it`);
  }
  const start = process.cpuUsage();
  for (const one of tokens) hotlist.contains(one);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / LOOK_UPS;
}

const lookUpUs = lookUps(queue);
const peakRss = process.resourceUsage().maxRSS * 1024;
const verifyBegan = performance.now();
const verification = queue.verify();
if (verification.kind !== 'sound') faults.push(verification.explanation);
const { version, entries } = queue.hotlist.status();
await tell({
  kind: 'done',
  ...{ version, entries, seconds, lookUpUs, startRss, peakRss, faults },
  longestStepMs,
  longestBlockMs: delay.max / 1e6,
  usualBlockMs: delay.percentile(99.9) / 1e6,
  fileBytes: ['', '-wal'].reduce(
    (sum, suffix) => sum + (statSync(path + suffix, { throwIfNoEntry: false })?.size ?? 0),
    0,
  ),
  verifySeconds: (performance.now() - verifyBegan) / 1000,
});
await client.close();
queue.close();
process.disconnect();

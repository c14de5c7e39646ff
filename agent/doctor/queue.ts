import { z } from 'zod';
import { parseJson } from '../json.ts';
import { type Finding, fail, ok, unknown, warn } from './finding.ts';
import type { Check, Machine, Ran, Subject } from './machine.ts';
import { stateDirOf } from './state-dir.ts';

/** What `jdpos queue stats --json` says, as far as it is judged. */
const stats = z.object({
  terminal: z.string().nullable(),
  backlog: z.object({ count: z.number(), oldestAt: z.string().optional(), unreadable: z.number() }),
  certificateUntil: z.string().nullable(),
  hotlist: z.object({ version: z.number(), updatedAt: z.string().optional() }),
  parameters: z.object({ version: z.number(), confirmedAt: z.string() }).nullable(),
});
export type QueueStats = z.output<typeof stats>;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** By the steps at which the offline limits shrink (docs/operations.md). */
function judgeAge(id: string, what: string, at: string | undefined, now: number): Finding {
  const advice = {
    cause: 'offline limits shrink with its age, to nothing after ten days',
    remedy: 'jdpos sync now; then look at what doctor says of the host',
  };
  if (at === undefined) return warn(id, `there is no ${what} yet`, advice);
  const age = now - Date.parse(at);
  const said = `the ${what} was confirmed ${agoInWords(age)} ago`;
  if (age > 10 * DAY_MS) return fail(id, said, advice);
  return age > DAY_MS ? warn(id, said, advice) : ok(id, said);
}

function agoInWords(ms: number): string {
  if (ms < HOUR_MS) return 'less than an hour';
  return ms < 2 * DAY_MS ? `${Math.floor(ms / HOUR_MS)} hours` : `${Math.floor(ms / DAY_MS)} days`;
}

function judgeCertificate(until: string | null, secure: boolean, now: number): Finding {
  const id = 'queue.certificate';
  if (until === null) {
    if (!secure) return ok(id, 'the host is asked without TLS, so there is no client certificate');
    return warn(id, 'there is no client certificate yet', {
      cause: 'the host asks for one',
      remedy: 'it comes with the enrolment: jdpos enrol',
    });
  }
  const days = Math.floor((Date.parse(until) - now) / DAY_MS);
  const advice = {
    cause: 'renewal begins when a third of the time is left, and has been failing',
    remedy: 'jdpos status names the trouble; jdpos sync now tries again',
  };
  if (days < 0) return fail(id, `the client certificate has expired on ${until}`, advice);
  const what = `the client certificate holds for ${days} days, until ${until}`;
  return days < 20 ? warn(id, what, advice) : ok(id, what);
}

function judgeBacklog({ backlog: { count, oldestAt, unreadable } }: QueueStats, now: number): Finding {
  const id = 'queue.backlog';
  if (unreadable > 0)
    return fail(id, `${unreadable} records that are not yet at the centre are no longer as they were written`, {
      cause: 'another hand has changed them, or the disk has',
      remedy: 'jdpos queue verify says which; keep the state folder as it is, and call the centre',
    });
  const days = oldestAt === undefined ? 0 : (now - Date.parse(oldestAt)) / DAY_MS;
  const what =
    count === 0
      ? 'everything is at the centre'
      : `${count} payments are not yet at the centre, the oldest for ${days < 1 ? 'less than a day' : `${Math.floor(days)} days`}`;
  const advice = {
    cause: 'offline payments are to be uploaded within ten days',
    remedy: 'connect the terminal, or jdpos queue export to a stick',
  };
  if (days > 7) return fail(id, what, advice);
  return days > 1 ? warn(id, what, advice) : ok(id, what);
}

export function judgeStats(found: QueueStats, secure: boolean, now: number): Finding[] {
  const enrolled =
    found.terminal === null
      ? warn('queue.enrolment', 'this terminal is not enrolled', {
          cause: 'it can sell nothing',
          remedy: 'ask the centre for a code; jdpos enrol --code CODE',
        })
      : ok('queue.enrolment', `the terminal is ${found.terminal}`);
  return [
    ok('queue.keys', 'the queue opens with its key'),
    enrolled,
    judgeBacklog(found, now),
    judgeCertificate(found.certificateUntil, secure, now),
    judgeAge('queue.hotlist', 'hotlist', found.hotlist.updatedAt, now),
    judgeAge('queue.parameters', 'set of parameters', found.parameters?.confirmedAt, now),
  ];
}

/** What the command line says when it fails. */
const failure = z.object({ error: z.object({ code: z.string(), message: z.string(), next: z.string().optional() }) });

export function judgeStatsRun(ran: Ran, secure: boolean, now: number): Finding[] {
  const id = 'queue.keys';
  if (ran.kind === 'late') return [unknown(id, 'the queue has not opened in time', 'jdpos queue stats')];
  if (ran.kind === 'missing') return [unknown(id, 'no process could be started')];
  if (ran.kind === 'killed')
    return [
      fail(id, `reading the queue crashes the process (${ran.signal})`, {
        cause: 'a native module does not fit',
        remedy: 'jdpos doctor software',
      }),
    ];
  const found = stats.safeParse(parseJson(ran.out));
  // Also where it ends with 1: it says why.
  if (found.success) return judgeStats(found.data, secure, now);
  const said = failure.safeParse(parseJson(ran.err.trim().split('\n').at(-1) ?? ''));
  const { code, message, next } = said.data?.error ?? { code: 'unexpected', message: ran.err.trim().slice(0, 200) };
  if (code === 'no-queue' && !message.includes('.key'))
    return [
      warn(id, 'there is no queue yet', { cause: 'the daemon makes it at its first start', remedy: 'jdpos run' }),
    ];
  if (code === 'EACCES')
    return [unknown(id, `this user may not read the queue`, 'run the doctor as the daemon’s user or as root')];
  if (code === 'key-credential' && message.includes('CREDENTIALS_DIRECTORY'))
    return [
      unknown(
        id,
        'the key is a credential of systemd, which is handed to the service alone',
        'jdpos status asks the service',
      ),
    ];
  return [
    fail(id, message, {
      cause: 'without its queue the terminal sells nothing',
      remedy: next ?? 'keep the state folder as it is, and call the centre',
    }),
  ];
}

const verification = z.union([
  z.object({ kind: z.literal('sound'), records: z.number() }),
  z.object({ kind: z.literal('broken'), explanation: z.string() }),
]);

const VERIFY_LIMIT_MS = 60_000;

export function judgeVerifyRun(ran: Ran): Finding[] {
  const id = 'queue.chain';
  if (ran.kind === 'late')
    return [
      unknown(
        id,
        `the chain is too long to be verified within ${VERIFY_LIMIT_MS / 1000} s`,
        'jdpos queue verify, which takes its time',
      ),
    ];
  const said = ran.kind === 'ended' ? verification.safeParse(parseJson(ran.out)).data : undefined;
  if (said?.kind === 'sound') return [ok(id, `the database and the chain of ${said.records} records are whole`)];
  if (said?.kind === 'broken')
    return [
      fail(id, said.explanation, {
        cause: 'a row is not as it was written',
        remedy: 'stop selling, keep the state folder as it is, and call the centre',
      }),
    ];
  // Why it could not be read is said by `queue.keys`.
  return [unknown(id, 'the chain could not be verified')];
}

function ask(
  machine: Machine,
  { own: [program, ...words], configPath, settings }: Subject,
  folder: string,
  command: string,
  limitMs: number,
): Promise<Ran> {
  const where =
    configPath === undefined || settings.kind === 'invalid' ? ['--state-dir', folder] : ['--config', configPath];
  return machine.run(program, [...words, '--json', 'queue', command, ...where], limitMs);
}

/** In processes of their own: the daemon may run, a native module may crash, and a chain may be long. */
export const queueStats: Check = {
  id: 'queue.keys',
  limitMs: 35_000,
  async run(machine, subject) {
    const folder = stateDirOf(machine, subject);
    if (folder === undefined) return [unknown('queue.keys', 'the settings name no state folder')];
    const secure = subject.settings.kind === 'config' && subject.settings.config.clearing.url.startsWith('https:');
    return judgeStatsRun(await ask(machine, subject, folder, 'stats', 30_000), secure, machine.now());
  },
};

export const queueChain: Check = {
  id: 'queue.chain',
  limitMs: VERIFY_LIMIT_MS + 5_000,
  async run(machine, subject) {
    const folder = stateDirOf(machine, subject);
    if (folder === undefined) return [unknown('queue.chain', 'the settings name no state folder')];
    return judgeVerifyRun(await ask(machine, subject, folder, 'verify', VERIFY_LIMIT_MS));
  },
};

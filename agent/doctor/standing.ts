import { z } from 'zod';
import { parseJson } from '../json.ts';
import { type Finding, fail, ok } from './finding.ts';
import type { Check, Ran } from './machine.ts';

/** What `jdpos status --json` says, as far as it is judged. */
const standing = z.object({ stopped: z.object({ detail: z.string() }).optional() });

/** Nothing is found where the daemon does not answer: `process.daemon` says whether it runs. */
export function judgeStandingRun(ran: Ran): Finding[] {
  const id = 'process.selling';
  const said = ran.kind === 'ended' && ran.code === 0 ? standing.safeParse(parseJson(ran.out)).data : undefined;
  if (said === undefined) return [];
  if (said.stopped === undefined) return [ok(id, 'the daemon is not stopped')];
  const advice = { cause: 'nothing is sold', remedy: 'keep the state folder as it is, and call the centre' };
  return [fail(id, `the terminal is stopped: ${said.stopped.detail}`, advice)];
}

/** The daemon is asked at the port of the settings; the environment of whoever looks has no say. */
export const selling: Check = {
  id: 'process.selling',
  limitMs: 10_000,
  async run(machine, { own: [program, ...words], settings }) {
    if (settings.kind === 'invalid') return [];
    const { host, port } = settings.config.register;
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
    return judgeStandingRun(await machine.run(program, [...words, '--json', 'status', '--url', url], 8_000));
  },
};

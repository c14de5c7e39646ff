import { type Finding, fail, ok, unknown, warn } from './finding.ts';
import type { Check, HostAnswer } from './machine.ts';

/** Of the whole way to the first answer. */
const SLOW_MS = 1_000;
const CLOCK_WARN_S = 5;
const CLOCK_FAIL_S = 60;

const ms = (value: number | undefined): string => `${Math.round(value ?? 0)} ms`;

/** Each step of the way to the clearing host, as far as it was reached. @param url its origin */
export function judgeHost(url: string, answer: HostAnswer): Finding[] {
  const { hostname, port, protocol } = new URL(url);
  const secure = protocol === 'https:';
  const at = `${hostname}:${port || (secure ? 443 : 80)}`;
  const offline = 'the terminal sells offline, within its limits, until the host is there';
  if (answer.lookupMs === undefined)
    return [
      fail('host.name', `the name ${hostname} is not resolved: ${answer.error}`, {
        cause: offline,
        remedy: `getent hosts ${hostname}; look after network and DNS (resolvectl status)`,
      }),
    ];
  const found = [ok('host.name', `${hostname} is resolved in ${ms(answer.lookupMs)}`)];
  if (answer.connectMs === undefined)
    return [
      ...found,
      fail('host.connection', `no connection to ${at}: ${answer.error}`, {
        cause: offline,
        remedy: 'is the line up (ping), and does a firewall let this port out?',
      }),
    ];
  found.push(ok('host.connection', `${at} is reached in ${ms(answer.connectMs)}`));
  if (secure && answer.secureMs === undefined)
    return [
      ...found,
      fail('host.tls', `TLS with ${at} fails: ${answer.error}`, {
        cause: 'the host’s certificate is not of clearing.ca, or of another name; or somebody stands in between',
        remedy: 'jdpos config show clearing; compare file and address with what the centre gave out',
      }),
    ];
  if (secure) found.push(ok('host.tls', `the host shows its certificate in ${ms(answer.secureMs)}`));
  if (answer.answerMs === undefined)
    return [
      ...found,
      fail('host.answer', `${at} does not answer: ${answer.error}`, { cause: offline, remedy: 'call the centre' }),
    ];
  return [...found, judgeAnswer(at, answer), judgeHostClock(answer)];
}

function judgeAnswer(at: string, { lookupMs = 0, connectMs = 0, secureMs = 0, answerMs = 0 }: HostAnswer): Finding {
  const id = 'host.answer';
  const what = `${at} answers in ${ms(answerMs)}, ${ms(lookupMs + connectMs + secureMs + answerMs)} with all before it`;
  if (lookupMs + connectMs + secureMs + answerMs <= SLOW_MS) return ok(id, what);
  return warn(id, what, {
    cause: 'a cashier waits for it at every online payment',
    remedy: 'look at the line: mtr, ping; a slow name is in host.name',
  });
}

function judgeHostClock({ hostClock }: HostAnswer): Finding {
  const id = 'clock.host';
  if (hostClock === undefined) return unknown(id, 'the host does not say what time it is');
  const s = Math.round((hostClock.own - hostClock.host) / 1_000);
  // The header has whole seconds.
  const what =
    Math.abs(s) <= 1
      ? 'our clock and the host’s agree'
      : `our clock is ${Math.abs(s)} s ${s > 0 ? 'ahead of' : 'behind'} the host’s`;
  if (Math.abs(s) < CLOCK_WARN_S) return ok(id, what);
  const advice = {
    cause: 'records are dated by it, and signed answers are held against it',
    remedy: 'timedatectl set-ntp true; timedatectl timesync-status',
  };
  return Math.abs(s) < CLOCK_FAIL_S ? warn(id, what, advice) : fail(id, what, advice);
}

const LIMIT_MS = 10_000;

export const host: Check = {
  id: 'host.answer',
  limitMs: LIMIT_MS + 2_000,
  async run(machine, { settings }) {
    if (settings.kind === 'invalid') return [unknown('host.answer', 'the settings name no clearing host')];
    const { url } = settings.config.clearing;
    return judgeHost(url, await machine.askHost(url, settings.pem.serverCa, LIMIT_MS));
  },
};

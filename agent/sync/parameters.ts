import type { Logger } from 'pino';
import { z } from 'zod';
import { type ParametersAnswer, type ParametersContent, parametersAnswer } from '../../clearing/contract/index.ts';
import { parametersBytes } from '../../clearing/contract/record/index.ts';
import { isSm2PublicKey } from '../../emv/crypto/index.ts';
import { equalBytes, hex } from '../../emv/values/index.ts';
import type { Identity, Queue } from '../../offline-queue/index.ts';
import type { Clock } from '../clock.ts';
import { parseJson } from '../json.ts';
import type { ClearingClient } from './clearing-client.ts';
import { failedRound, type Round } from './loop.ts';
import { isSigned } from './signed.ts';

/** The signed parameters as the terminal has them, and how fresh they are. */
export interface ParameterKeeper {
  round(signal: AbortSignal): Promise<Round>;
  current(): ParametersContent | undefined;
  /** Seconds since the host last confirmed them. */
  ageS(): number | undefined;
}

export interface ParameterParts {
  readonly queue: Pick<Queue, 'identity'>;
  readonly client: ClearingClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly timeoutMs: number;
  readonly acceptTestKeys: boolean;
  /** There is a new version. */
  readonly changed: () => void;
}

/** What holds, and a newer set whose time has not come, each under its name. */
const SETTINGS = { holding: 'parameters', pending: 'parameters-pending' } as const;
const stored = z.strictObject({ confirmedAt: z.number(), answer: parametersAnswer });
type Stored = z.output<typeof stored>;

/** Reads what an earlier run kept; its signature is checked like one that comes from the network. */
export function parameterKeeper(parts: ParameterParts): ParameterKeeper {
  const { queue, client, clock, log, timeoutMs, acceptTestKeys, changed } = parts;
  let holding = readKept(SETTINGS.holding, parts);
  let pending = readKept(SETTINGS.pending, parts);

  const keep = (name: keyof typeof SETTINGS, set: Stored | undefined): void =>
    queue.identity.setSetting(SETTINGS[name], set === undefined ? '' : JSON.stringify(set));

  const hold = (set: Stored): void => {
    holding = set;
    keep('holding', set);
  };

  /** From its time on the set that was pending holds, for good: a clock that is set back does not bring the old one back. */
  const now = (): Stored | undefined => {
    if (pending === undefined || isEarly(pending.answer, clock.now())) return holding;
    const set = pending;
    pending = undefined;
    hold(set);
    keep('pending', undefined);
    log.info({ version: set.answer.version }, 'new parameters hold');
    changed();
    return set;
  };

  const accept = (answer: ParametersAnswer): Round => {
    const newest = pending ?? now();
    const fault = faultOfParameters(answer, { me: queue.identity.get(), newest: newest?.answer, acceptTestKeys });
    if (fault !== undefined) {
      const have = newest?.answer.version;
      log.error({ fault, version: answer.version, have }, 'parameters do not hold; keeping ours');
      return { kind: 'failed' };
    }
    const set = { confirmedAt: clock.now(), answer };
    if (answer.version === holding?.answer.version) hold(set);
    else take(set);
    return { kind: 'done' };
  };

  const take = (set: Stored): void => {
    const { version, effectiveAt } = set.answer;
    if (version !== pending?.answer.version) log.info({ version, effectiveAt }, 'new parameters');
    // Confirms what holds as well: the host has nothing else to say.
    if (holding !== undefined) hold({ ...holding, confirmedAt: set.confirmedAt });
    pending = set;
    keep('pending', set);
    now();
  };

  return {
    async round(signal) {
      const path = `/v1/parameters?have=${(pending ?? now())?.answer.version ?? 0}`;
      // Signed by itself, a set of last year would confirm itself for ever.
      const asked = { method: 'GET', path, fresh: true, timeoutMs, signal } as const;
      const answer = await client.send({ ...asked, answer: parametersAnswer });
      if (answer.kind === 'failed') return failedRound(answer);
      if (answer.kind === 'answered') return accept(answer.value);
      log.error({ code: answer.code }, 'the host refuses the parameters');
      return { kind: 'failed' };
    },
    current: () => now()?.answer,
    ageS() {
      const set = now();
      return set && Math.max(0, Math.floor((clock.now() - set.confirmedAt) / 1000));
    },
  };
}

const isEarly = ({ effectiveAt }: ParametersAnswer, now: number): boolean =>
  effectiveAt !== undefined && now < Date.parse(effectiveAt);

interface Standing {
  readonly me: Identity | undefined;
  /** The newest set that is there. */
  readonly newest: ParametersAnswer | undefined;
  readonly acceptTestKeys: boolean;
}

const signedBytes = ({ version, signature: _, ...content }: ParametersAnswer): Uint8Array =>
  parametersBytes({ version, content });

/** Parameters that are not signed, are for another terminal, hold test keys, or are older than ours, are not taken. */
function faultOfParameters(
  answer: ParametersAnswer,
  { me, newest, acceptTestKeys }: Standing,
): 'signature' | 'other-terminal' | 'test-keys' | 'older' | 'fork' | 'unusable' | undefined {
  if (me === undefined || !isSigned(me.hostParameterKey, () => signedBytes(answer), answer.signature)) {
    return 'signature';
  }
  if (answer.terminal !== me.terminal) return 'other-terminal';
  if (!acceptTestKeys && answer.caKeys.some(({ mark }) => mark === 'TEST')) return 'test-keys';
  if (!isUsable(answer)) return 'unusable';
  if (newest === undefined || answer.version > newest.version) return undefined;
  if (answer.version < newest.version) return 'older';
  // One version says one thing.
  return equalBytes(signedBytes(answer), signedBytes(newest)) ? undefined : 'fork';
}

/** Can everything in the set be used as it stands? A set is taken as a whole or not at all. */
function isUsable({ applications, caKeys, purses = [] }: ParametersAnswer): boolean {
  const names = [
    applications.map(({ aid }) => aid),
    caKeys.map(({ rid, index, algorithm }) => `${rid} ${index} ${algorithm}`),
    purses.map(({ aid }) => aid),
  ];
  const points = caKeys.flatMap((key) => (key.algorithm === 'sm2' ? [hex(key.point)] : []));
  return names.every((list) => new Set(list).size === list.length) && points.every(isSm2PublicKey);
}

/** What holds of the parameters that a terminal has kept, for whoever looks at it from outside; undefined when there is none that does. */
export function keptParameters(
  queue: { readonly identity: Pick<Queue['identity'], 'get' | 'setting'> },
  acceptTestKeys: boolean,
  now: number,
): { readonly answer: ParametersAnswer; readonly confirmedAt: number } | undefined {
  const parts = { queue, acceptTestKeys, log: { error: () => {} } };
  const pending = readKept(SETTINGS.pending, parts);
  return pending === undefined || isEarly(pending.answer, now) ? readKept(SETTINGS.holding, parts) : pending;
}

interface KeptParts {
  readonly queue: { readonly identity: Pick<Queue['identity'], 'get' | 'setting'> };
  readonly log: { error(details: object, message: string): void };
  readonly acceptTestKeys: boolean;
}

function readKept(name: string, { queue, log, acceptTestKeys }: KeptParts): Stored | undefined {
  const text = queue.identity.setting(name);
  if (text === undefined || text === '') return undefined;
  const parsed = stored.safeParse(parseJson(text));
  const standing = { me: queue.identity.get(), newest: undefined, acceptTestKeys };
  const fault = parsed.success ? faultOfParameters(parsed.data.answer, standing) : 'unreadable';
  if (fault === undefined) return parsed.data;
  log.error({ fault, name }, 'the stored parameters do not hold; nothing is sold until the host has sent them again');
  return undefined;
}

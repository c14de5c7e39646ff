import type { Logger } from 'pino';
import { z } from 'zod';
import { type ParametersAnswer, type ParametersContent, parametersAnswer } from '../../clearing/contract/index.ts';
import { parametersBytes } from '../../clearing/contract/record/index.ts';
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

const SETTING = 'parameters';
const stored = z.strictObject({ confirmedAt: z.number(), answer: parametersAnswer });
type Stored = z.output<typeof stored>;

/** Reads what an earlier run kept; its signature is checked like one that comes from the network. */
export function parameterKeeper(parts: ParameterParts): ParameterKeeper {
  const { queue, client, clock, log, timeoutMs, acceptTestKeys, changed } = parts;
  let kept = readKept(parts);

  const accept = (answer: ParametersAnswer): Round => {
    const fault = faultOfParameters(answer, { me: queue.identity.get(), have: kept?.answer.version, acceptTestKeys });
    if (fault !== undefined) {
      log.error({ fault, version: answer.version, have: kept?.answer.version }, 'parameters do not hold; keeping ours');
      return { kind: 'failed' };
    }
    const isNew = answer.version !== kept?.answer.version;
    kept = { confirmedAt: clock.now(), answer };
    queue.identity.setSetting(SETTING, JSON.stringify(kept));
    if (isNew) {
      log.info({ version: answer.version }, 'new parameters');
      changed();
    }
    return { kind: 'done' };
  };

  return {
    async round(signal) {
      const path = '/v1/parameters';
      const answer = await client.send({ method: 'GET', path, answer: parametersAnswer, timeoutMs, signal });
      if (answer.kind === 'failed') return failedRound(answer);
      if (answer.kind === 'answered') return accept(answer.value);
      log.error({ code: answer.code }, 'the host refuses the parameters');
      return { kind: 'failed' };
    },
    current: () => kept?.answer,
    ageS: () => kept && Math.max(0, Math.floor((clock.now() - kept.confirmedAt) / 1000)),
  };
}

interface Standing {
  readonly me: Identity | undefined;
  /** The version that is there. */
  readonly have: number | undefined;
  readonly acceptTestKeys: boolean;
}

/** Parameters that are not signed, are for another terminal, hold test keys, or are older than ours, are not taken. */
function faultOfParameters(
  answer: ParametersAnswer,
  { me, have, acceptTestKeys }: Standing,
): 'signature' | 'other-terminal' | 'test-keys' | 'older' | undefined {
  const { version, signature, ...content } = answer;
  if (me === undefined || !isSigned(me.hostParameterKey, () => parametersBytes({ version, content }), signature)) {
    return 'signature';
  }
  if (answer.terminal !== me.terminal) return 'other-terminal';
  if (!acceptTestKeys && answer.caKeys.some(({ mark }) => mark === 'TEST')) return 'test-keys';
  return have !== undefined && version < have ? 'older' : undefined;
}

function readKept({ queue, log, acceptTestKeys }: ParameterParts): Stored | undefined {
  const text = queue.identity.setting(SETTING);
  if (text === undefined) return undefined;
  const parsed = stored.safeParse(parseJson(text));
  const standing = { me: queue.identity.get(), have: undefined, acceptTestKeys };
  const fault = parsed.success ? faultOfParameters(parsed.data.answer, standing) : 'unreadable';
  if (fault === undefined) return parsed.data;
  log.error({ fault }, 'the stored parameters do not hold; nothing is sold until the host has sent them again');
  return undefined;
}

import type { Logger } from 'pino';
import { type HotlistAnswer, hotlistAnswer } from '../../clearing/contract/index.ts';
import { hotlistBytes } from '../../clearing/contract/record/index.ts';
import type { Queue } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import type { ClearingClient } from './clearing-client.ts';
import { failedRound, type Round } from './loop.ts';
import { isSigned } from './signed.ts';

/** The hotlist as the terminal has it, and how fresh it is. */
export interface HotlistKeeper {
  /** Asks the host for what has changed. Runs often: it is also how the terminal finds out whether the host is there. */
  round(signal: AbortSignal): Promise<Round>;
  status(): { readonly version: number; readonly ageS?: number };
}

export interface HotlistParts {
  readonly queue: Pick<Queue, 'hotlist' | 'identity'>;
  readonly client: ClearingClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly timeoutMs: number;
  /** There is a new version. */
  readonly changed: () => void;
}

const MAX_HOTLIST_BYTES = 64 * 1024 * 1024;
/** That nothing has changed is written down this often; in between memory knows. */
const CONFIRM_EVERY_MS = 60_000;

export function hotlistKeeper({ queue, client, clock, log, timeoutMs, changed }: HotlistParts): HotlistKeeper {
  let confirmedAt: number | undefined;

  const lastConfirmed = (): number | undefined => {
    const { updatedAt } = queue.hotlist.status();
    const stored = updatedAt === undefined ? undefined : Date.parse(updatedAt);
    return confirmedAt === undefined ? stored : Math.max(confirmedAt, stored ?? 0);
  };

  const accept = (answer: HotlistAnswer): Round => {
    const before = queue.hotlist.status();
    const fault = faultOfHotlist(answer, before.version, queue.identity.get()?.hostHotlistKey);
    if (fault !== undefined) {
      log.error(
        { fault, from: answer.from, to: answer.to, have: before.version },
        'a hotlist does not hold; keeping ours',
      );
      return { kind: 'failed' };
    }
    const now = clock.now();
    const { to, full, add, remove } = answer;
    const stale = before.updatedAt === undefined || Math.abs(now - Date.parse(before.updatedAt)) >= CONFIRM_EVERY_MS;
    if (to !== before.version || full || stale) queue.hotlist.apply({ version: to, full, add, remove, at: utc(now) });
    confirmedAt = now;
    if (to !== before.version) {
      log.info({ version: to, added: add.length, removed: remove.length }, 'new hotlist');
      changed();
    }
    return { kind: 'done' };
  };

  return {
    async round(signal) {
      const path = `/v1/hotlist?since=${queue.hotlist.status().version}`;
      const limits = { timeoutMs, signal, maxBytes: MAX_HOTLIST_BYTES };
      const answer = await client.send({ method: 'GET', path, answer: hotlistAnswer, ...limits });
      if (answer.kind === 'failed') return failedRound(answer);
      if (answer.kind === 'answered') return accept(answer.value);
      log.error({ code: answer.code }, 'the host refuses the hotlist');
      return { kind: 'failed' };
    },
    status() {
      const { version } = queue.hotlist.status();
      const at = lastConfirmed();
      return { version, ...(at !== undefined && { ageS: Math.max(0, Math.floor((clock.now() - at) / 1000)) }) };
    },
  };
}

/** A list that is not signed, does not start from ours, or is older than ours, is not taken. */
function faultOfHotlist(
  answer: HotlistAnswer,
  have: number,
  key: Uint8Array | undefined,
): 'signature' | 'other-start' | 'older' | undefined {
  if (key === undefined || !isSigned(key, () => hotlistBytes(answer), answer.signature)) return 'signature';
  if (!answer.full && answer.from !== have) return 'other-start';
  return answer.to < have ? 'older' : undefined;
}

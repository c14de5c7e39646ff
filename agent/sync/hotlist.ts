import type { Logger } from 'pino';
import type { HotlistAnswer, HotlistPageAnswer } from '../../clearing/contract/index.ts';
import type { ArrivingHotlist, Queue } from '../../offline-queue/index.ts';
import { type Clock, utc } from '../clock.ts';
import type { ClearingClient } from './clearing-client.ts';
import { hotlistIntake } from './hotlist-intake.ts';
import { faultOfPage, hotlistReply, pageOf } from './hotlist-page.ts';
import { failedRound, type Round } from './loop.ts';

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

/** Changes asked for at a time: an eighth of a megabyte, checked in some hundredths of a second. */
const PAGE_LIMIT = 2_000;
/** What a host may send in one piece, with room to spare. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024;
/** That nothing has changed is written down this often; in between memory knows. */
const CONFIRM_EVERY_MS = 60_000;
/**
 * Keeps the list that holds the newest. A change comes in pages, each signed; they are laid aside as they come, so that the next
 * run goes on where this one ended, and hold together or not at all.
 */
export function hotlistKeeper({ queue, client, clock, log, timeoutMs, changed }: HotlistParts): HotlistKeeper {
  const { hotlist } = queue;
  const intake = hotlistIntake(hotlist, log, changed);
  let confirmedAt: number | undefined;

  const lastConfirmed = (): number | undefined => {
    const { updatedAt } = hotlist.status();
    const stored = updatedAt === undefined ? undefined : Date.parse(updatedAt);
    return confirmedAt === undefined ? stored : Math.max(confirmedAt, stored ?? 0);
  };

  const confirm = (): Round => {
    const now = clock.now();
    const age = Math.abs(now - Date.parse(hotlist.status().updatedAt ?? ''));
    if (age >= CONFIRM_EVERY_MS) hotlist.confirmed(utc(now));
    confirmedAt = now;
    return { kind: 'done' };
  };

  const accept = async (answer: HotlistAnswer | HotlistPageAnswer, asked: Asked): Promise<Round> => {
    const have = hotlist.status();
    const key = queue.identity.get()?.hostHotlistKey;
    const fault = faultOfPage(answer, { have, key, ...(asked.list && { arriving: asked.list }) });
    if (fault === 'fork') return intake.startAnew(fault);
    if (fault !== undefined) {
      log.error({ fault, to: answer.to, have: have.version }, 'a hotlist does not hold; keeping ours');
      return { kind: 'failed' };
    }
    const page = pageOf(answer);
    const isNews = page.full || page.to !== have.version || have.updatedAt === undefined;
    const round = isNews ? await intake.take(page, asked.at, asked.signal) : undefined;
    // What came in one piece is the newest there is; after a long way there may be more.
    const isNewest = page.after === undefined && page.through === undefined;
    return round === undefined || (round.kind === 'more' && isNewest) ? confirm() : round;
  };

  return {
    async round(signal) {
      const list = intake.arriving();
      if (list?.complete === true) return intake.adopt();
      const at = utc(clock.now());
      const limits = { timeoutMs, signal, maxBytes: MAX_PAGE_BYTES };
      const path = pathFor(list, intake.since());
      const answer = await client.send({ method: 'GET', path, answer: hotlistReply, fresh: true, ...limits });
      if (answer.kind === 'failed') return failedRound(answer);
      if (answer.kind === 'answered') {
        const round = await accept(answer.value, { list, at, signal });
        return round.kind === 'done' && (await intake.tidy(signal)) ? { kind: 'more' } : round;
      }
      log.error({ code: answer.code }, 'the host refuses the hotlist');
      // It may no longer know the version that is arriving.
      if (list !== undefined) hotlist.discard();
      return { kind: 'failed' };
    },
    status() {
      const { version } = hotlist.status();
      const at = lastConfirmed();
      return { version, ...(at !== undefined && { ageS: Math.max(0, Math.floor((clock.now() - at) / 1000)) }) };
    },
  };
}

/** What the host was asked for, and when (RFC 3339). */
interface Asked {
  readonly list: ArrivingHotlist | undefined;
  readonly at: string;
  readonly signal: AbortSignal;
}

function pathFor(list: ArrivingHotlist | undefined, since: number): string {
  if (list?.through === undefined) return `/v1/hotlist?since=${since}&limit=${PAGE_LIMIT}`;
  const from = list.full ? 0 : list.from;
  return `/v1/hotlist?since=${from}&to=${list.to}&after=${list.through}&limit=${PAGE_LIMIT}`;
}

import { setImmediate as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { ArrivingHotlist, Queue } from '../../offline-queue/index.ts';
import { type Page, partsOf } from './hotlist-page.ts';
import type { Round } from './loop.ts';

/** Takes in lists and changes as they arrive. */
export interface HotlistIntake {
  /** The version to ask from: 0 when what there is cannot be what a change starts from. */
  since(): number;
  /** What is arriving, if it still leads on from what there is. */
  arriving(): ArrivingHotlist | undefined;
  /** Lays a page aside, and lets the list hold once it is whole. `at`: when it was asked for, RFC 3339. */
  take(page: Page, at: string, signal: AbortSignal): Promise<Round>;
  /** What has arrived as a whole holds from now on. */
  adopt(): Round;
  /** Neither what has arrived nor what there is can be gone on from: the whole list is asked for. */
  startAnew(fault: string): Round;
  /** Clears up behind a list that holds; false when there is nothing more to do. */
  tidy(signal: AbortSignal): Promise<boolean>;
}

/** Steps of clearing up before the host is asked again. */
const TIDY_STEPS_A_ROUND = 50;

/** Every step is short, and taps are served between two of them. `changed`: another version holds. */
export function hotlistIntake(hotlist: Queue['hotlist'], log: Logger, changed: () => void): HotlistIntake {
  let wantsAll = false;

  const startAnew = (fault: string): Round => {
    log.error({ fault, to: hotlist.arriving()?.to }, 'a hotlist does not hold; keeping ours, asking for all of it');
    hotlist.discard();
    wantsAll = true;
    return { kind: 'failed' };
  };

  const adopt = (): Round => {
    const before = hotlist.status();
    if (hotlist.adopt() === 'wrong-count') return startAnew('wrong-count');
    wantsAll = false;
    const { version, entries } = hotlist.status();
    if (version !== before.version) {
      log.info({ version, entries, before: before.entries }, 'new hotlist');
      changed();
    }
    return { kind: 'more' };
  };

  return {
    since: () => (wantsAll ? 0 : hotlist.status().version),
    arriving() {
      const list = hotlist.arriving();
      const leadsOn = list?.full === true || (!wantsAll && list?.from === hotlist.status().version);
      if (list !== undefined && !leadsOn) hotlist.discard();
      return leadsOn ? list : undefined;
    },
    async take(page, at, signal) {
      for (const part of partsOf(page, at)) {
        if (signal.aborted) return { kind: 'failed' };
        hotlist.stage(part);
        await pause();
      }
      return page.through === undefined ? adopt() : { kind: 'more' };
    },
    adopt,
    startAnew,
    async tidy(signal) {
      for (let steps = 0; steps < TIDY_STEPS_A_ROUND && !signal.aborted; steps++) {
        if (!hotlist.tidy()) return false;
        await pause();
      }
      return true;
    },
  };
}

import { type After, afterMs } from '../driver-tools.ts';
import type { LineEvents, LineState } from './byte-line.ts';

/** The state of a line, and its end. */
export interface LineStanding {
  readonly state: LineState;
  /** Nothing is told any more. */
  readonly isOver: boolean;
  /**
   * The state is this one now; told only when it was another. After a connection that broke at once, `open` holds only when
   * the next one has lasted `steadyMs`.
   */
  become(state: LineState, why?: string): void;
  /** What to wait before the next attempt: 0.25 s, 0.5 s … 5 s, a random half of it less, and little again after a connection that lasted. */
  retryMs(): number;
  /** The device was really away: the next connection is believed at once. */
  startAfresh(): void;
  /** Somebody wants the device now: the connection that holds, or else the next one, is believed at once. */
  believe(): void;
  end(): void;
}

export interface StandingTools {
  readonly after?: After;
  /** A number from 0 to 1, so that terminals that lost a printer together do not come back together. */
  readonly random?: () => number;
  /** STEADY_MS unless said otherwise. */
  readonly steadyMs?: number;
}

const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;
/** So long a connection holds before it is told, when the one before broke at once. */
export const STEADY_MS = 1_000;
/** One that held so long was a good one. */
export const GOOD_MS = 5_000;

/** @param note takes note of each change, before whoever uses the line is told */
export function lineStanding(
  events: Pick<LineEvents, 'state'>,
  note: (state: LineState, why: { readonly why?: string }) => void = () => {},
  { after = afterMs, random = Math.random, steadyMs = STEADY_MS }: StandingTools = {},
): LineStanding {
  let state: LineState = 'unplugged';
  let isOver = false;
  let failures = 0;
  let brokeAtOnce = false;
  let isConnected = false;
  /** Of a connection that has not lasted long enough to be a good one. */
  let callOffTrial: (() => void) | undefined;

  const startAfresh = (): void => {
    failures = 0;
    brokeAtOnce = false;
  };
  const tell = (next: LineState, why?: string): void => {
    if (state === next) return;
    state = next;
    note(next, { ...(why !== undefined && { why }) });
    events.state(next, why);
  };
  const good = (): void => {
    callOffTrial = undefined;
    startAfresh();
  };
  const steady = (why?: string): void => {
    callOffTrial = after(GOOD_MS, good);
    tell('open', why);
  };
  const opened = (why?: string): void => {
    if (isConnected) return;
    isConnected = true;
    if (brokeAtOnce) callOffTrial = after(steadyMs, () => steady(why));
    else steady(why);
  };

  return {
    get state() {
      return state;
    },
    get isOver() {
      return isOver;
    },
    become(next, why) {
      if (isOver) return;
      if (next === 'open') return opened(why);
      if (callOffTrial !== undefined) brokeAtOnce = true;
      callOffTrial?.();
      callOffTrial = undefined;
      isConnected = false;
      tell(next, why);
    },
    retryMs() {
      const most = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures, 10));
      failures += 1;
      return Math.ceil(most * (1 - random() / 2));
    },
    startAfresh,
    believe() {
      startAfresh();
      if (isOver || !isConnected || state === 'open') return;
      callOffTrial?.();
      steady();
    },
    end() {
      isOver = true;
      callOffTrial?.();
    },
  };
}

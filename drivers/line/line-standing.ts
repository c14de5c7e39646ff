import type { LineEvents, LineState } from './byte-line.ts';

/** The state of a line, and its end. */
export interface LineStanding {
  readonly state: LineState;
  /** Nothing is told any more. */
  readonly isOver: boolean;
  /** The state is this one now; told only when it was another. */
  become(state: LineState, why?: string): void;
  end(): void;
}

/** @param note takes note of each change, before whoever uses the line is told */
export function lineStanding(
  events: Pick<LineEvents, 'state'>,
  note: (state: LineState, why: { readonly why?: string }) => void = () => {},
): LineStanding {
  let state: LineState = 'unplugged';
  let isOver = false;
  return {
    get state() {
      return state;
    },
    get isOver() {
      return isOver;
    },
    become(next, why) {
      if (isOver || state === next) return;
      state = next;
      note(next, { ...(why !== undefined && { why }) });
      events.state(next, why);
    },
    end() {
      isOver = true;
    },
  };
}

/** To the host's process; each is answered with `{value}`. */
export type ToHost =
  | { readonly do: 'change'; readonly from: number; readonly to: number; readonly listed: boolean }
  | { readonly do: 'forget'; readonly version: number }
  | { readonly do: 'measure' };

/** From the terminal's process: a page has been taken, or the list that it was to have is there. */
export type FromTerminal = { readonly kind: 'page'; readonly version: number } | ({ readonly kind: 'done' } & Measured);

export interface Measured {
  readonly version: number;
  readonly entries: number;
  readonly seconds: number;
  /** CPU time of the longest step between two turns of the event loop. */
  readonly longestStepMs: number;
  /** The event loop: the longest time that it stood still, and the time below which it was in 999 of 1,000 cases. */
  readonly longestBlockMs: number;
  readonly usualBlockMs: number;
  readonly startRss: number;
  readonly peakRss: number;
  readonly fileBytes: number;
  /** CPU time. */
  readonly lookUpUs: number;
  readonly verifySeconds: number;
  /** What does not hold, in words. */
  readonly faults: readonly string[];
}

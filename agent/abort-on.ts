/** A signal of one's own, and how to let go of what it hangs on. */
export interface OwnSignal {
  readonly signal: AbortSignal;
  release(): void;
}

/**
 * A signal that aborts with the first of the sources, or after a time where one is given. `AbortSignal.any` would do the same, and leave a
 * trace in each source for as long as that lives, which here is as long as the process.
 */
export function abortOn(sources: readonly AbortSignal[], timeoutMs?: number): OwnSignal {
  const own = new AbortController();
  const abort = (): void => own.abort();
  for (const source of sources) source.addEventListener('abort', abort);
  const timer = timeoutMs === undefined ? undefined : setTimeout(abort, timeoutMs);
  if (sources.some(({ aborted }) => aborted)) abort();
  return {
    signal: own.signal,
    release() {
      clearTimeout(timer);
      for (const source of sources) source.removeEventListener('abort', abort);
    },
  };
}

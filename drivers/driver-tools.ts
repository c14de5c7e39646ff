/** Takes note of one thing that happened to a device; details hold no card data. */
export type DriverLog = (event: string, details: Readonly<Record<string, string | number>>) => void;

/** Calls back once in `ms` milliseconds; returns how to call it off. */
export type After = (ms: number, callback: () => void) => () => void;

/** The clock of the machine. */
export const afterMs: After = (ms, callback) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

/** The promise's value, or 'late' when it takes longer than `ms`; the work itself goes on. */
export async function withLimit<T>(work: Promise<T>, ms: number, after: After): Promise<T | 'late'> {
  let callOff = (): void => {};
  const late = new Promise<'late'>((resolve) => {
    callOff = after(ms, () => resolve('late'));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    callOff();
  }
}

/** The promise's value, or 'late' when the signal aborts first; the work itself goes on. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | 'late'> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => resolve('late');
    signal.addEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

/** Runs works one after the other, in the order in which they were given; one that fails does not hold up the next. */
export function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
}

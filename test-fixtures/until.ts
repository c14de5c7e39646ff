/** Between two looks: soon at first, for what is nearly there; then at ease, since each costs who is looked at as well. */
const POLL_MS = { first: 10, growth: 1.5, most: 150 };

/** Waits until `probe` gives something. Fails with `what` it was, which may tell what was last seen, when the time is up. */
export async function until<T>(
  what: string | (() => string),
  probe: () => Promise<T | undefined>,
  withinMs = 45_000,
): Promise<T> {
  const end = performance.now() + withinMs;
  for (let pauseMs = POLL_MS.first; ; pauseMs = Math.min(pauseMs * POLL_MS.growth, POLL_MS.most)) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > end)
      throw new Error(`waited ${withinMs} ms in vain for: ${typeof what === 'string' ? what : what()}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

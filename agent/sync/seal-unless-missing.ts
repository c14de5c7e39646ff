import { QueueError } from '../../offline-queue/index.ts';

/**
 * Seals, unless a record that would be sealed next is missing: nothing behind it can be, and what is sealed goes to the centre all
 * the same.
 * @param missing told why; not called when everything was sealed
 */
export function sealUnlessMissing<T>(seal: () => T, missing: (why: string) => void): T | undefined {
  try {
    return seal();
  } catch (error) {
    if (!(error instanceof QueueError && error.code === 'corrupt')) throw error;
    missing(error.message);
    return undefined;
  }
}

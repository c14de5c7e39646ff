import { type After, afterMs } from '../driver-tools.ts';

/** A device that says so much within PAUSE_MS floods, and is listened to again after them; meanwhile others are. */
const MUCH_BYTES = 1_024;
export const PAUSE_MS = 50;

/**
 * Bounds what a device takes of this process, in pieces however small. To be called with the length in bytes of each piece
 * that came; what the device says in a pause waits with the system, or is lost there.
 */
export function evenIntake(
  source: { pause(): unknown; resume(): unknown },
  after: After = afterMs,
): (length: number) => void {
  let heard = 0;
  let isPaused = false;
  const startAgain = (): void => {
    heard = 0;
    if (isPaused) source.resume();
    isPaused = false;
  };
  return (length) => {
    if (heard === 0) after(PAUSE_MS, startAgain);
    heard += length;
    if (heard < MUCH_BYTES || isPaused) return;
    isPaused = true;
    source.pause();
  };
}

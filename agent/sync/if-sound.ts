import { QueueError } from '../../offline-queue/index.ts';

/** Changes a row; false where another hand has made one of it that cannot be changed any more: that keeps no other from its turn. */
export function ifSound(change: () => void): boolean {
  try {
    change();
    return true;
  } catch (error) {
    if (!(error instanceof QueueError && error.code === 'bad-record')) throw error;
    return false;
  }
}

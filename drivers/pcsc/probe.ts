import type { CardHandle } from './card-handle.ts';
import type { ProbedCard } from './presence.ts';

/**
 * After a failure: resets the card to learn at once whether there is one, long before the service would tell.
 * Undefined when reader or service have gone, which is reported elsewhere. Leaves nothing connected.
 */
export async function resetAndLook(handle: CardHandle): Promise<ProbedCard | undefined> {
  await handle.disconnect('reset');
  return look(handle);
}

/**
 * The same where the service holds on to "no card" after a reset that failed, although one has come since: a reset through
 * the reader itself makes it look.
 */
export async function wakeAndLook(handle: CardHandle): Promise<ProbedCard | undefined> {
  const connected = await handle.connect('reader');
  if (connected.kind === 'connected') await handle.disconnect('reset');
  return look(handle);
}

// One connect and no more: pcscd does not power the next card while it is asked again and again.
async function look(handle: CardHandle): Promise<ProbedCard | undefined> {
  const connected = await handle.connect('card');
  if (connected.kind === 'connected') {
    await handle.disconnect('leave');
    return 'present';
  }
  switch (connected.failure) {
    case 'no-card':
      return 'absent';
    case 'in-use':
      return 'present';
    case 'reader-gone':
    case 'service-gone':
      return undefined;
    default:
      return 'mute';
  }
}

import { join } from 'node:path';

/** The queue and its key in the state folder. */
export const queuePaths = (stateDir: string): { readonly queue: string; readonly masterKey: string } => ({
  queue: join(stateDir, 'queue.db'),
  masterKey: join(stateDir, 'master.key'),
});

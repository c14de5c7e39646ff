import { openQueue, type Queue } from '../offline-queue/index.ts';

export interface AgentQueue {
  readonly queue: Queue;
  /**
   * Aborts with QueueError `sync-failed` once the disk has failed to confirm a commit, with `moved` once a file is not in its place.
   * Nothing is written any more; the agent ends, saying so, and is started again: what the journal holds is then written anew
   * before it is relied on.
   */
  readonly distrusted: AbortSignal;
}

/** Opens the queue for an agent. Throws QueueError as `openQueue`. */
export function openAgentQueue(options: Omit<Parameters<typeof openQueue>[0], 'onDistrusted'>): AgentQueue {
  const distrusted = new AbortController();
  const queue = openQueue({ ...options, onDistrusted: (error) => distrusted.abort(error) });
  return { queue, distrusted: distrusted.signal };
}

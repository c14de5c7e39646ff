import { z } from 'zod';
import { queueResource, syncResource } from './status-resource.ts';

/** What came of an exchange with the clearing host that somebody asked for. */
export const syncNowResource = z.strictObject({
  /**
   * By loop. `done`: nothing is left to do. `more`: there is, and it goes on. `failed`: it is tried again. `waiting`: the host
   * asked for patience, or has not answered yet.
   */
  rounds: z.record(z.string(), z.enum(['done', 'more', 'failed', 'waiting'])),
  clearing: syncResource,
  queue: queueResource,
});

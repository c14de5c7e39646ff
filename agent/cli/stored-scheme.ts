import type { Scheme } from '../config/effective.ts';
import type { Config } from '../config/schema.ts';
import type { CliIo } from './io.ts';

/** What the centre has signed for this terminal, as its queue keeps it; or why that cannot be read here. */
export async function storedScheme(
  config: Config,
  io: CliIo,
): Promise<{ readonly scheme?: Scheme } | { readonly unread: string }> {
  const { existsSync } = await import('node:fs');
  const { queuePaths } = await import('../config/paths.ts');
  if (!existsSync(queuePaths(config.stateDir).queue)) return {};
  const { withQueueAt } = await import('./queue-file.ts');
  const { keptParameters } = await import('../sync/parameters.ts');
  try {
    const kept = await withQueueAt(config, io, (queue) => keptParameters(queue, config.acceptTestKeys, io.now()));
    return kept === undefined ? {} : { scheme: kept.answer };
  } catch (error) {
    return { unread: error instanceof Error ? error.message : String(error) };
  }
}

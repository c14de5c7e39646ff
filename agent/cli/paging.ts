import type { RecordPage } from '../../offline-queue/index.ts';
import { CliError } from './cli-error.ts';
import type { CliIo } from './io.ts';
import type { PageOptions } from './options.ts';

export interface Page<T> extends Pick<RecordPage, 'unreadable'> {
  readonly items: readonly T[];
  readonly next?: string;
}
type Listing<T> = Page<T> | { readonly kind: 'bad-cursor' };

/** One page of a list of the queue. Throws CliError when the cursor is not one of its own. */
export function pageFrom<T>(
  list: (page: { limit: number; cursor?: string }) => Listing<T>,
  { limit, after }: PageOptions,
): Page<T> {
  const found = list({ limit, ...(after !== undefined && { cursor: after }) });
  if ('items' in found) return found;
  throw new CliError('wrong-use', `${after} is no cursor of this list`, 'Leave --after out to begin at the newest.');
}

/** Says how to see what comes after the page. */
export function sayNext({ next }: Page<unknown>, io: CliIo): void {
  if (next !== undefined) io.err(`there are more: --after ${next}`);
}

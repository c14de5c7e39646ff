import type { CardReaders } from '../../drivers/index.ts';
import { CliError } from './cli-error.ts';
import type { CliIo } from './io.ts';
import type { UrlOption } from './options.ts';

export interface OwnReadersOptions extends UrlOption {
  /** The reader's name, or a part of it. */
  readonly reader?: string;
}

/** A daemon that runs takes every card that comes for a payment's: two programs at one card tear each other's exchanges. */
export async function withOwnReaders<T>(
  options: OwnReadersOptions,
  io: CliIo,
  work: (readers: CardReaders) => Promise<T>,
): Promise<T> {
  await refuseBesideDaemon(options, io);
  const readers = await io.openReaders();
  try {
    return await work(readers);
  } finally {
    await readers.close();
  }
}

async function refuseBesideDaemon({ url, reader }: OwnReadersOptions, io: CliIo): Promise<void> {
  const { daemonAt, daemonUrl } = await import('./daemon.ts');
  const at = daemonUrl(url, io.environment);
  const status = await daemonAt(at, io.fetch)
    .status()
    .catch(() => undefined);
  const held = status?.readers.filter(({ name, state }) => state !== 'unplugged' && name.includes(reader ?? ''));
  if (held === undefined || held.length === 0) return;
  throw new CliError(
    'reader-in-use',
    `the daemon at ${at} uses the reader "${held[0]?.name ?? ''}"`,
    'End the daemon, or name a reader that it does not use.',
  );
}

import { readerResource } from '../../api/status-resource.ts';
import type { Daemon } from '../daemon.ts';
import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';
import { printable } from '../text.ts';

const RETRY_MS = 1_000;

export const define: Define = (command, start) => {
  withUrl(command).action(({ url }: UrlOption) =>
    start(async (io, json) => {
      const { daemonAt, daemonUrl } = await import('../daemon.ts');
      return watchReaders(daemonAt(daemonUrl(url, io.environment), io.fetch), io, json);
    }),
  );
};

/** Prints each reader as it is and whenever it changes, until interrupted; a daemon that goes away is waited for. */
async function watchReaders(daemon: Daemon, io: CliIo, json: boolean): Promise<ExitCode> {
  const last = new Map<string, string>();
  const tell = (value: unknown): void => {
    const { success, data: reader } = readerResource.safeParse(value);
    if (!success) return;
    // One that was pulled out, and an equal one elsewhere, may have one name.
    const which = `${reader.port ?? ''} ${reader.name}`;
    if (last.get(which) === reader.state) return;
    last.set(which, reader.state);
    const at = new Date(io.now()).toISOString();
    io.out(
      json ? JSON.stringify({ at, ...reader }) : `${at}  ${printable(reader.name)}  ${reader.role}  ${reader.state}`,
    );
  };

  /** Follows one connection to its end. */
  const follow = async (): Promise<void> => {
    for await (const { name, data } of daemon.events(io.interrupted)) {
      if (name === 'open' || name === 'reset') for (const reader of (await daemon.status()).readers) tell(reader);
      if (name === 'reader') tell(data);
    }
  };

  // The first connection has to succeed: a daemon that has never been there is an error, not an interruption.
  await follow().catch((error: unknown) => {
    if (last.size === 0 && !io.interrupted.aborted) throw error;
  });
  while (!io.interrupted.aborted) {
    io.err('the daemon is away; waiting for it');
    await io.sleep(RETRY_MS);
    await follow().catch(() => {});
  }
  return 0;
}

import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';

export const define: Define = (command, start) => {
  withUrl(command)
    .addHelpText('after', '\nWaits for the end; interrupted, the daemon goes on by itself, also after a restart.')
    .action(({ url }: UrlOption) => start((io, json) => rotate(url, io, json)));
};

const LOOK_EVERY_MS = 500;

async function rotate(url: string | undefined, io: CliIo, json: boolean): Promise<ExitCode> {
  const { daemonAt, daemonUrl } = await import('../daemon.ts');
  const daemon = daemonAt(daemonUrl(url, io.environment), io.fetch);
  const { masterKey } = await daemon.rotateKeys();
  let rotating = true;
  while (rotating && !io.interrupted.aborted) {
    rotating = (await daemon.status()).keys?.rotating ?? false;
    if (rotating) await io.sleep(LOOK_EVERY_MS);
  }
  io.out(json ? JSON.stringify({ masterKey, rotating }) : describe(masterKey, rotating));
  return rotating ? 1 : 0;
}

function describe(masterKey: 'new' | 'same', rotating: boolean): string {
  if (rotating) return 'still rotating: the daemon goes on by itself';
  const master = masterKey === 'new' ? 'the master key is a new one' : 'the master key is the one that was there';
  return `everything is sealed under a new data key; ${master}`;
}

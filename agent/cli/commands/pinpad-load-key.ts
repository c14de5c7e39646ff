import { resolve } from 'node:path';
import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';
import { describePinPad } from './pinpad-status.ts';

export const define: Define = (command, start) => {
  withUrl(command)
    .argument('<file>', 'the file that the centre has made for this pad: key block, name and check value')
    .addHelpText('after', '\nExits with 1 while the pad takes no PIN all the same.')
    .action((file: string, { url }: UrlOption) => start((io, json) => loadKey(file, url, io, json)));
};

async function loadKey(path: string, url: string | undefined, io: CliIo, json: boolean): Promise<ExitCode> {
  const [{ readPinKeyFile }, { daemonAt, daemonUrl }] = await Promise.all([
    import('../pin-key-file.ts'),
    import('../daemon.ts'),
  ]);
  const file = readPinKeyFile(resolve(io.workingDirectory, path));
  const pad = await daemonAt(daemonUrl(url, io.environment), io.fetch).loadPinKey(file);
  if (json) io.out(JSON.stringify({ ...pad, checkValue: file.checkValue }));
  else {
    io.out(`key ${file.keyId} is in the pad; check value ${file.checkValue}: compare it with the paper of the centre`);
    for (const line of describePinPad(pad)) io.out(line);
  }
  return pad.state === 'ready' ? 0 : 1;
}

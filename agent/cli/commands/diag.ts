import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { USUAL_FILE } from '../../config/usual-file.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';

interface DiagOptions extends UrlOption {
  readonly out?: string;
  readonly config: string;
}

export const define: Define = (command, start) => {
  withUrl(command)
    .option('--out <file>', 'the archive (default: jdpos-diag-<time>.tar.gz here)')
    .option('--config <file>', 'settings file', USUAL_FILE)
    .addHelpText(
      'after',
      '\nCard numbers, PINs, keys and codes are masked before anything is written; manifest.json counts them.',
    )
    .action((options: DiagOptions) => start((io, json) => diag(options, io, json)));
};

async function diag(options: DiagOptions, io: CliIo, json: boolean): Promise<ExitCode> {
  const [{ supportArchive }, { sources }, { knownSecrets }, machine, { daemonUrl }, { placesBelow }] =
    await Promise.all([
      import('../../diag/support-archive.ts'),
      import('../../diag/sources.ts'),
      import('../../diag/known-secrets.ts'),
      import('../../setup/machine.ts'),
      import('../daemon.ts'),
      import('../../setup/places.ts'),
    ]);
  const configPath = resolve(io.workingDirectory, options.config);
  const config = await configAt(configPath, io);
  const port = config?.register.port;
  const url = options.url ?? (port === undefined ? undefined : `http://127.0.0.1:${port}`);
  const now = io.now();
  const gathered = sources({
    ...{ config, configPath, url: daemonUrl(url, io.environment), fetch: io.fetch, run: machine.runProgram },
    program: machine.thisProgram(),
    unitPath: placesBelow('/', {}).unit,
    versions: await machine.versionsOf(machine.runProgram),
  });
  const { archive, manifest } = await supportArchive(gathered, knownSecrets(config, io.environment), now);
  const name = `jdpos-diag-${new Date(now).toISOString().replace(/[-:]|\.\d+/g, '')}.tar.gz`;
  const path = resolve(io.workingDirectory, options.out ?? name);
  write(path, archive);
  if (json) io.out(JSON.stringify({ path, ...manifest }));
  else {
    for (const { name: file, masked } of manifest.files) {
      const counts = Object.entries(masked).map(([kind, count]) => `${count} × ${kind}`);
      if (counts.length > 0) io.out(`masked in ${file}: ${counts.join(', ')}`);
    }
    for (const { name: file, why } of manifest.missing) io.out(`without ${file}: ${why}`);
    io.out(`${path}: ${manifest.files.length} files`);
  }
  return 0;
}

function write(path: string, archive: Uint8Array): void {
  try {
    writeFileSync(path, archive, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new CliError('file-exists', `${path} is there already`, 'Name another file with --out.');
  }
}

/** What is wrong with the settings must not keep anybody from asking for help. */
async function configAt(path: string, io: CliIo) {
  const { readConfig } = await import('../../config/read-config.ts');
  try {
    const read = readConfig(JSON.parse(readFileSync(path, 'utf8')), io.environment);
    return read.kind === 'config' ? read.config : undefined;
  } catch {
    return undefined;
  }
}

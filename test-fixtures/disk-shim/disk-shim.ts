import { spawnSync } from 'node:child_process';
import { join, sep } from 'node:path';

// The source is not built: from dist/ it is the one of the checkout.
const SOURCE = join(import.meta.dirname.replace(`${sep}dist${sep}`, sep), 'disk-shim.c');

/** What this machine lacks of it: nothing, or a C compiler, or Linux. */
export function missingForDiskShim(): readonly string[] {
  if (process.platform !== 'linux') return ['Linux'];
  return spawnSync('cc', ['--version']).status === 0 ? [] : ['a C compiler (cc)'];
}

/** Compiles the shim into this folder; gives its path. Throws an Error with what the compiler said. */
export function buildDiskShim(folder: string): string {
  const library = join(folder, 'disk-shim.so');
  const { status, stderr } = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, SOURCE, '-ldl'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the disk shim does not compile: ${stderr}`);
  return library;
}

/**
 * The environment of a process that runs with the shim.
 * @param log where the shim writes down what is done; absent: nowhere
 */
export function withDiskShim(library: string, folder: string, log?: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    LD_PRELOAD: library,
    DISK_SHIM_FOLDER: folder,
    ...(log !== undefined && { DISK_SHIM_LOG: log }),
  };
}

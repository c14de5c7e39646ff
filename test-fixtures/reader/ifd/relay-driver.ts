import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { missingForVirtualReader } from '../private-pcscd.ts';

// The source is not built: from dist/ it is the one of the checkout.
const SOURCE = join(import.meta.dirname.replace(`${sep}dist${sep}`, sep), 'relay-ifd.c');

/** Where Debian's libpcsclite-dev has ifdhandler.h. */
const HEADERS = '/usr/include/PCSC';

/** What this machine lacks for readers of the relay driver, each with what brings it; empty when all is there. */
export function missingForRelayReader(): string[] {
  const missing = missingForVirtualReader();
  if (spawnSync('cc', ['--version']).status !== 0) missing.push('a C compiler (cc)');
  if (!existsSync(join(HEADERS, 'ifdhandler.h'))) missing.push('ifdhandler.h (Debian package libpcsclite-dev)');
  return missing;
}

/** Compiles the driver into this folder; gives its path. Throws an Error with what the compiler said. */
export function buildRelayDriver(folder: string): string {
  const library = join(folder, 'libifdrelay.so');
  const options = ['-shared', '-fPIC', '-O1', '-Wall', '-Wextra', '-Werror', `-I${HEADERS}`, '-o', library, SOURCE];
  const { status, stderr } = spawnSync('cc', options, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the relay driver does not compile: ${stderr}`);
  // pcscd may be another user.
  chmodSync(library, 0o755);
  return library;
}

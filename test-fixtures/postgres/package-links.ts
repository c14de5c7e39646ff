import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * The package cannot carry symbolic links; its install script makes them from pg-symlinks.json. Where install scripts were
 * not run the libraries would be missing, so what is missing is made here. `native`: the package's folder of that name.
 */
export function makeLibraryLinks(native: string): void {
  const links: unknown = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(links)) throw new Error('pg-symlinks.json of the PostgreSQL package is not a list');
  for (const { source, target } of links as readonly { source: string; target: string }[]) {
    const link = join(native, '..', target);
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
}

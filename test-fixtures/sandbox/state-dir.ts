import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, parse, resolve } from 'node:path';

/** Where a sandbox keeps its things. */
export interface StateDir {
  /** The terminal's own: queue and keys, for its user alone. */
  readonly agent: string;
  /** The tray of cards. */
  readonly cards: string;
  /** The centre's certificates and their keys. */
  readonly centre: string;
  /** Pid files. */
  readonly run: string;
  /**
   * For servers that give up root and sockets, whose path may have 107 bytes at most: inside the state folder where other
   * users can reach it, else under /var/tmp by a name that belongs to this state folder.
   */
  readonly reachable: string;
}

/** Longest socket file name that is put under `reachable`. */
const SOCKET_NAME_BYTES = 24;
const MAX_SOCKET_PATH_BYTES = 107;

const othersMayPass = (folder: string): boolean => (statSync(folder).mode & 0o001) !== 0;

function reachableByOthers(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if (!othersMayPass(at)) return false;
    if (at === parse(at).root) return true;
  }
}

/** Makes the folders of a sandbox, as far as they are not there. */
export function prepareStateDir(path: string): StateDir {
  const root = resolve(path);
  mkdirSync(root, { recursive: true });
  // What needs hiding has a folder of its own below; PostgreSQL and pcscd must be able to pass.
  chmodSync(root, 0o711);
  const agent = join(root, 'agent');
  mkdirSync(agent, { recursive: true, mode: 0o700 });
  const centre = join(root, 'centre');
  mkdirSync(centre, { recursive: true, mode: 0o700 });
  const cards = join(root, 'cards');
  const run = join(root, 'run');
  for (const folder of [cards, run]) mkdirSync(folder, { recursive: true });

  const inside = join(root, 'shared');
  const mark = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const fits = Buffer.byteLength(inside) + SOCKET_NAME_BYTES <= MAX_SOCKET_PATH_BYTES;
  const reachable = fits && reachableByOthers(root) ? inside : `/var/tmp/jdpos-${mark}`;
  mkdirSync(reachable, { recursive: true, mode: 0o711 });
  chmodSync(reachable, 0o711);
  return { agent, centre, cards, run, reachable };
}

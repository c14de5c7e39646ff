import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** TCP_LISTEN of the kernel, as /proc/net/tcp writes it (proc(5)). */
const LISTENS = '0A';
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/** Which process listens at a TCP port of this machine: `process 4711 (node jdpos.js run …)`; undefined: none. */
export function listener(port: number): string | undefined {
  const sockets = new Set(TABLES.flatMap((table) => listening(table, port)).map((inode) => `socket:[${inode}]`));
  if (sockets.size === 0) return undefined;
  for (const pid of entries('/proc').filter((name) => /^[0-9]+$/.test(name))) {
    if (entries(`/proc/${pid}/fd`).some((fd) => sockets.has(link(`/proc/${pid}/fd/${fd}`))))
      return `process ${pid} (${text(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 200)})`;
  }
  return 'a process that this user may not see';
}

function listening(table: string, port: number): readonly string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return text(table)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local = '', , state]) => local.endsWith(wanted) && state === LISTENS)
    .flatMap(({ 9: inode }) => (inode === undefined ? [] : [inode]));
}

/** Processes come and go, and others' may not be looked at: what cannot be read is empty. */
const quietly = <T>(read: () => T, otherwise: T): T => {
  try {
    return read();
  } catch {
    return otherwise;
  }
};
const entries = (folder: string): readonly string[] => quietly(() => readdirSync(folder), []);
const link = (path: string): string => quietly(() => readlinkSync(path), '');
const text = (path: string): string => quietly(() => readFileSync(path, 'utf8'), '');

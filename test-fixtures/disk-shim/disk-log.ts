/** One change that a process made to the watched folder, as the shim wrote it down. Paths are absolute. */
export type DiskOperation =
  /** A process began; the numbers of its files begin anew. */
  | { readonly kind: 'start' }
  /** `file` is the number of this opening. The file was made by it if there was none. */
  | { readonly kind: 'open'; readonly file: number; readonly path: string; readonly truncated: boolean }
  | { readonly kind: 'write'; readonly file: number; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly file: number; readonly size: number }
  /** fsync or fdatasync, of a file or a folder. */
  | { readonly kind: 'sync' | 'sync-failed'; readonly file: number }
  | { readonly kind: 'unlink' | 'mkdir' | 'rmdir'; readonly path: string }
  | { readonly kind: 'rename' | 'link'; readonly from: string; readonly to: string };

type Kind = DiskOperation['kind'];

/** In the order of the shim's numbers, from 1. */
const KINDS: readonly Kind[] = [
  'start',
  'open',
  'write',
  'truncate',
  'sync',
  'sync-failed',
  'unlink',
  'rename',
  'link',
  'mkdir',
  'rmdir',
];

const HEAD_BYTES = 17;
const O_TRUNC = 0o1000;

/** Reads a log of the shim (disk-shim.c says how it is laid out). A line that was cut short, as by a kill, ends it. */
export function parseDiskLog(log: Buffer): readonly DiskOperation[] {
  const operations: DiskOperation[] = [];
  for (let at = 0; at + HEAD_BYTES <= log.length; ) {
    const end = at + HEAD_BYTES + log.readUInt32LE(at + 13);
    if (end > log.length) break;
    operations.push(
      operationOf({
        kind: KINDS[log.readUInt8(at) - 1],
        file: log.readUInt32LE(at + 1),
        number: Number(log.readBigUInt64LE(at + 5)),
        bytes: log.subarray(at + HEAD_BYTES, end),
      }),
    );
    at = end;
  }
  return operations;
}

interface Line {
  readonly kind: Kind | undefined;
  readonly file: number;
  readonly number: number;
  readonly bytes: Buffer;
}

function operationOf({ kind, file, number, bytes }: Line): DiskOperation {
  const [path = '', to = ''] = kind === 'write' ? [] : bytes.toString().split('\0');
  switch (kind) {
    case 'start':
      return { kind };
    case 'open':
      return { kind, file, path, truncated: (number & O_TRUNC) !== 0 };
    case 'write':
      return { kind, file, offset: number, bytes };
    case 'truncate':
      return { kind, file, size: number };
    case 'sync':
    case 'sync-failed':
      return { kind, file };
    case 'unlink':
    case 'mkdir':
    case 'rmdir':
      return { kind, path };
    case 'rename':
    case 'link':
      return { kind, from: path, to };
    case undefined:
      throw new Error('the log of the disk shim has an operation that nobody knows');
  }
}

/** One plain file of an archive. */
export interface TarFile {
  /** Up to 100 bytes, ASCII. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const BLOCK = 512;
const NAME_BYTES = 100;

/** Where each field of a ustar header lies (POSIX.1-2001, pax, "ustar Interchange Format"). */
const FIELDS = { mode: 100, uid: 108, gid: 116, size: 124, mtime: 136, checksum: 148, type: 156, magic: 257 } as const;

/**
 * Files as a ustar archive, in their order.
 * @param mtimeS of all of them, seconds since 1970
 */
export function tarArchive(files: readonly TarFile[], mtimeS: number): Uint8Array {
  const padded = (bytes: number): number => Math.ceil(bytes / BLOCK) * BLOCK;
  // Two blocks of zeros end it.
  const total = files.reduce((sum, { bytes }) => sum + BLOCK + padded(bytes.length), 2 * BLOCK);
  const archive = new Uint8Array(total);
  let at = 0;
  for (const file of files) {
    archive.set(header(file, mtimeS), at);
    archive.set(file.bytes, at + BLOCK);
    at += BLOCK + padded(file.bytes.length);
  }
  return archive;
}

function header({ name, bytes }: TarFile, mtimeS: number): Uint8Array {
  if (name.length > NAME_BYTES || /[^\x21-\x7E]/.test(name)) throw new RangeError(`no name for an archive: ${name}`);
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string): void => {
    for (let index = 0; index < text.length; index++) block[at + index] = text.charCodeAt(index);
  };
  const octal = (at: number, digits: number, value: number): void => put(at, value.toString(8).padStart(digits, '0'));
  put(0, name);
  octal(FIELDS.mode, 7, 0o600);
  octal(FIELDS.uid, 7, 0);
  octal(FIELDS.gid, 7, 0);
  octal(FIELDS.size, 11, bytes.length);
  octal(FIELDS.mtime, 11, Math.max(0, mtimeS));
  put(FIELDS.type, '0');
  put(FIELDS.magic, 'ustar\u000000');
  // The sum of all bytes, with its own field taken for blanks.
  put(FIELDS.checksum, ' '.repeat(8));
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(FIELDS.checksum, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

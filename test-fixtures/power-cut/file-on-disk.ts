/** Changes of a file's content, oldest first. */
export type Change =
  | { readonly kind: 'write'; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly size: number };

/** What a disk writes whole or not at all. */
const SECTOR_BYTES = 512;

/** A file: what is safe on the disk, and what was changed since. */
export class FileOnDisk {
  #safe: Uint8Array = new Uint8Array();
  #unsynced: Change[] = [];

  get unsynced(): readonly Change[] {
    return this.#unsynced;
  }

  change(change: Change): void {
    this.#unsynced.push(change);
  }

  /** All of it has reached the disk. */
  sync(): void {
    this.#safe = changed(this.#safe, this.#unsynced);
    this.#unsynced = [];
  }

  /**
   * The disk failed to write them, and Linux calls the pages clean all the same: whoever reads sees them, no later sync writes
   * them again. Some may have arrived before it failed.
   */
  loseUnsynced(arrived: (change: Change) => boolean): void {
    this.#safe = changed(this.#safe, this.#unsynced.filter(arrived));
    this.#unsynced = [];
  }

  /** The content if of the unsynced changes these have arrived. */
  contentWith(arrived: readonly Change[]): Uint8Array {
    return changed(this.#safe, arrived);
  }
}

/** A change as the disk takes it: a write is as many as it touches sectors. */
export function sectorsOf(change: Change): readonly Change[] {
  if (change.kind === 'truncate') return [change];
  const { offset, bytes } = change;
  const sectors: Change[] = [];
  for (let at = 0; at < bytes.length; ) {
    const next = Math.min(bytes.length, at + SECTOR_BYTES - ((offset + at) % SECTOR_BYTES));
    sectors.push({ kind: 'write', offset: offset + at, bytes: bytes.subarray(at, next) });
    at = next;
  }
  return sectors;
}

/** What was never written between two writes reads as zero. */
function changed(before: Uint8Array, changes: readonly Change[]): Uint8Array {
  const ends = changes.map((change) => (change.kind === 'write' ? change.offset + change.bytes.length : change.size));
  const content = new Uint8Array(Math.max(before.length, ...ends));
  content.set(before);
  let size = before.length;
  for (const change of changes) {
    if (change.kind === 'write') {
      content.set(change.bytes, change.offset);
      size = Math.max(size, change.offset + change.bytes.length);
    } else {
      content.fill(0, Math.min(size, change.size));
      size = change.size;
    }
  }
  return content.subarray(0, size);
}

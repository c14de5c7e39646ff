import { dirname } from 'node:path';
import type { DiskOperation } from '../disk-shim/index.ts';
import { type Change, FileOnDisk } from './file-on-disk.ts';

type Node = FileOnDisk | 'folder';
type Names = Map<string, Node>;

/** A change of names in one folder; safe once that folder was synced. */
interface Renaming {
  readonly folders: readonly string[];
  apply(names: Names): void;
}

/** Something that was done and that no sync covers yet: a power cut may leave it or not. */
export type Loose = Change | Renaming;

/** What lies on a disk after the power went. Paths as they were; the watched folder itself is always there. */
export interface Image {
  readonly folders: readonly string[];
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/**
 * A disk as POSIX promises it and no better: a write is safe once its file was synced, a name once its folder was; until
 * then each may be there or not, whatever came after it.
 */
export class Disk {
  readonly #root: string;
  readonly #arrivesBeforeFailure: (change: Change) => boolean;
  readonly #seen: Names = new Map();
  readonly #safe: Names = new Map();
  #renamings: Renaming[] = [];
  #open = new Map<number, { path: string; node: Node }>();

  constructor(root: string, arrivesBeforeFailure: (change: Change) => boolean) {
    this.#root = root;
    this.#arrivesBeforeFailure = arrivesBeforeFailure;
    for (const names of [this.#seen, this.#safe]) names.set(root, 'folder');
  }

  do(operation: DiskOperation): void {
    switch (operation.kind) {
      case 'start':
        this.#open = new Map();
        break;
      case 'open':
        this.#opened(operation);
        break;
      case 'write':
      case 'truncate':
        this.#file(operation.file)?.change(operation);
        break;
      case 'sync':
        this.#sync(operation.file);
        break;
      case 'sync-failed':
        this.#file(operation.file)?.loseUnsynced(this.#arrivesBeforeFailure);
        break;
      case 'mkdir':
        this.#rename([operation.path], (names) => names.set(operation.path, 'folder'));
        break;
      case 'unlink':
      case 'rmdir':
        this.#rename([operation.path], (names) => names.delete(operation.path));
        break;
      case 'link':
      case 'rename':
        this.#moved(operation);
        break;
    }
  }

  /** Everything that a power cut may leave or not, oldest first within a file. */
  loose(): readonly Loose[] {
    const files = new Set([...this.#seen.values(), ...this.#safe.values()]);
    const changes = [...files].flatMap((node) => (node === 'folder' ? [] : node.unsynced));
    return [...changes, ...this.#renamings];
  }

  /**
   * The disk if the power goes now.
   * @param arrived of what is loose, what has reached the disk: a part of a change, all of it, or nothing
   */
  image(arrived: (loose: Loose) => readonly Change[] | boolean): Image {
    const names = new Map(this.#safe);
    for (const renaming of this.#renamings) if (arrived(renaming)) renaming.apply(names);
    const files = new Map<string, Uint8Array>();
    const folders: string[] = [];
    for (const [path, node] of names) {
      if (!this.#isReachable(path, names)) continue;
      if (node === 'folder') folders.push(path);
      else files.set(path, node.contentWith(node.unsynced.flatMap((change) => partsOf(change, arrived(change)))));
    }
    return { folders, files };
  }

  #isReachable(path: string, names: Names): boolean {
    for (let at = path; at !== this.#root; at = dirname(at)) if (names.get(dirname(at)) !== 'folder') return false;
    return true;
  }

  #opened({ file, path, truncated }: Extract<DiskOperation, { kind: 'open' }>): void {
    const node = this.#seen.get(path) ?? new FileOnDisk();
    if (!this.#seen.has(path)) this.#rename([path], (names) => names.set(path, node));
    else if (truncated && node !== 'folder') node.change({ kind: 'truncate', size: 0 });
    this.#open.set(file, { path, node });
  }

  #moved({ kind, from, to }: Extract<DiskOperation, { kind: 'link' | 'rename' }>): void {
    const node = this.#seen.get(from);
    if (node === undefined) throw new Error(`${from} was moved, and never made`);
    this.#rename(kind === 'link' ? [to] : [from, to], (names) => {
      names.set(to, node);
      if (kind === 'rename') names.delete(from);
    });
  }

  #rename(paths: readonly string[], apply: (names: Names) => unknown): void {
    apply(this.#seen);
    this.#renamings.push({ folders: paths.map(dirname), apply });
  }

  #sync(file: number): void {
    const opened = this.#open.get(file);
    if (opened?.node === 'folder') this.#syncFolder(opened.path);
    else opened?.node.sync();
  }

  #syncFolder(path: string): void {
    const covered = ({ folders }: Renaming): boolean => folders.includes(path);
    for (const renaming of this.#renamings.filter(covered)) renaming.apply(this.#safe);
    this.#renamings = this.#renamings.filter((renaming) => !covered(renaming));
  }

  #file(number: number): FileOnDisk | undefined {
    const node = this.#open.get(number)?.node;
    return node === 'folder' ? undefined : node;
  }
}

function partsOf(change: Change, arrived: readonly Change[] | boolean): readonly Change[] {
  if (typeof arrived !== 'boolean') return arrived;
  return arrived ? [change] : [];
}

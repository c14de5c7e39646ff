import { join } from 'node:path';
import type { DiskOperation } from '../disk-shim/index.ts';
import { type Recording, TOLD } from './recording.ts';

/** A state of the queue that was told to the world as committed. */
export interface Told {
  /** After how many operations of the disk. */
  readonly after: number;
  readonly fingerprint: string;
  /** The step that led to it. */
  readonly name: string;
}

/** What the recorded processes told, in order. */
export function toldIn({ folder, operations }: Recording): readonly Told[] {
  const path = join(folder, TOLD);
  const files = new Set<number>();
  const told: Told[] = [];
  for (const [at, operation] of operations.entries()) {
    if (operation.kind === 'start') files.clear();
    if (operation.kind === 'open' && operation.path === path) files.add(operation.file);
    if (operation.kind === 'write' && files.has(operation.file)) told.push(readTold(operation, at + 1));
  }
  return told;
}

function readTold({ bytes }: Extract<DiskOperation, { kind: 'write' }>, after: number): Told {
  const [, fingerprint = '', name = ''] = /^([0-9a-f]{16}) (.+)\n$/.exec(Buffer.from(bytes).toString()) ?? [];
  return { after, fingerprint, name };
}

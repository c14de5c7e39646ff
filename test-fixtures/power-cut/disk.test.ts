import { beforeEach, describe, expect, it } from 'vitest';
import type { DiskOperation } from '../disk-shim/index.ts';
import { Disk } from './disk.ts';
import { sectorsOf } from './file-on-disk.ts';

const ROOT = '/d';
const A = `${ROOT}/a`;

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const open = (file: number, path: string, truncated = false): DiskOperation => ({
  kind: 'open',
  file,
  path,
  truncated,
});
const write = (offset: number, text: string): DiskOperation => ({ kind: 'write', file: 1, offset, bytes: utf8(text) });
const sync = (file: number): DiskOperation => ({ kind: 'sync', file });

let disk: Disk;
beforeEach(() => {
  disk = new Disk(ROOT, () => false);
});

/** Files after a power cut, as text. */
const left = (arrived: boolean): { readonly [path: string]: string } => {
  const { files } = disk.image(() => arrived);
  return Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));
};
const doAll = (...operations: readonly DiskOperation[]): void => {
  for (const operation of operations) disk.do(operation);
};

describe('what a power cut leaves', () => {
  it('of a file: what was synced, and of the rest anything', () => {
    doAll(open(1, A), open(2, ROOT), sync(2), write(0, 'old row'), sync(1), write(0, 'new'));
    expect([left(false), left(true)]).toEqual([{ [A]: 'old row' }, { [A]: 'new row' }]);
    expect(disk.loose()).toHaveLength(1);
    doAll(sync(1));
    expect(left(false)).toEqual({ [A]: 'new row' });
  });

  it('of a name: nothing before its folder was synced, whatever is in the file', () => {
    doAll(open(1, A), write(0, 'row'), sync(1));
    expect([left(false), left(true)]).toEqual([{}, { [A]: 'row' }]);
    doAll(open(2, ROOT), sync(2));
    expect(left(false)).toEqual({ [A]: 'row' });
    doAll({ kind: 'unlink', path: A });
    expect([left(false), left(true)]).toEqual([{ [A]: 'row' }, {}]);
  });

  it('of a folder that is not safe: nothing in it', () => {
    const inside = `${ROOT}/f/a`;
    doAll({ kind: 'mkdir', path: `${ROOT}/f` }, open(1, inside), open(2, `${ROOT}/f`), sync(2));
    expect(left(false)).toEqual({});
    doAll(open(3, ROOT), sync(3));
    expect(left(false)).toEqual({ [inside]: '' });
  });

  it('of a file that was moved: one of its names', () => {
    doAll(open(1, A), open(2, ROOT), sync(2), { kind: 'rename', from: A, to: `${ROOT}/b` });
    expect([Object.keys(left(false)), Object.keys(left(true))]).toEqual([[A], [`${ROOT}/b`]]);
  });

  it('of what a failed sync gave up: nothing, whatever is synced later', () => {
    doAll(open(1, A), open(2, ROOT), sync(2), write(0, 'lost row'), { kind: 'sync-failed', file: 1 });
    doAll(write(5, 'one'), sync(1));
    expect(left(true)).toEqual({ [A]: '\0\0\0\0\0one' });
  });

  it('of a file cut short: its old end, or zeros where nothing was written again', () => {
    doAll(open(1, A), open(2, ROOT), sync(2), write(0, 'long'), sync(1), { kind: 'truncate', file: 1, size: 1 });
    doAll(write(3, 'g'));
    expect([left(false), left(true)]).toEqual([{ [A]: 'long' }, { [A]: 'l\0\0g' }]);
  });
});

it('a write is torn where sectors meet', () => {
  const parts = sectorsOf({ kind: 'write', offset: 500, bytes: new Uint8Array(600) });
  expect(parts.map((part) => part.kind === 'write' && [part.offset, part.bytes.length])).toEqual([
    [500, 12],
    [512, 512],
    [1024, 76],
  ]);
});

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countingRandom } from '../test-support.ts';
import { loadMasterKey } from './key-store.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-keys-'));
  path = join(folder, 'keys', 'master');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const random = countingRandom();
const DATA_KEY = new Uint8Array(32).fill(0xd1);
const refused = (detail: string) =>
  expect.objectContaining({ code: 'key-file', message: expect.stringContaining(detail) });

const wrapped = (): Uint8Array => loadMasterKey(path, random).wrap('data', DATA_KEY);
/** What another process makes of it. */
const opened = (bytes: Uint8Array, name = 'data', at = path) => loadMasterKey(at).unwrap(name, bytes);

describe('the master key file', () => {
  it('is made when it is first needed, for its owner alone, and found again', () => {
    expect(existsSync(path)).toBe(false);
    const bytes = wrapped();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(path).size).toBe(32);
    expect(readdirSync(join(folder, 'keys'))).toEqual(['master']);
    expect(opened(bytes)).toEqual({ key: DATA_KEY, current: true });
    expect(opened(wrapped())).toEqual({ key: DATA_KEY, current: true });
  });

  it('is not made for reading', () => {
    const bytes = wrapped();
    const elsewhere = join(folder, 'elsewhere', 'master');
    expect(opened(bytes, 'data', elsewhere)).toBeUndefined();
    expect(() => loadMasterKey(elsewhere).wrap('data', DATA_KEY)).toThrow(
      expect.objectContaining({ code: 'read-only' }),
    );
    expect(existsSync(elsewhere)).toBe(false);
  });

  it('opens what it has wrapped, under its name, and nothing else', () => {
    const bytes = wrapped();
    expect(opened(bytes, 'other')).toBeUndefined();
    expect(opened(bytes.with(20, (bytes[20] ?? 0) ^ 1))).toBeUndefined();
    rmSync(path);
    wrapped();
    expect(opened(bytes)).toBeUndefined();
  });

  it.each([0o640, 0o604, 0o620, 0o660])('is refused with mode %o', (mode) => {
    const bytes = wrapped();
    chmodSync(path, mode);
    expect(() => opened(bytes)).toThrow(refused('others may read or write'));
  });

  it('is refused when it is no file of 32 bytes', () => {
    const bytes = wrapped();
    writeFileSync(join(folder, 'short'), new Uint8Array(31), { mode: 0o600 });
    expect(() => opened(bytes, 'data', join(folder, 'short'))).toThrow(refused('has 31 bytes'));
    mkdirSync(join(folder, 'folder'), { mode: 0o700 });
    expect(() => opened(bytes, 'data', join(folder, 'folder'))).toThrow(refused('is no file'));
    symlinkSync(path, join(folder, 'link'));
    expect(() => opened(bytes, 'data', join(folder, 'link'))).toThrow(refused('link'));
    execFileSync('mkfifo', ['-m', '600', join(folder, 'pipe')]);
    expect(() => opened(bytes, 'data', join(folder, 'pipe'))).toThrow(refused('is no file'));
  });
});

describe('another master key file', () => {
  const pieces = (): string[] => readdirSync(join(folder, 'keys')).sort();

  it('takes the place of the one before once that is destroyed', () => {
    const master = loadMasterKey(path, random);
    const before = master.wrap('data', DATA_KEY);
    const oldKey = readFileSync(path);
    expect(master.renew()).toBe(true);
    expect(opened(before)).toBeDefined();
    const after = master.wrap('data', DATA_KEY);
    expect(pieces()).toEqual(['master', 'master.next']);
    master.destroy(before);
    master.destroy(before);
    expect(pieces()).toEqual(['master']);
    expect(readFileSync(path)).not.toEqual(oldKey);
    expect(opened(after)).toEqual({ key: DATA_KEY, current: true });
    expect(opened(before)).toBeUndefined();
  });

  it('is found by a process that comes after a crash, whichever of the two has wrapped', () => {
    const master = loadMasterKey(path, random);
    const before = master.wrap('data', DATA_KEY);
    master.renew();
    const after = master.wrap('data', DATA_KEY);
    const next = loadMasterKey(path, random);
    expect(next.unwrap('data', after)?.key).toEqual(DATA_KEY);
    next.destroy(before);
    expect(pieces()).toEqual(['master']);
    expect(opened(after)?.key).toEqual(DATA_KEY);
  });

  it('that was never used is replaced by the next', () => {
    const master = loadMasterKey(path, random);
    const before = master.wrap('data', DATA_KEY);
    master.renew();
    const unused = readFileSync(`${path}.next`);
    const next = loadMasterKey(path, random);
    expect(next.unwrap('data', before)?.key).toEqual(DATA_KEY);
    next.destroy(before);
    expect(pieces()).toEqual(['master', 'master.next']);
    next.renew();
    expect(readFileSync(`${path}.next`)).not.toEqual(unused);
  });

  it('takes the place also where the one before was taken away meanwhile', () => {
    const master = loadMasterKey(path, random);
    const before = master.wrap('data', DATA_KEY);
    master.renew();
    const after = master.wrap('data', DATA_KEY);
    rmSync(path);
    master.destroy(before);
    expect(pieces()).toEqual(['master']);
    expect(opened(after)?.key).toEqual(DATA_KEY);
  });

  it('is found when a crash left the one before overwritten', () => {
    const master = loadMasterKey(path, random);
    master.wrap('data', DATA_KEY);
    master.renew();
    const after = master.wrap('data', DATA_KEY);
    writeFileSync(path, new Uint8Array(32));
    expect(opened(after)?.key).toEqual(DATA_KEY);
    renameSync(`${path}.next`, path);
    expect(opened(after)?.key).toEqual(DATA_KEY);
  });
});

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Secret } from '../emv/values/index.ts';
import { loadMasterKey } from './key-store.ts';
import { countingRandom } from './test-support.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-keys-'));
  path = join(folder, 'keys', 'master');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const random = countingRandom();
const bytesOf = (key: Secret): Uint8Array => key.use((bytes) => Uint8Array.from(bytes));
const refused = (detail: string) =>
  expect.objectContaining({ code: 'key-file', message: expect.stringContaining(detail) });

describe('the master key file', () => {
  it('is made when there is none, for its owner alone, and read again', () => {
    const key = bytesOf(loadMasterKey(path, random));
    expect(key).toHaveLength(32);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'keys'))).toEqual(['master']);
    expect(bytesOf(loadMasterKey(path, random))).toEqual(key);
  });

  it.each([0o640, 0o604, 0o620, 0o660])('is refused with mode %o', (mode) => {
    loadMasterKey(path, random);
    chmodSync(path, mode);
    expect(() => loadMasterKey(path, random)).toThrow(refused('others may read or write'));
  });

  it('is refused when it is no file of 32 bytes', () => {
    writeFileSync(join(folder, 'short'), new Uint8Array(31), { mode: 0o600 });
    expect(() => loadMasterKey(join(folder, 'short'), random)).toThrow(refused('has 31 bytes'));
    mkdirSync(join(folder, 'folder'), { mode: 0o700 });
    expect(() => loadMasterKey(join(folder, 'folder'), random)).toThrow(refused('is no file'));
    writeFileSync(join(folder, 'real'), new Uint8Array(32), { mode: 0o600 });
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    expect(() => loadMasterKey(join(folder, 'link'), random)).toThrow(refused('link'));
  });

  it('does not print itself', () => {
    expect(String(loadMasterKey(path, random))).toBe('[secret]');
  });
});

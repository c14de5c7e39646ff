import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WholeFile } from '../put-file.ts';
import { moveFolder, putInPlace } from './put-in-place.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-place-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (...names: readonly string[]): string => join(folder, ...names);
const staged = (name: string, text: string, mode = 0o644): WholeFile => ({ path: at(name), text, mode });
const read = (name: string): string => readFileSync(at(name), 'utf8');
const nothing = () => undefined;

describe('putting files in place', () => {
  it('makes them with their modes, and the folders on the way', () => {
    putInPlace([staged('etc/jdpos/config.json', '{}', 0o640), staged('etc/unit', 'u')], nothing);
    expect([read('etc/jdpos/config.json'), read('etc/unit')]).toEqual(['{}', 'u']);
    expect(statSync(at('etc/jdpos/config.json')).mode & 0o777).toBe(0o640);
  });

  it('keeps what was there, and gives it back', () => {
    writeFileSync(at('config'), 'old');
    const undo = putInPlace([staged('config', 'new'), staged('unit', 'made')], nothing);
    expect([read('config'), read('config.bak'), read('unit')]).toEqual(['new', 'old', 'made']);
    expect(undo.done).toEqual([at('config'), at('unit')]);
    undo.all();
    expect(read('config')).toBe('old');
    expect(readdirSync(folder)).toEqual(['config']);
  });

  it('leaves a file alone that is as it is to be', () => {
    writeFileSync(at('config'), 'same');
    const undo = putInPlace([staged('config', 'same')], nothing);
    expect(undo.done).toEqual([]);
    expect(readdirSync(folder)).toEqual(['config']);
  });

  it('takes everything back when one cannot be placed', () => {
    writeFileSync(at('first'), 'old');
    mkdirSync(at('made'));
    // A file stands where a folder is to be.
    writeFileSync(at('blocked'), '');
    const files = [staged('first', 'new'), staged('second', 'new'), staged('blocked/third', 'new')];
    expect(() => putInPlace(files, () => moveFolder(at('made'), at('state')))).toThrow(/EEXIST|ENOTDIR/);
    expect(read('first')).toBe('old');
    expect(readdirSync(folder).sort()).toEqual(['blocked', 'first', 'made']);
  });
});

describe('moving a folder', () => {
  it('takes the place of an empty one, and gives it back', () => {
    mkdirSync(at('made'));
    writeFileSync(at('made', 'queue.db'), 'q');
    mkdirSync(at('state'), { mode: 0o750 });
    const back = moveFolder(at('made'), at('state'));
    expect(read('state/queue.db')).toBe('q');
    back();
    expect(read('made/queue.db')).toBe('q');
    expect(readdirSync(at('state'))).toEqual([]);
    expect(statSync(at('state')).mode & 0o777).toBe(0o750);
  });

  it('never takes the place of one that holds something', () => {
    mkdirSync(at('made'));
    mkdirSync(at('state'));
    writeFileSync(at('state', 'queue.db'), 'money');
    expect(() => moveFolder(at('made'), at('state'))).toThrow('ENOTEMPTY');
    expect(read('state/queue.db')).toBe('money');
  });
});

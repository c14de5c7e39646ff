import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type DiskOperation, missingForDiskShim } from '../disk-shim/index.ts';
import { type PowerCutReport, powerCuts, scratchFolder } from './power-cuts.ts';
import { type Recording, record } from './recording.ts';

const MODULE = join(import.meta.dirname, '../../dist/test-fixtures/power-cut/recorded-process.js');
const IMAGES = 150;

/**
 * A journal that was emptied must be empty on the disk before it is written again: with the pages of before at its beginning, and
 * something else behind them, it would be read as the newest, and undo what came after.
 */
function journalsEmptied(operations: readonly DiskOperation[]) {
  const paths = new Map<number, string>();
  const emptied = new Set<string>();
  let [some, writtenBeforeTheDiskKnew] = [false, 0];
  for (const operation of operations) {
    if (operation.kind === 'start') paths.clear();
    if (operation.kind === 'open') paths.set(operation.file, operation.path);
    if (!('file' in operation)) continue;
    const path = paths.get(operation.file) ?? '';
    if (!path.endsWith('-wal')) continue;
    if (operation.kind === 'truncate' && operation.size === 0) {
      emptied.add(path);
      some = true;
    }
    if (operation.kind === 'sync') emptied.delete(path);
    if (operation.kind === 'write' && emptied.has(path)) writtenBeforeTheDiskKnew += 1;
  }
  return { some, writtenBeforeTheDiskKnew };
}

const missing = missingForDiskShim();
if (missing.length > 0) console.warn(`power cuts are skipped; missing: ${missing.join(', ')}`);

describe.skipIf(missing.length > 0)('the power cut at any moment', () => {
  let folder: string;
  let scratch: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jdpos-power-cut-'));
    scratch = scratchFolder();
  });
  afterEach(() => {
    for (const made of [folder, scratch]) rmSync(made, { recursive: true, force: true });
  });

  const recorded = (synchronous: 'full' | 'normal'): Recording =>
    record({ folder, seed: 3, processes: 3, steps: 16, synchronous, module: MODULE });
  const cutting = (recording: Recording, images: number): PowerCutReport =>
    powerCuts(recording, { images, seed: 5, scratch });

  test('loses nothing that was told as committed, and leaves a sound queue', () => {
    const recording = recorded('full');
    expect(journalsEmptied(recording.operations)).toEqual({ some: true, writtenBeforeTheDiskKnew: 0 });
    const report = cutting(recording, IMAGES);
    expect(report).toMatchObject({ lost: [], corrupt: [] });
    expect(report.images).toBeGreaterThan(IMAGES * 0.8);
    expect(report.told).toBeGreaterThan(40);
  }, 240_000);

  test('would lose rows if the queue did not wait for the disk, so that the check is known to bite', () => {
    const report = cutting(recorded('normal'), IMAGES / 2);
    expect(report.lost.length).toBeGreaterThan(5);
    expect(report.corrupt).toEqual([]);
  }, 240_000);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { missingForDiskShim } from '../disk-shim/index.ts';
import { type PowerCutReport, powerCuts, scratchFolder } from './power-cuts.ts';
import { record } from './recording.ts';

const MODULE = join(import.meta.dirname, '../../dist/test-fixtures/power-cut/recorded-process.js');
const IMAGES = 150;

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

  const cutting = (synchronous: 'full' | 'normal', images: number): PowerCutReport => {
    const recording = record({ folder, seed: 3, processes: 3, steps: 16, synchronous, module: MODULE });
    return powerCuts(recording, { images, seed: 5, scratch });
  };

  test('loses nothing that was told as committed, and leaves a sound queue', () => {
    const report = cutting('full', IMAGES);
    expect(report).toMatchObject({ lost: [], corrupt: [] });
    expect(report.images).toBeGreaterThan(IMAGES * 0.8);
    expect(report.told).toBeGreaterThan(40);
  }, 240_000);

  test('would lose rows if the queue did not wait for the disk, so that the check is known to bite', () => {
    const report = cutting('normal', IMAGES / 2);
    expect(report.lost.length).toBeGreaterThan(5);
    expect(report.corrupt).toEqual([]);
  }, 240_000);
});

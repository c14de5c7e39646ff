import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findDevices } from './found-devices.ts';
import { probes } from './probes.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'jdpos-probes-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const found = () => probes({ root, openReaders: () => Promise.reject(new Error('not asked for')) }).found();

it('looks for the devices of this machine also where the terminal is put below another folder', () => {
  expect(found()).toEqual(findDevices('/'));
});

it('looks below that folder where it has a /dev of its own', () => {
  mkdirSync(join(root, 'dev'));
  writeFileSync(join(root, 'dev/ttyACM7'), '');
  expect(found()).toMatchObject([{ path: '/dev/ttyACM7' }]);
});

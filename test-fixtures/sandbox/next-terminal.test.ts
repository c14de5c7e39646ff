import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { nextTerminal } from './next-terminal.ts';

it('gives each terminal a name of its own', () => {
  const centre = mkdtempSync(join(tmpdir(), 'jdpos-centre-'));
  try {
    expect([nextTerminal(centre), nextTerminal(centre)]).toEqual(['T0000002', 'T0000003']);
  } finally {
    rmSync(centre, { recursive: true });
  }
});

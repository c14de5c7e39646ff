import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cannotTest } from '../../test-fixtures/missing-parts.ts';
import { observe } from '../../test-fixtures/reader/conformance/observer.ts';
import { missingForVirtualReader, type PrivatePcscd, privatePcscd } from '../../test-fixtures/reader/private-pcscd.ts';
import { openPcscReaders } from './open-pcsc-readers.ts';

const skipped = cannotTest('PC/SC', missingForVirtualReader());

// In a process that has not used PC/SC before: what is left of an earlier session asks pcscd once more when it is collected.
describe.skipIf(skipped)('a pcscd that stands still', () => {
  let dir: string;
  let pcscd: PrivatePcscd;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'jdpos-standing-'));
    chmodSync(dir, 0o711);
    pcscd = await privatePcscd({ dir: join(dir, 'd') });
    await pcscd.start();
    Object.assign(process.env, { PCSCLITE_CSOCK_NAME: pcscd.socketPath });
  });
  afterAll(async () => {
    pcscd.thaw();
    await pcscd.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('does not hold up the process, and its readers come when it goes on', async () => {
    pcscd.freeze();
    const readers = await openPcscReaders({ socketPath: pcscd.socketPath });
    expect(readers.list()).toEqual([]);
    const observer = observe(readers);
    pcscd.thaw();
    await observer.next('state', 'empty');
    await readers.close();
  });

  it('does not hold up a process that lets its readers go meanwhile', async () => {
    const readers = await openPcscReaders({ socketPath: pcscd.socketPath });
    pcscd.freeze();
    let beats = 0;
    const heart = setInterval(() => {
      beats += 1;
    }, 10);
    await readers.close();
    clearInterval(heart);
    expect(beats).toBeGreaterThan(50);
    pcscd.thaw();
    // What was left is ended now; others come and go as before.
    const again = await openPcscReaders({ socketPath: pcscd.socketPath });
    expect(again.list()).toHaveLength(2);
    await again.close();
  });
});

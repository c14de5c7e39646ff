import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

const BLOCK_BYTES = 8_192;

/**
 * What a durable write costs in a folder: 8 KiB overwritten, and the wait until they are on the disk, as at a commit. The file is
 * gone afterwards. Throws what the system says.
 * @returns milliseconds of each of `count` writes
 */
export async function durableWrites(
  folder: string,
  count: number,
  monotonic: () => number,
): Promise<readonly number[]> {
  const path = join(folder, `.write-test-${randomBytes(6).toString('hex')}`);
  const bytes = randomBytes(BLOCK_BYTES);
  const file = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    await file.write(bytes, 0, BLOCK_BYTES, 0);
    await file.sync();
    const times: number[] = [];
    for (let n = 0; n < count; n += 1) {
      const from = monotonic();
      await file.write(bytes, 0, BLOCK_BYTES, 0);
      await file.datasync();
      times.push(monotonic() - from);
    }
    return times;
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
}

import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hex } from '../../emv/values/index.ts';
import { openQueueReadOnly } from '../index.ts';
import { MASTER, type TestQueue, testQueue } from '../test-support.ts';

const FIRST = hex('00010203040506070809');
const SECOND = hex('F0F1F2F3');

let disk: TestQueue;
beforeEach(() => {
  disk = testQueue();
});
afterEach(() => disk.end());

describe('the TLS key and certificate', () => {
  it('a key is kept until its certificate is there, then both are the current ones', () => {
    const { tls } = disk.queue;
    expect([tls.nextKey(), tls.certificate(), tls.key()]).toEqual([undefined, undefined, undefined]);
    tls.keepNextKey(FIRST);
    expect([tls.nextKey(), tls.certificate()]).toEqual([FIRST, undefined]);
    tls.adopt('CERTIFICATE ONE');
    expect([tls.nextKey(), tls.certificate(), tls.key()]).toEqual([undefined, 'CERTIFICATE ONE', FIRST]);
  });

  it('a new pair replaces the old one whole, and outlives a restart', () => {
    disk.queue.tls.keepNextKey(FIRST);
    disk.queue.tls.adopt('CERTIFICATE ONE');
    disk.queue.tls.keepNextKey(SECOND);
    disk.reopen();
    expect([disk.queue.tls.key(), disk.queue.tls.nextKey()]).toEqual([FIRST, SECOND]);
    disk.queue.tls.adopt('CERTIFICATE TWO');
    disk.reopen();
    expect([disk.queue.tls.key(), disk.queue.tls.certificate()]).toEqual([SECOND, 'CERTIFICATE TWO']);
  });

  it('no certificate without its key', () => {
    expect(() => disk.queue.tls.adopt('CERTIFICATE')).toThrow('asked for');
    expect(disk.queue.tls.certificate()).toBeUndefined();
  });

  it('is sealed on the disk', () => {
    const planted = new TextEncoder().encode('planted private key of the terminal');
    disk.queue.tls.keepNextKey(planted);
    disk.queue.tls.adopt('PLANTED CERTIFICATE');
    disk.queue.close();
    const file = readFileSync(disk.path);
    expect(file.includes(Buffer.from(planted))).toBe(false);
    expect(file.includes('PLANTED CERTIFICATE')).toBe(false);
    const readOnly = openQueueReadOnly({ path: disk.path, masterKey: MASTER });
    expect(readOnly.tls.certificate()).toBe('PLANTED CERTIFICATE');
    readOnly.close();
    disk.reopen();
  });
});

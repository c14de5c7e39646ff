import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openQueue, openQueueReadOnly } from '../open.ts';
import { countingRandom, IDENTITY, sell } from '../test-support.ts';
import { openKeyStore } from './open-key-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-credentials-'));
  put('master', 1);
  put('newer', 2);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const random = countingRandom();
/** As systemd lays it out: a folder for this service, a file for each credential. */
const put = (name: string, fill: number, length = 32): void => {
  writeFileSync(join(folder, name), new Uint8Array(length).fill(fill), { mode: 0o400 });
};
const credential = (name: string) => ({ kind: 'credential', name }) as const;
const store = (name: string, previous?: string, credentials: string | undefined = folder) =>
  openKeyStore({
    place: credential(name),
    ...(previous !== undefined && { previous: credential(previous) }),
    credentials,
    random,
  });
const path = () => join(folder, 'queue.db');
const open = (masterKey = store('master')) => openQueue({ path: path(), masterKey, random });
const refused = (detail: string) =>
  expect.objectContaining({ code: 'key-credential', message: expect.stringContaining(detail) });

describe('the master key as a credential of systemd', () => {
  it('opens the queue, also for reading', () => {
    const queue = open();
    queue.identity.enrol(IDENTITY);
    sell(queue, 'p1');
    const reader = openQueueReadOnly({ path: path(), masterKey: store('master') });
    expect(reader.verify()).toMatchObject({ kind: 'sound', records: 1 });
    reader.close();
    queue.close();
    expect(() => open(store('newer'))).toThrow(expect.objectContaining({ code: 'wrong-key' }));
  });

  it('is told when it is missing, with what to do', () => {
    expect(() => open(store('absent'))).toThrow(refused(`${folder}/absent`));
    const none = openKeyStore({ place: credential('master'), credentials: undefined, random });
    expect(() => open(none)).toThrow(refused('CREDENTIALS_DIRECTORY is not set'));
    expect(() => open(none)).toThrow(refused('LoadCredentialEncrypted='));
  });

  it('is refused when it is no file of 32 bytes, or open to anybody', () => {
    put('short', 1, 31);
    expect(() => open(store('short'))).toThrow(refused('has 31 bytes'));
    mkdirSync(join(folder, 'folder'));
    expect(() => open(store('folder'))).toThrow(refused('is no file'));
    symlinkSync(join(folder, 'master'), join(folder, 'link'));
    expect(() => open(store('link'))).toThrow(refused('link'));
    chmodSync(join(folder, 'master'), 0o444);
    expect(() => open()).toThrow(refused('anybody may read'));
  });

  it('is readable for the group where systemd gives it to a user by an access list', () => {
    chmodSync(join(folder, 'master'), 0o440);
    open().close();
  });

  it('takes over from another one, named as the previous', () => {
    open().close();
    open(store('newer', 'master')).close();
    open(store('newer')).close();
    expect(() => open(store('master'))).toThrow(expect.objectContaining({ code: 'wrong-key' }));
  });

  it('takes over from a file', () => {
    const file = { kind: 'file', path: join(folder, 'master.key') } as const;
    open(openKeyStore({ place: file, credentials: undefined, random })).close();
    open(openKeyStore({ place: credential('master'), previous: file, credentials: folder, random })).close();
    rmSync(file.path);
    open().close();
  });

  it('stays when keys are rotated: it is made elsewhere', () => {
    const queue = open();
    expect(queue.keys.begin()).toEqual({ masterKey: 'same' });
    while (queue.keys.goOn() !== 'done');
    queue.close();
    open().close();
  });
});

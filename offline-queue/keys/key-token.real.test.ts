import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Queue } from '../interface/queue.ts';
import { openQueue } from '../open.ts';
import { countingRandom, IDENTITY, sell } from '../test-support.ts';
import { openKeyStore } from './open-key-store.ts';
import { withToken } from './pkcs11.ts';

/** SoftHSM of Debian (package softhsm2). */
const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const missing = !existsSync(MODULE) && 'softhsm2 is missing: keys in a token are not tested';
if (missing) console.log(missing);
if (missing && process.env['CI']) throw new Error(missing);

const [TOKEN, PIN, KEY] = ['jdpos test', '271828', 'jdpos-master'];
const random = countingRandom();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-token-'));
  mkdirSync(join(folder, 'tokens'));
  writeFileSync(join(folder, 'softhsm2.conf'), `directories.tokendir = ${join(folder, 'tokens')}\nlog.level = ERROR\n`);
  // The module reads it in this process.
  process.env['SOFTHSM2_CONF'] = join(folder, 'softhsm2.conf');
  const args = ['--init-token', '--free', '--label', TOKEN, '--pin', PIN, '--so-pin', '31415926'];
  expect(spawnSync('softhsm2-util', args).status).toBe(0);
  writeFileSync(join(folder, 'pin'), `${PIN}\n`, { mode: 0o600 });
});
afterEach(() => {
  delete process.env['SOFTHSM2_CONF'];
  rmSync(folder, { recursive: true, force: true });
});

const place = (change: object = {}) =>
  ({ kind: 'pkcs11', module: MODULE, token: TOKEN, key: KEY, pin: { file: join(folder, 'pin') }, ...change }) as const;
const store = (change?: object) => openKeyStore({ place: place(change), credentials: undefined, random });
const open = (masterKey = store()): Queue => openQueue({ path: join(folder, 'queue.db'), masterKey, random });
const refused = (code: string, detail = '') =>
  expect.objectContaining({ code, message: expect.stringContaining(detail) });

interface TokenKeyInfo {
  readonly id: string;
  readonly value: string;
}

/** The keys in the token, and what it says when it is asked for their bytes. */
const keysInToken = (): TokenKeyInfo[] =>
  withToken({ module: MODULE, token: TOKEN, pin: () => Buffer.from(PIN) }, ({ library, cryptoki, session }) => {
    cryptoki.C_FindObjectsInit(session, [{ type: library.CKA_LABEL, value: KEY }]);
    const found = cryptoki.C_FindObjects(session, 10);
    cryptoki.C_FindObjectsFinal(session);
    const attribute = (key: Buffer, type: number): Buffer =>
      cryptoki.C_GetAttributeValue(session, key, [{ type }])[0]?.value as Buffer;
    return found.map((key) => ({
      id: attribute(key, library.CKA_ID).toString('hex'),
      value: saidOf(() => attribute(key, library.CKA_VALUE)),
    }));
  });

function saidOf(work: () => unknown): string {
  try {
    return String(work());
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

describe.skipIf(missing !== false)('the master key in a token', () => {
  it('is made there, never leaves it, and opens the queue again', () => {
    const queue = open();
    queue.identity.enrol(IDENTITY);
    sell(queue, 'p1');
    queue.close();
    const [key, ...others] = keysInToken();
    expect(others).toEqual([]);
    expect(key?.value).toBe('CKR_ATTRIBUTE_SENSITIVE');
    const again = open();
    expect(again.verify()).toMatchObject({ kind: 'sound', records: 1 });
    again.close();
  });

  it('is another one after a rotation, and the one before is gone', () => {
    const queue = open();
    queue.identity.enrol(IDENTITY);
    sell(queue, 'p1');
    const before = keysInToken();
    expect(queue.keys.begin()).toEqual({ masterKey: 'new' });
    expect(keysInToken()).toHaveLength(2);
    while (queue.keys.goOn() !== 'done');
    const after = keysInToken();
    expect(after).toHaveLength(1);
    expect(after[0]?.id).not.toBe(before[0]?.id);
    queue.close();
    const again = open();
    expect(again.verify()).toMatchObject({ kind: 'sound', records: 1 });
    again.close();
  });

  it('is the one of before when a rotation cannot make another', () => {
    const queue = open();
    renameSync(join(folder, 'tokens'), join(folder, 'pulled'));
    mkdirSync(join(folder, 'tokens'));
    expect(() => queue.keys.begin()).toThrow(refused('token-missing'));
    expect(queue.keys.underWay()).toBe(false);
    queue.close();
    rmSync(join(folder, 'tokens'), { recursive: true });
    renameSync(join(folder, 'pulled'), join(folder, 'tokens'));
    open().close();
  });

  it('takes over from a file', () => {
    const file = { kind: 'file', path: join(folder, 'master.key') } as const;
    open(openKeyStore({ place: file, credentials: undefined, random })).close();
    expect(() => open()).toThrow(refused('wrong-key', 'keyStore.previous'));
    open(openKeyStore({ place: place(), previous: file, credentials: undefined, random })).close();
    rmSync(file.path);
    open().close();
    expect(keysInToken()).toHaveLength(1);
  });

  it('opens with a PIN that is a credential', () => {
    mkdirSync(join(folder, 'credentials'));
    writeFileSync(join(folder, 'credentials', 'token-pin'), PIN, { mode: 0o400 });
    const from = place({ pin: { credential: 'token-pin' } });
    open(openKeyStore({ place: from, credentials: join(folder, 'credentials'), random })).close();
    const none = openKeyStore({ place: from, credentials: undefined, random });
    expect(() => open(none)).toThrow(refused('key-credential'));
  });

  it.each<[string, object, string, string]>([
    ['the module', { module: '/nowhere/pkcs11.so' }, 'token-module', '/nowhere/pkcs11.so'],
    ['the token', { token: 'another' }, 'token-missing', 'no token is called another'],
    ['the key', { key: 'another' }, 'token-key', `${TOKEN} has no key another`],
    ['the PIN file', { pin: { file: '/nowhere/pin' } }, 'token-pin', '/nowhere/pin'],
  ])('says that %s is missing', (_what, change, code, detail) => {
    open().close();
    expect(() => open(store(change))).toThrow(refused(code, detail));
  });

  it('says that the PIN is wrong, and never what it was', () => {
    open().close();
    writeFileSync(join(folder, 'pin'), '999999');
    expect(() => open()).toThrow(refused('token-pin', 'CKR_PIN_INCORRECT'));
    try {
      open();
    } catch (error) {
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('999999');
    }
  });

  it('says that the token has been exchanged for an empty one', () => {
    open().close();
    rmSync(join(folder, 'tokens'), { recursive: true });
    mkdirSync(join(folder, 'tokens'));
    const args = ['--init-token', '--free', '--label', TOKEN, '--pin', PIN, '--so-pin', '31415926'];
    expect(spawnSync('softhsm2-util', args).status).toBe(0);
    expect(() => open()).toThrow(refused('token-key', `${TOKEN} has no key`));
  });
});

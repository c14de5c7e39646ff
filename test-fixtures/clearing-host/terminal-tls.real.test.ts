import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import pino from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSync, type Sync, type SyncSettings } from '../../agent/sync/sync.ts';
import { createTerminalCa } from '../../clearing/index.ts';
import { Secret } from '../../emv/values/index.ts';
import { type TestQueue, testQueue } from '../../offline-queue/test-support.ts';
import { aYearFrom, TlsAuthority } from '../pki/tls.ts';
import { derOf } from '../sandbox/tls-files.ts';
import { until } from '../until.ts';
import { NOW_MS, startWorld, type World } from './world.ts';

const DAY_MS = 86_400_000;
const VALID_DAYS = 90;

let world: World;
let servers: TlsAuthority;
let misnamed: World;

beforeAll(async () => {
  const now = aYearFrom(Date.now());
  servers = await TlsAuthority.make('jdpos test server authority', now);
  const terminals = await TlsAuthority.make('jdpos test terminal authority', aYearFrom(NOW_MS));
  const terminalCa = createTerminalCa({
    certificate: terminals.certificate,
    privateKey: new Secret(derOf(terminals.privateKey)),
    validDays: VALID_DAYS,
    random: randomBytes,
  });
  const at = { host: '127.0.0.1', port: 0 };
  world = await startWorld({ tls: { secure: { ...at, ...(await servers.server(['127.0.0.1'], now)) }, terminalCa } });
  const elsewhere = await servers.server(['clearing.example'], now);
  misnamed = await startWorld({ tls: { secure: { ...at, ...elsewhere }, terminalCa } });
});
afterAll(async () => {
  await world.close();
  await misnamed.close();
});

let disk: TestQueue;
let logged: string[];
let sync: Sync | undefined;

beforeEach(() => {
  world.clockMs = NOW_MS;
  logged = [];
  disk = testQueue('not enrolled');
});
afterEach(async () => {
  await sync?.stop();
  disk.end();
});

const settings: Omit<SyncSettings, 'baseUrl'> = {
  requestTimeoutMs: 5_000,
  authorisationTimeoutMs: 5_000,
  backOff: { baseMs: 10, capMs: 50 },
  releaseDelayMs: 0,
  contactIntervalMs: 50,
  parametersIntervalMs: 3_600_000,
  settlementsIntervalMs: 3_600_000,
  seal: { maxRecords: 100, maxAgeMs: 60_000 },
  acceptTestKeys: true,
};

/** What a terminal has with its host, over TLS. */
function dial(more: Partial<SyncSettings> = {}, enrolmentCode = 'CODE-UNKNOWN'): Sync {
  const baseUrl = `https://127.0.0.1:${world.host.securePort}`;
  sync = createSync({
    queue: disk.queue,
    settings: { ...settings, baseUrl, serverCa: servers.certificate, ...more },
    enrolmentCode,
    software: 'test',
    clock: { now: () => world.clockMs, monotonic: () => performance.now() },
    random: (length) => new Uint8Array(randomBytes(length)),
    log: pino({ level: 'info' }, { write: (line: string) => logged.push(line) }),
    changed: () => {},
    compared: () => {},
  });
  sync.start();
  return sync;
}

const enrolled = async (name: string): Promise<Sync> => {
  const dialled = dial({}, await world.issueCode(name));
  await reached(dialled);
  return dialled;
};
const reached = (of: Sync) => until('the host', async () => of.reachability().reachable || undefined);
const said = (text: RegExp) => until(`${text} in the log`, async () => text.test(logged.join('')) || undefined);
const renewedAfter = (of: Sync, before: string | undefined) =>
  until('a new certificate', async () => {
    await of.now();
    return disk.queue.tls.certificate() !== before ? true : undefined;
  });

describe('a terminal over TLS', () => {
  it('enrols with a certificate for a key of its own, and is let in', async () => {
    const of = await enrolled('L1');
    expect(of.certificate()).toEqual({
      notAfter: new Date(NOW_MS + VALID_DAYS * DAY_MS).toISOString(),
      daysLeft: VALID_DAYS,
    });
    const { delivery, hotlist, parameters } = await of.now();
    expect([delivery, hotlist, parameters]).toEqual(['done', 'done', 'done']);
    expect(of.troubles()).toEqual([]);
  });

  it('after a restart shows the same certificate', async () => {
    const of = await enrolled('L2');
    const kept = disk.queue.tls.certificate();
    await of.stop();
    disk.reopen();
    await reached(dial());
    expect(disk.queue.tls.certificate()).toBe(kept);
  });

  it('renews it when a third of its time is left, not before, with another key', async () => {
    const of = await enrolled('L3');
    const [first, key] = [disk.queue.tls.certificate(), disk.queue.tls.key()];
    world.clockMs = NOW_MS + 59 * DAY_MS;
    expect((await of.now())['certificate']).toBe('done');
    expect(disk.queue.tls.certificate()).toBe(first);
    world.clockMs = NOW_MS + 61 * DAY_MS;
    await renewedAfter(of, first);
    expect(disk.queue.tls.key()).not.toEqual(key);
    expect(of.certificate()?.daysLeft).toBe(VALID_DAYS);
    expect((await of.now())['hotlist']).toBe('done');
    expect(of.troubles()).toEqual([]);
  });

  it('whose certificate has expired says so, is shut out, and renews it', async () => {
    const of = await enrolled('L4');
    await of.stop();
    const expired = disk.queue.tls.certificate();
    world.clockMs = NOW_MS + 200 * DAY_MS;
    const again = dial();
    await renewedAfter(again, expired);
    await reached(again);
    expect(again.certificate()?.daysLeft).toBe(VALID_DAYS);
    expect(again.troubles()).toEqual([]);
    expect(logged.join('')).toMatch(/the client certificate expired on 2026-05-30/);
  });

  it('comes back by itself when a clock that was wrong is set right', async () => {
    const of = await enrolled('L5');
    // Host and terminal share this clock: before the certificate's first day it is shut out.
    world.clockMs = NOW_MS - 10 * DAY_MS;
    await said(/certificate-required/);
    world.clockMs = NOW_MS;
    await reached(of);
    expect((await of.now())['hotlist']).toBe('done');
  });

  it('that was enrolled without one gets it by itself', async () => {
    const clear = dial({ baseUrl: world.url }, await world.issueCode('L6'));
    await reached(clear);
    expect([clear.certificate(), disk.queue.tls.certificate()]).toEqual([undefined, undefined]);
    await clear.stop();
    await reached(dial());
    expect(disk.queue.tls.certificate()).toMatch(/^-----BEGIN CERTIFICATE-----/);
  });

  it('whose certificate row was lost is told to enrol anew: nobody else gets one for it', async () => {
    const of = await enrolled('L7');
    await of.stop();
    disk.tamper((db) => db.exec("delete from keys where name = 'tls'"));
    const again = dial();
    await until('trouble', async () => (again.troubles().length > 0 ? true : undefined));
    expect(again.troubles()).toMatchObject([
      { code: 'certificate-trouble', detail: expect.stringContaining('enrol anew') },
    ]);
    expect(again.reachability().reachable).toBe(false);
  });

  it('takes no host that an authority which it does not pin has certified', async () => {
    const other = await TlsAuthority.make('jdpos test server authority', aYearFrom(Date.now()));
    const of = dial({ serverCa: other.certificate }, await world.issueCode('L8'));
    await until('rounds', async () => ((of.counts().rounds['enrolment']?.failed ?? 0) > 1 ? true : undefined));
    expect(disk.queue.identity.get()).toBeUndefined();
    expect(of.reachability().reachable).toBe(false);
  });

  it.each([
    ['of another name', () => `https://127.0.0.1:${misnamed.host.securePort}`],
    ['that Node does not trust, when none is pinned', () => `https://127.0.0.1:${world.host.securePort}`],
    ['that speaks no TLS', () => world.url.replace('http:', 'https:')],
  ])('takes no host %s', async (name, url) => {
    const unpinned = name.includes('pinned');
    const code = await world.issueCode('L9');
    const { serverCa: _, ...rest } = { ...settings, serverCa: servers.certificate };
    sync = createSync({
      queue: disk.queue,
      settings: { ...rest, baseUrl: url(), ...(!unpinned && { serverCa: servers.certificate }) },
      enrolmentCode: code,
      software: 'test',
      clock: { now: () => world.clockMs, monotonic: () => performance.now() },
      random: (length) => new Uint8Array(randomBytes(length)),
      log: pino({ level: 'silent' }),
      changed: () => {},
      compared: () => {},
    });
    const of = sync;
    of.start();
    await until('rounds', async () => ((of.counts().rounds['enrolment']?.failed ?? 0) > 1 ? true : undefined));
    expect(disk.queue.identity.get()).toBeUndefined();
  });

  it('gives up on a host that begins no handshake', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    const baseUrl = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const of = dial({ baseUrl, requestTimeoutMs: 200 });
    const began = performance.now();
    await until('rounds', async () => ((of.counts().rounds['enrolment']?.failed ?? 0) > 1 ? true : undefined));
    // Not the time-out of the connection: a cashier would wait for that as well.
    expect(performance.now() - began).toBeLessThan(4_000);
    await of.stop();
    silent.close();
  });
});

import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answerBytes } from '../../clearing/contract/record/index.ts';
import { sm2PublicKey, sm2Sign } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { IDENTITY, type TestQueue, testQueue } from '../../offline-queue/test-support.ts';
import { certificateKeeper } from './certificates.ts';
import { chainStanding } from './chain-standing.ts';
import { type ClearingClient, clearingClient } from './clearing-client.ts';
import { hotlistKeeper } from './hotlist.ts';
import { parameterKeeper } from './parameters.ts';
import { answerOf, RawHost } from './raw-host.ts';
import { reachability } from './reachability.ts';
import { signedParameters } from './signed-parameters.ts';

const HOST_KEY = hex('288A80DA475536C35F7FEBE1FCDCD0504D002F14F6B3BE15395A9A77E0E9322D');
const HOTLIST_KEY = hex('07826222F20A1985DE39834ECD566ADC0C87B392FA6E6E8016C25D12FACE304F');
const PARAMETER_KEY = hex('309BED377B81DEBB77FE675D4F8C05A889D03FF9E0FDDC8A0F0BF9DDE054ED00');
const ME = {
  ...IDENTITY,
  hostAcknowledgementKey: sm2PublicKey(HOST_KEY),
  hostHotlistKey: sm2PublicKey(HOTLIST_KEY),
  hostParameterKey: sm2PublicKey(PARAMETER_KEY),
};
const AT = Date.parse('2026-11-24T10:00:00Z');
const never = new AbortController().signal;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** In the words of the contract, signed by hand: nothing has changed since version 3. */
const NOTHING_CHANGED = (() => {
  const content = { from: 3, to: 3, full: false, add: [], remove: [] };
  const bytes = utf8('jdpos-hotlist/1\nfrom=3\nto=3\nfull=false\nadd=\nremove=\n');
  return JSON.stringify({ ...content, keyId: '00'.repeat(8), signature: toHex(sm2Sign(HOTLIST_KEY, bytes)) });
})();
/** The host holds nothing of this terminal. */
const NO_RECORD = JSON.stringify({
  ...{ terminal: ME.terminal, epoch: 1, genesisHash: toHex(ME.genesisHash) },
  ...{ sequence: 0, chainHash: toHex(ME.genesisHash) },
});
/** A set that the host has signed once. */
const PARAMETERS = JSON.stringify(signedParameters(PARAMETER_KEY, 3));
/** TEST KEY of a terminal (PKCS #8), and a certificate for it as anybody can make one, with whoever issued that; by openssl. */
const TLS_KEY = hex(
  '308187020100301306072A8648CE3D020106082A8648CE3D030107046D306B0201010420F2CF04954032BB1E178C6961CF1B3E003F72F9B50F3F047F487889C5F592D1BDA14403420004639499E48775BB0CB0DEFE59E2CE46838090BEC3558AD8F260E5828DDC45105172283191478BDDE1D452E9FBC7C61DA484A0DCD12FC3AC9461AB55FA37F38D7D',
);
const pem = (base64: string) =>
  `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
const CERTIFICATE = JSON.stringify({
  certificate: pem(
    'MIIBLzCB1gIUAROOFiMgdrPFGZbXP0swK4mESM0wCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCY2EwIBcNMjYxMTI3MTA1MDIwWhgPMjEyNjExMDMxMDUwMjBaMCYxEjAQBgNVBAMMCUpELVQtMDAwMTEQMA4GA1UECwwHZXBvY2gtMTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGOUmeSHdbsMsN7+WeLORoOAkL7DVYrY8mDlgo3cRRBRcigxkUeL3eHUUun7x8YdpISg3NEvw6yUYatV+jfzjX0wCgYIKoZIzj0EAwIDSAAwRQIgZOSu/+j2x94iaJ48vh6BcAmfMKWfxjlOZg4xYU9JWBoCIQCeeySH5PC8g0/KrMkDJ0rFCn8TUJs/NHtbQfpcZNKnZw==',
  ),
  issuer: pem(
    'MIIBcjCCARegAwIBAgIUbDYonwmD/9723fIAVUznN/lvXjgwCgYIKoZIzj0EAwIwDTELMAkGA1UEAwwCY2EwIBcNMjYxMTI3MTA1MDIwWhgPMjEyNjExMDMxMDUwMjBaMA0xCzAJBgNVBAMMAmNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAETkW1g1eJv5UoPijqKiMjfQxSjE4zvkEXDdXJ0/d92JM1UjW0JNevK6/BGmqBabYozI9VOxUWvxqp2dWWEAjs0aNTMFEwHQYDVR0OBBYEFCdGgtNfTc5KaxGGUZWllkn91YRSMB8GA1UdIwQYMBaAFCdGgtNfTc5KaxGGUZWllkn91YRSMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAIeYueDNG71gP6t9cLGUyGP8WvObNGvLP15j5L6WXappAiEA2rNPA+Q6yZWHGcoIRrfzbRsjRm3yLUoctmx5GcsEOnA=',
  ),
});

interface Signed {
  readonly terminal: string;
  readonly epoch: number;
  readonly nonce: string;
  readonly path: string;
  readonly body: Uint8Array;
}

const BODIES: Readonly<Record<string, string>> = {
  '/v1/chain': NO_RECORD,
  '/v1/hotlist': NOTHING_CHANGED,
  '/v1/parameters': PARAMETERS,
  '/v1/certificates': CERTIFICATE,
};

let disk: TestQueue;
let host: RawHost;
let client: ClearingClient;
let logged: string[];
let now: number;
let sign: (asked: Signed) => readonly string[];
const signature = (asked: Signed, key = HOST_KEY): readonly string[] => [
  `jdpos-signature: ${toHex(sm2Sign(key, answerBytes(asked)))}`,
];

beforeEach(async () => {
  [logged, now, sign] = [[], AT, signature];
  disk = testQueue(ME);
  let drawn = 0;
  host = await RawHost.start((socket, { path, nonce }) => {
    const body = BODIES[path.split('?', 1)[0] ?? ''] ?? '';
    const asked = { terminal: ME.terminal, epoch: 1, nonce: nonce ?? '', path, body: utf8(body) };
    socket.write(answerOf(200, body, sign(asked)));
  });
  const clock = { now: () => now, monotonic: () => now };
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(line) });
  client = clearingClient({
    ...{ baseUrl: host.url, identity: () => ME, connection: () => ({ version: 'plain' }) as const, clock, log },
    random: (length) => new Uint8Array(length).fill(++drawn),
    reachability: reachability({ clock, releaseDelayMs: 0, changed: () => {}, returning: () => {} }),
  });
});
afterEach(async () => {
  await client.close();
  await host.stop();
  disk.end();
});

const parts = () => {
  const clock = { now: () => now, monotonic: () => now };
  const log = pino({ level: 'info' }, { write: (line: string) => logged.push(line) });
  return { queue: disk.queue, client, clock, log, timeoutMs: 20_000, changed: () => {} };
};

/** What whoever keeps answers hears first. */
const ASKED = { method: 'GET', answer: z.unknown(), fresh: true, timeoutMs: 20_000, signal: never } as const;

/** An answer that was kept from the first request, for whoever asks later. */
function kept(): typeof sign {
  let first: readonly string[] | undefined;
  return (asked) => {
    first ??= signature(asked);
    return first;
  };
}

const FALSE: readonly [string, () => typeof sign, string][] = [
  ['not signed, as an older host answers', () => () => [], 'must be updated'],
  ['signed for an earlier request', kept, 'not for this request'],
  ['signed for another terminal', () => (asked) => signature({ ...asked, terminal: 'JD-T-0002' }), 'not for this'],
  ['signed for another epoch', () => (asked) => signature({ ...asked, epoch: 2 }), 'not for this request'],
  ['signed for another question', () => (asked) => signature({ ...asked, path: '/v1/x' }), 'not for this request'],
  ['signed over another body', () => (asked) => signature({ ...asked, body: utf8('{}') }), 'not for this request'],
  ['signed with another key', () => (asked) => signature(asked, HOTLIST_KEY), 'not for this request'],
  ['signed with no signature', () => () => ['jdpos-signature: 00'], 'not for this request'],
];

describe('“nothing has changed” of the hotlist', () => {
  it('makes the list young when it is signed for this request', async () => {
    disk.queue.hotlist.apply({
      version: 3,
      full: true,
      add: [],
      remove: [],
      at: new Date(AT - 3_600_000).toISOString(),
    });
    const keeper = hotlistKeeper(parts());
    expect(keeper.status().ageS).toBe(3_600);
    expect(await keeper.round(never)).toEqual({ kind: 'done' });
    expect(keeper.status().ageS).toBe(0);
  });

  it.each(FALSE)('counts for nothing when it is %s', async (_what, signer, word) => {
    disk.queue.hotlist.apply({ version: 3, full: true, add: [], remove: [], at: new Date(AT).toISOString() });
    const keeper = hotlistKeeper(parts());
    sign = signer();
    await keeper.round(never);
    now += 3_600_000;
    expect((await keeper.round(never)).kind).toBe('failed');
    expect(keeper.status().ageS).toBe(3_600);
    expect(logged.join()).toContain(word);
  });
});

describe('where the chain stands at the host', () => {
  it.each(FALSE)('starts a stopped terminal again only if that is not %s', async (_what, signer, word) => {
    const stopped = JSON.stringify({ epoch: 1, reason: 'forked', since: '2026-11-24T09:00:00.000Z' });
    disk.queue.identity.setSetting('chain-stopped', stopped);
    const troubles = { note() {}, settled() {}, list: () => [] };
    const standing = chainStanding({ ...parts(), troubles, foundLost() {} });
    sign = signer();
    await client.send({ ...ASKED, path: '/v1/chain' });
    expect((await standing.round(never)).kind).toBe('failed');
    expect(standing.stopped()?.reason).toBe('forked');
    expect(logged.join()).toContain(word);
    sign = signature;
    expect((await standing.round(never)).kind).toBe('done');
    expect(standing.stopped()).toBeUndefined();
  });
});

describe('parameters that have not changed', () => {
  it.each(FALSE)('stay as old as they are when the answer is %s', async (_what, signer, word) => {
    const keeper = parameterKeeper({ ...parts(), acceptTestKeys: false });
    expect((await keeper.round(never)).kind).toBe('done');
    sign = signer();
    await client.send({ ...ASKED, path: '/v1/parameters?have=3' });
    now += 3_600_000;
    expect((await keeper.round(never)).kind).toBe('failed');
    expect(keeper.ageS()).toBe(3_600);
    expect(logged.join()).toContain(word);
    sign = signature;
    expect((await keeper.round(never)).kind).toBe('done');
    expect(keeper.ageS()).toBe(0);
  });
});

describe('a client certificate', () => {
  it.each(FALSE)('is not taken when it is %s', async (_what, signer, word) => {
    disk.queue.tls.keepNextKey(TLS_KEY);
    const troubles = { note() {}, settled() {}, list: () => [] };
    const keeper = certificateKeeper({ ...parts(), baseUrl: 'https://clearing.example', troubles });
    sign = signer();
    await client.send({ ...ASKED, path: '/v1/certificates' });
    expect((await keeper.round(client, never)).kind).toBe('failed');
    expect(keeper.status()).toBeUndefined();
    expect(logged.join()).toContain(word);
    sign = signature;
    expect((await keeper.round(client, never)).kind).toBe('done');
    expect(keeper.status()?.notAfter).toBe('2126-11-03T10:50:20.000Z');
  });
});

import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { answerBytes } from '../../clearing/contract/record/index.ts';
import { sm2PublicKey, sm2Sign } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { IDENTITY, type TestQueue, testQueue } from '../../offline-queue/test-support.ts';
import { chainStanding } from './chain-standing.ts';
import { type ClearingClient, clearingClient } from './clearing-client.ts';
import { hotlistKeeper } from './hotlist.ts';
import { answerOf, RawHost } from './raw-host.ts';
import { reachability } from './reachability.ts';

const HOST_KEY = hex('288A80DA475536C35F7FEBE1FCDCD0504D002F14F6B3BE15395A9A77E0E9322D');
const HOTLIST_KEY = hex('07826222F20A1985DE39834ECD566ADC0C87B392FA6E6E8016C25D12FACE304F');
const ME = {
  ...IDENTITY,
  hostAcknowledgementKey: sm2PublicKey(HOST_KEY),
  hostHotlistKey: sm2PublicKey(HOTLIST_KEY),
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

interface Signed {
  readonly terminal: string;
  readonly epoch: number;
  readonly nonce: string;
  readonly path: string;
  readonly body: Uint8Array;
}

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
    const body = path.startsWith('/v1/chain') ? NO_RECORD : NOTHING_CHANGED;
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
    const asked = { method: 'GET', path: '/v1/chain', fresh: true } as const;
    await client.send({ ...asked, answer: z.unknown(), timeoutMs: 20_000, signal: never });
    expect((await standing.round(never)).kind).toBe('failed');
    expect(standing.stopped()?.reason).toBe('forked');
    expect(logged.join()).toContain(word);
    sign = signature;
    expect((await standing.round(never)).kind).toBe('done');
    expect(standing.stopped()).toBeUndefined();
  });
});

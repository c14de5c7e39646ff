import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, QueueError, type StoredBatch } from '../../../offline-queue/index.ts';
import type { EnrolmentOutcome } from '../../sync/enroller.ts';
import { type CliWorld, cli, STATUS, type TestTerminal, testTerminal } from '../test-terminal.ts';

const AT = '2026-03-09T02:15:30.000Z';
const CARD = { maskedPan: '622848*********0017', label: 'JD', aid: 'A000000333010106', balanceMinor: 48_720 };
const BATCH: StoredBatch = {
  id: '0b0f7f0e-9f0a-4a42-8a3c-0d5e6c4b2a19',
  state: 'sealed',
  epoch: 1,
  firstSequence: 1,
  lastSequence: 2,
  count: 2,
  totalMinor: 2_560,
  chainHead: 'AB',
  merkleRoot: 'CD',
  signature: 'EF',
  sealedAt: AT,
};

let terminal: TestTerminal;
const ask = (words: string[], world?: CliWorld) => cli([...words, '--url', terminal.url], world);

beforeEach(async () => {
  terminal = await testTerminal();
});
afterEach(() => terminal.close());

describe('status', () => {
  it('says how the terminal stands', async () => {
    expect(await ask(['status'])).toEqual({
      exitCode: 0,
      err: [],
      out: [
        'Terminal  JD-T-0001',
        `Clearing  reachable, last contact ${AT}`,
        'Queue     5 not yet uploaded, ¥64.00, the oldest 12 min old',
        'Hotlist   version 3, 1 min old',
        'Limits    offline up to ¥200.00, PIN from ¥300.00, refused from ¥1,000.00',
        'Reader    爱创 ACR1252 读卡器: contactless, empty',
      ],
    });
  });

  it('says what a new terminal lacks', async () => {
    const { terminal: _, ...unnamed } = STATUS;
    terminal.status = {
      ...unnamed,
      readers: [],
      clearing: { reachable: false },
      queue: { unacknowledgedCount: 0, unacknowledgedSumMinor: 0 },
      hotlist: { version: 0 },
      limits: { floorMinor: 0, cvmMinor: 0, transactionMinor: 0 },
      openIntent: true,
    };
    expect((await ask(['status'])).out).toEqual([
      'Terminal  not enrolled',
      'Clearing  NOT REACHABLE, no contact since the daemon started',
      'Queue     nothing waits to be uploaded',
      'Hotlist   version 0, never fetched',
      'Limits    nothing can be sold: enrol the terminal, or wait for its parameters',
      'Reader    none found',
      'Torn      a payment waits for its card to be tapped again',
    ]);
  });

  it('tells how long the certificate holds, and what a person must look at', async () => {
    const troubles = [
      { code: 'batch-refused' as const, subject: '3f2b8a52', detail: 'record 7 is held with other bytes', since: AT },
      { code: 'certificate-trouble' as const, detail: 'the client certificate ends in 3 days', since: AT },
    ];
    terminal.status = {
      ...STATUS,
      clearing: { ...STATUS.clearing, certificate: { notAfter: AT, daysLeft: 3 }, troubles },
    };
    expect((await ask(['status'])).out).toEqual(
      expect.arrayContaining([
        `Certificate  3 days left, until ${AT}`,
        `TROUBLE      batch-refused 3f2b8a52: record 7 is held with other bytes (since ${AT})`,
        `TROUBLE      certificate-trouble: the client certificate ends in 3 days (since ${AT})`,
      ]),
    );
    terminal.status = { ...STATUS, clearing: { ...STATUS.clearing, certificate: { notAfter: AT, daysLeft: -1 } } };
    expect((await ask(['status'])).out).toContain(`Certificate  EXPIRED on ${AT}`);
  });

  it('tells of each reader and each device how it stands, and nothing that a terminal would act on', async () => {
    const reader = { name: 'ACS ACR1252 00 00', role: 'contactless', state: 'empty' } as const;
    terminal.status = {
      ...STATUS,
      readers: [
        { ...reader, port: '1-1.2:1.0', lights: 'blocked' },
        { ...reader, name: 'Slot\u001B[2J', role: 'contact', state: 'unplugged' },
      ],
      devices: [
        { kind: 'pin-pad', name: '/dev/ttyUSB0', state: 'ready' },
        { kind: 'printer', name: '/dev/usb/lp0', state: 'attention', detail: 'no paper\u0007' },
      ],
    };
    expect((await ask(['status'])).out.slice(-4)).toEqual([
      'Reader    ACS ACR1252 00 00 at 1-1.2:1.0: contactless, empty, no lights: its driver lets no escape command through, see `jdpos doctor`',
      'Reader    Slot\uFFFD[2J: contact, unplugged',
      'PIN pad   /dev/ttyUSB0: ready',
      'Printer   /dev/usb/lp0: ATTENTION, no paper\uFFFD',
    ]);
  });

  it('says why nothing is sold', async () => {
    terminal.status = { ...STATUS, stopped: { reason: 'forked', detail: 'it runs twice' }, keys: { rotating: true } };
    const { out } = await ask(['status']);
    expect(out.slice(0, 2)).toEqual(['Terminal  JD-T-0001', 'STOPPED   forked: it runs twice']);
    expect(out.at(-1)).toBe('Keys      what is stored is being sealed under other keys');
  });

  it('gives the whole answer in JSON, and finds the daemon by its port', async () => {
    const environment = { JDPOS_PORT: new URL(terminal.url).port };
    const { out } = await cli(['status', '--json'], { environment });
    expect(JSON.parse(out.join(''))).toEqual(STATUS);
  });

  it('does not take another server for the daemon', async () => {
    const fetch = async () => new Response('<html></html>');
    const { exitCode, err } = await ask(['status', '--json'], { fetch });
    expect(exitCode).toBe(1);
    expect(JSON.parse(err.join(''))).toMatchObject({ error: { code: 'unexpected-answer' } });
  });
});

describe('sync now', () => {
  it('says what each exchange came to; one that is left undone is a negative answer', async () => {
    terminal.rounds = { hotlist: 'done', delivery: 'more' };
    expect(await ask(['sync', 'now'])).toEqual({
      exitCode: 0,
      err: [],
      out: [
        'hotlist   done',
        'delivery  going on',
        `Clearing  reachable, last contact ${AT}`,
        'Queue     5 not yet uploaded, ¥64.00, the oldest 12 min old',
      ],
    });
    terminal.rounds = { hotlist: 'waiting', delivery: 'failed' };
    const { exitCode, out } = await ask(['sync', 'now']);
    expect([exitCode, ...out.slice(0, 2)]).toEqual([
      1,
      'hotlist   the host has us wait',
      'delivery  FAILED, tried again',
    ]);
    expect(JSON.parse((await ask(['sync', 'now', '--json'])).out.join(''))).toMatchObject({
      rounds: terminal.rounds,
      queue: STATUS.queue,
    });
  });

  it('without any exchange, as before enrolment, is negative too', async () => {
    terminal.rounds = {};
    expect((await ask(['sync', 'now'])).exitCode).toBe(1);
  });
});

describe('keys rotate', () => {
  it('waits for the end', async () => {
    terminal.status = { ...STATUS, keys: { rotating: true } };
    const sleep = async () => {
      terminal.status = { ...STATUS, keys: { rotating: false } };
    };
    expect(await ask(['keys', 'rotate'], { sleep })).toEqual({
      exitCode: 0,
      out: ['everything is sealed under a new data key; the master key is a new one'],
      err: [],
    });
    terminal.onRotate = () => ({ masterKey: 'same' });
    const { out } = await ask(['keys', 'rotate', '--json']);
    expect(out).toEqual(['{"masterKey":"same","rotating":false}']);
  });

  it('interrupted, says that the daemon goes on', async () => {
    terminal.status = { ...STATUS, keys: { rotating: true } };
    const interruption = new AbortController();
    const sleep = async () => interruption.abort();
    expect(await ask(['keys', 'rotate'], { sleep, interrupted: interruption.signal })).toMatchObject({
      exitCode: 1,
      out: ['still rotating: the daemon goes on by itself'],
    });
  });

  it('says what the key store lacks', async () => {
    terminal.onRotate = () => {
      throw new QueueError('token-missing', 'no token is called till 3');
    };
    const { exitCode, err } = await ask(['keys', 'rotate']);
    expect(exitCode).toBe(1);
    expect(err.join()).toContain('the token is not there (no token is called till 3). Put it in');
  });
});

describe('enrol', () => {
  const identity = { terminal: 'JD-T-0001', merchant: 'JD-M-17', epoch: 2 } as Identity;

  it('says who the terminal is, and how the epoch before ended', async () => {
    const closed = { epoch: 1, sequence: 12, chainHash: 'AB' };
    terminal.onEnrol = () => ({ kind: 'enrolled', identity, closed });
    expect(await ask(['enrol', '--code', 'ABCD-1234'])).toEqual({
      exitCode: 0,
      out: [
        'Enrolled as  JD-T-0001 of JD-M-17, epoch 2',
        'Ended        epoch 1 at record 12; what came after it, if anything, the centre does not know',
      ],
      err: [],
    });
    const { out } = await ask(['enrol', '--code', 'ABCD-1234', '--json']);
    expect(JSON.parse(out.join(''))).toEqual({ terminal: 'JD-T-0001', merchant: 'JD-M-17', epoch: 2, closed });
  });

  it.each<[string, EnrolmentOutcome | QueueError, string]>([
    ['the centre', { kind: 'refused', code: 'code-used', detail: 'ask for a new code' }, 'ask for a new code'],
    ['the distance', { kind: 'unreachable', begun: true }, 'nothing is sold until it has answered'],
    ['the queue', new QueueError('unacknowledged', '3 records'), '3 records'],
  ])('says what %s has against it', async (_who, outcome, words) => {
    terminal.onEnrol = () => {
      if (outcome instanceof QueueError) throw outcome;
      return outcome;
    };
    const { exitCode, err } = await ask(['enrol', '--code', 'ABCD-1234']);
    expect(exitCode).toBe(1);
    expect(err.join()).toContain(words);
  });

  it('does nothing to the screen with what somebody says in the place of the centre', async () => {
    terminal.onEnrol = () => ({ kind: 'refused', code: 'code-used', detail: 'no\u001b[2J\rdone' });
    const { err } = await ask(['enrol', '--code', 'ABCD-1234']);
    expect(err.join('')).toContain('no\uFFFD[2J\uFFFDdone');
  });

  it('needs a code that is one', async () => {
    expect((await ask(['enrol'])).exitCode).toBe(2);
    expect((await ask(['enrol', '--code', 'x'])).exitCode).toBe(1);
  });
});

describe('readers', () => {
  it('are listed; a terminal without any is a negative answer', async () => {
    expect((await ask(['readers', 'list'])).out).toEqual([
      'READER               PORT  ROLE         STATE  MAKE',
      '爱创 ACR1252 读卡器  -     contactless  empty  recommended',
      'ACS ACR1252U: its SAM slot is a reader of its own: give it the role sam',
    ]);
    const readers = [
      { name: 'ACS ACR122U PICC 00 00', port: '1-1.2:1.0', role: 'contactless', state: 'empty' } as const,
    ];
    terminal.status = { ...STATUS, readers };
    expect((await ask(['readers', 'list'])).out).toEqual([
      'READER                  PORT       ROLE         STATE  MAKE',
      'ACS ACR122U PICC 00 00  1-1.2:1.0  contactless  empty  known-bad',
      'ACS ACR122U: it stops answering after a while until its power is cut, and its buffer is too short for long answers: unplug it and plug it in again; order an ACR1252U in its place',
      'to bind a role to a port: "readers": {"ports": {"1-1.2:1.0": "contactless"}}',
    ]);
    expect(JSON.parse((await ask(['readers', 'list', '--json'])).out.join(''))).toMatchObject({
      items: [{ port: '1-1.2:1.0', make: { standing: 'known-bad' } }],
    });
    terminal.status = { ...STATUS, readers: [] };
    expect(await ask(['readers', 'list', '--json'])).toEqual({ exitCode: 1, out: ['{"items":[]}'], err: [] });
  });

  it('are watched until interrupted, each change once', async () => {
    const interruption = new AbortController();
    const [reader] = STATUS.readers;
    const run = await ask(['readers', 'watch'], {
      interrupted: interruption.signal,
      onOut: (line) => {
        if (line.endsWith('unplugged')) interruption.abort();
        else if (line.endsWith('card')) {
          terminal.events.publish('reader', { ...reader, state: 'card' });
          terminal.events.publish('reader', { ...reader, state: 'unplugged' });
        } else terminal.events.publish('reader', { ...reader, state: 'card' });
      },
    });
    const state = (name: string) => `${AT}  爱创 ACR1252 读卡器  contactless  ${name}`;
    expect(run).toEqual({ exitCode: 0, err: [], out: ['empty', 'card', 'unplugged'].map(state) });
  });
});

describe('pay', () => {
  it('prints the states as they come and ends with the result', async () => {
    terminal.onStart = () => {
      terminal.move({ state: 'card-present' });
      terminal.move({
        state: 'approved',
        detail: { card: CARD, debited: 'chip', fundedBy: 'chip', offline: true },
        record: { epoch: 1, sequence: 7 },
      });
    };
    expect(await ask(['pay', '12.80', '--reference', 'till 3'])).toEqual({
      exitCode: 0,
      err: [],
      out: [
        'awaiting-card  ¥12.80  tap the card (Ctrl-C cancels)',
        'card-present  ¥12.80  keep the card on the reader',
        'approved  ¥12.80  622848*********0017  balance left ¥487.20  offline  record 1-7',
      ],
    });
    expect(terminal.started).toEqual([
      { key: '9f0c2f2e-3c1b-4f4b-8f39-5b8a3a0c6b11', kind: 'purchase', amountMinor: 1280, reference: 'till 3' },
    ]);
  });

  it.each([
    ['declined', { reason: 'insufficient-funds' }, 'There is not enough money on the card.'],
    ['declined', { reason: 'not-genuine', debited: 'chip' as const }, 'debited: chip'],
    ['undecided', { reason: 'cancelled', debited: 'unknown' as const }, 'debited: unknown'],
    ['failed', { reason: 'restarted' }, 'The terminal restarted'],
  ])('%s is a negative answer', async (state, detail, said) => {
    terminal.onStart = () => terminal.move({ state, detail });
    const { exitCode, out } = await ask(['pay', '3']);
    expect(exitCode).toBe(1);
    expect(out.at(-1)).toContain(said);
  });

  it('gives each state as a document in JSON', async () => {
    terminal.onStart = () => terminal.move({ state: 'declined', detail: { reason: 'expired' } });
    const { out } = await ask(['pay', '0.05', '--json']);
    expect(out.map((line) => JSON.parse(line))).toMatchObject([
      { state: 'awaiting-card', amountMinor: 5 },
      { state: 'declined', reason: 'expired' },
    ]);
  });

  it('cancels when interrupted, and waits for what comes of it', async () => {
    const interruption = new AbortController();
    const { exitCode, out, err } = await ask(['pay', '3'], {
      interrupted: interruption.signal,
      onOut: (line) => {
        if (line.startsWith('awaiting-card')) interruption.abort();
      },
    });
    expect(exitCode).toBe(1);
    expect(terminal.cancelled).toHaveLength(1);
    expect(err).toEqual(['cancelling']);
    expect(out.at(-1)).toMatch(/^cancelled {2}¥3\.00/);
  });

  it('cancels what an interruption found between question and answer', async () => {
    const interruption = new AbortController();
    interruption.abort();
    const { exitCode } = await ask(['pay', '3'], { interrupted: interruption.signal });
    expect(exitCode).toBe(1);
    expect(terminal.cancelled).toHaveLength(1);
  });

  it('asks again under the same key when an answer is lost, and follows the one payment', async () => {
    let lost = 0;
    const lossy: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (init?.method !== 'POST' || lost === 2) return response;
      lost += 1;
      throw new TypeError('fetch failed');
    };
    terminal.onStart = () => terminal.move({ state: 'present-again', detail: { reason: 'torn', debited: 'unknown' } });
    const run = ask(['pay', '3'], {
      fetch: lossy,
      onOut: (line) => {
        if (line.startsWith('present-again')) terminal.move({ state: 'approved', detail: { card: CARD } });
      },
    });
    expect(await run).toMatchObject({ exitCode: 0 });
    expect(new Set(terminal.started.map(({ key }) => key)).size).toBe(1);
    expect(terminal.started).toHaveLength(3);
  });

  it('says how to ask again when the daemon stays away', async () => {
    const gone: typeof fetch = async (input, init) => {
      if (init?.method === 'POST') throw new TypeError('fetch failed');
      return fetch(input, init);
    };
    const { exitCode, err } = await ask(['pay', '3', '--key', 'k1'], { fetch: gone });
    expect(exitCode).toBe(1);
    expect(err.join()).toContain("jdpos pay 3.00 --key k1 --reference 'cli-k1'");
  });

  it('ends at once when the daemon refuses, in its words', async () => {
    terminal.ready = false;
    const { exitCode, err } = await ask(['pay', '3', '--json']);
    expect(exitCode).toBe(1);
    expect(JSON.parse(err.join(''))).toMatchObject({
      error: { code: 'daemon-refused', next: 'Enrol the terminal, and look at `jdpos status`.' },
    });
  });
});

describe('pay --trace', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'jdpos-trace-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const TAP = { exchanges: [{ command: Uint8Array.of(0, 0xa4, 4, 0), response: Uint8Array.of(0x6a, 0x82) }] };

  it('writes what the daemon has kept, in the form of card replay', async () => {
    terminal.taps = [{ exchanges: [] }, TAP];
    terminal.onStart = () => terminal.move({ state: 'declined', detail: { reason: 'expired' } });
    const { exitCode, err } = await ask(['pay', '3', '--trace', 'trace.json'], { workingDirectory: dir });
    expect(exitCode).toBe(1);
    expect(err).toEqual([`what was exchanged with the card is in ${join(dir, 'trace.json')}`]);
    expect(JSON.parse(readFileSync(join(dir, 'trace.json'), 'utf8'))).toMatchObject({
      payment: { state: 'declined', reason: 'expired', amountMinor: 300 },
      exchanges: [{ c: '00A40400', r: '6A82' }],
      earlierTaps: [{ exchanges: [] }],
    });
    expect(statSync(join(dir, 'trace.json')).mode & 0o077).toBe(0);
  });

  it('says that there is none, and the payment counts', async () => {
    terminal.onStart = () => terminal.move({ state: 'approved', detail: { card: CARD } });
    const { exitCode, err } = await ask(['pay', '3', '--trace', 'trace.json'], { workingDirectory: dir });
    expect(exitCode).toBe(0);
    expect(err.join()).toContain('the payment is over, but its trace cannot be had: the daemon refuses');
  });

  it('does not begin a payment whose trace could not be written', async () => {
    const { exitCode } = await ask(['pay', '3', '--trace', 'nosuch/trace.json'], { workingDirectory: dir });
    expect(exitCode).toBe(1);
    expect(terminal.started).toEqual([]);
  });
});

describe('load', () => {
  it('is followed like a payment, and ends with what the card holds now', async () => {
    terminal.onStart = () => {
      terminal.move({ state: 'authorising' });
      terminal.move({
        state: 'approved',
        detail: { card: CARD, debited: 'account', fundedBy: 'account', offline: false },
        record: { epoch: 1, sequence: 8 },
      });
    };
    expect(await ask(['load', '50'])).toEqual({
      exitCode: 0,
      err: [],
      out: [
        'awaiting-card  ¥50.00  present the card, and leave it there (Ctrl-C cancels)',
        'authorising  ¥50.00  asking the centre',
        'approved  ¥50.00  622848*********0017  balance now ¥487.20  record 1-8',
      ],
    });
    expect(terminal.started).toMatchObject([{ kind: 'load', amountMinor: 5_000 }]);
  });

  it('that the chip did not get is a negative answer in its own words', async () => {
    terminal.onStart = () => terminal.move({ state: 'declined', detail: { reason: 'not-loaded', debited: 'none' } });
    const { exitCode, out } = await ask(['load', '50']);
    expect(exitCode).toBe(1);
    expect(out.at(-1)).toContain('its account keeps the money');
  });

  it('says how to ask again for the same load', async () => {
    const gone: typeof fetch = async (input, init) => {
      if (init?.method === 'POST') throw new TypeError('fetch failed');
      return fetch(input, init);
    };
    const { err } = await ask(['load', '3', '--key', 'k1'], { fetch: gone });
    expect(err.join()).toContain("jdpos load 3.00 --key k1 --reference 'cli-k1'");
    expect((await ask(['balance', '--key', 'k2'], { fetch: gone })).err.join()).toContain(
      "jdpos balance --key k2 --reference 'cli-k2'",
    );
  });
});

describe('balance', () => {
  it('says what the card holds', async () => {
    const { maskedPan: _, ...unnamed } = CARD;
    terminal.onStart = () => terminal.move({ state: 'approved', detail: { card: unnamed, debited: 'none' } });
    expect(await ask(['balance'])).toEqual({
      exitCode: 0,
      err: [],
      out: ['awaiting-card  tap the card (Ctrl-C cancels)', 'approved  JD  balance ¥487.20'],
    });
    expect(terminal.started).toMatchObject([{ kind: 'balance', amountMinor: 0 }]);
  });

  it('takes no amount', async () => {
    expect((await ask(['balance', '5'])).exitCode).toBe(2);
  });
});

describe('batch close', () => {
  it('prints what was sealed, or why nothing was', async () => {
    expect(await ask(['batch', 'close'])).toMatchObject({ exitCode: 1, out: [] });
    terminal.batch = BATCH;
    expect((await ask(['batch', 'close'])).out).toEqual([`${BATCH.id}  sealed  records 1-1 to 1-2  2 in all  ¥25.60`]);
  });
});

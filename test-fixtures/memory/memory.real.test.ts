import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { afterMs } from '../../drivers/index.ts';
import {
  type ApplicationOrder,
  type CardProfile,
  chip,
  createVirtualCard,
  memoryStorage,
  personalise,
  type VirtualCard,
} from '../card/index.ts';
import { cannotTest } from '../missing-parts.ts';
import {
  type CardField,
  missingForVirtualReader,
  type PrivatePcscd,
  privatePcscd,
  quickAcknowledgement,
  virtualField,
} from '../reader/index.ts';
import { FakeClearing } from '../scenarios/fake-clearing.ts';
import { missingForVirtualSerial } from '../serial/virtual-serial.ts';
import { openSoakDevices, type SoakDevices } from '../soak/devices.ts';
import { TEST_MASTER_KEYS } from '../tray/issue.ts';
import { until } from '../until.ts';
import { foundIn, foundInMemory, type Planted } from './process-memory.ts';

const PROCESS = join(import.meta.dirname, '../../dist/test-fixtures/memory/terminal-process.js');
const skipped = cannotTest('the memory of a terminal', [
  ...missingForVirtualReader(),
  ...missingForVirtualSerial(),
  ...(existsSync('/proc/self/mem') ? [] : ['/proc']),
  // glibc, which can overwrite what is freed; musl cannot.
  ...('glibcVersionRuntime' in ((process.report?.getReport() as { header?: object })?.header ?? {}) ? [] : ['glibc']),
]);

/** As the unit of docs/operations.md sets it. */
const GLIBC_TUNABLES = 'glibc.malloc.perturb=165:glibc.malloc.tcache_count=0';
const PIN = '739154';
const PANS = {
  qpboc: '6299990720461835271',
  'online PIN': '6299990361748295037',
  'offline PIN': '6299990958371620447',
};

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
/** In every form in which it passes through a terminal. */
const PLANTED: Planted = [
  ...Object.entries(PANS).flatMap(([name, pan]): Planted => {
    const account = pan.slice(6, 18);
    return [
      [`PAN (${name}) in digits`, Buffer.from(account)],
      [`PAN (${name}) in UTF-16`, utf16(account)],
      [`PAN (${name}) packed`, Buffer.from(account, 'hex')],
    ];
  }),
  ['PIN in digits', Buffer.from(PIN)],
  ['PIN in UTF-16', utf16(PIN)],
  ['PIN packed', Buffer.from(PIN, 'hex')],
];

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const card = (order: Omit<ApplicationOrder, 'masterKeys'>, unusual: Partial<CardProfile> = {}): VirtualCard =>
  createVirtualCard({
    profile: chip([personalise({ ...order, masterKeys: TEST_MASTER_KEYS })], unusual),
    storage: memoryStorage(),
    random,
  });

describe.skipIf(skipped)('a terminal that has sold with PINs', () => {
  let folder: string;
  let clearing: FakeClearing;
  let pcscd: PrivatePcscd;
  let devices: SoakDevices;
  let terminal: ChildProcess;
  let url = '';
  let fields: readonly CardField[];
  const ask = async <T>(path: string, init?: RequestInit): Promise<T> =>
    (await (await fetch(`${url}${path}`, init)).json()) as T;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jdpos-memory-'));
    chmodSync(folder, 0o711);
    clearing = await FakeClearing.start();
    pcscd = await privatePcscd({ dir: join(folder, 'pcscd') });
    await pcscd.start();
    const acknowledge = await quickAcknowledgement();
    fields = pcscd.ports.map((port) => virtualField({ port, after: afterMs, acknowledge }));
    writeFileSync(join(folder, 'pin'), PIN);
    devices = await openSoakDevices();
    const named = [folder, clearing.url, pcscd.socketPath, join(folder, 'pin'), JSON.stringify(devices.settings)];
    terminal = spawn(process.execPath, [PROCESS, ...named], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, GLIBC_TUNABLES, PCSCLITE_CSOCK_NAME: pcscd.socketPath },
    });
    const [line] = await once(terminal.stdout?.setEncoding('utf8') ?? terminal, 'data');
    url = String(line).trim();
    type Status = { limits: { transactionMinor: number }; readers: unknown[]; devices: { state: string }[] };
    await until('the terminal to be ready', async () => {
      const { limits, readers, devices: known } = await ask<Status>('/v1/status');
      const areReady = known.length === 4 && known.every(({ state }) => state === 'ready');
      return limits.transactionMinor > 0 && readers.length > 1 && areReady ? true : undefined;
    });
  });
  afterAll(async () => {
    terminal.kill('SIGKILL');
    await devices.close();
    await pcscd.stop();
    await clearing.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function sale(placed: VirtualCard, amountMinor: number): Promise<string> {
    const body = JSON.stringify({ kind: 'purchase', amountMinor, currency: 'CNY', reference: 'r' });
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const { id } = await ask<{ id: string }>('/v1/payments', { method: 'POST', headers, body });
    const field = fields[placed.interface === 'contact' ? 1 : 0];
    await field?.place(placed);
    const state = await until('the end of a payment', async () => {
      const payment = await ask<{ state: string }>(`/v1/payments/${id}`);
      devices.typePin(PIN);
      const over = ['approved', 'declined', 'failed', 'undecided', 'cancelled'].includes(payment.state);
      return over ? payment.state : undefined;
    });
    await field?.remove();
    return state;
  }

  it('keeps no PAN and no PIN in its memory, its database, its write-ahead log and its log', async () => {
    const cards = {
      qpboc: card({ pan: PANS.qpboc, balance: 80_000 }),
      online: card({ pan: PANS['online PIN'], balance: 20_000, risk: { cvmLimit: 0 } }),
      // Plaintext PIN by the card, first of all.
      offline: card(
        {
          pan: PANS['offline PIN'],
          label: 'JIANGDU DEBIT',
          balance: 0,
          showsBalance: false,
          debitCredit: { cvmList: '0000000000000000 4103 4203 5E03 1F03', pinKey: 'none', pin: PIN },
        },
        { interface: 'contact', pse: true, ppse: false, manners: 't1' },
      ),
    };
    for (let round = 1; round <= 2; round++) {
      // No payment code, and so none of the terminal's: a card number that somebody has printed as one.
      devices.scan(PANS.qpboc);
      expect(await sale(cards.qpboc, 100)).toBe('approved');
      expect(await sale(cards.online, 2_500)).toBe('approved');
      expect(await sale(cards.offline, 2_500)).toBe('approved');
    }
    // The last thing that the pad was sent: no slip comes behind it that would write over what it left.
    clearing.on('POST /v1/authorisations', ({ json }) => {
      const { id } = json as { readonly id: string };
      return { status: 200, json: { id, result: 'declined', reason: 'pin-wrong' } };
    });
    expect(await sale(cards.online, 2_500)).toBe('declined');
    const pid = terminal.pid ?? 0;
    // Whoever looks finds what there is: this process knows the cards.
    expect(foundInMemory(process.pid, PLANTED).length).toBeGreaterThan(0);
    await until('the memory to be swept', async () => (foundInMemory(pid, PLANTED).length === 0 ? true : undefined));

    const files = readdirSync(folder).filter((name) => name !== 'pin' && statSync(join(folder, name)).isFile());
    expect(files).toEqual(expect.arrayContaining(['agent.log', 'queue.db', 'queue.db-wal']));
    expect(foundIn(Buffer.concat(files.map((name) => readFileSync(join(folder, name)))), PLANTED)).toEqual([]);
  });
});

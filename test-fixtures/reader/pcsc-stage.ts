import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import {
  type CardChannel,
  type CardReader,
  type CardReaders,
  openPcscReaders,
  type PcscOptions,
} from '../../drivers/index.ts';
import { BACK_AT_PCSCD_MS } from '../../drivers/pcsc/native-ends.ts';
import { type Observed, type Observer, observe, openCard } from './conformance/observer.ts';
import { type FakeNfcPcsc, type FakeReader, fakeNfcPcsc } from './fake-nfc-pcsc.ts';
import { type FakePcscd, fakePcscd } from './fake-pcscd.ts';
import { type ManualTimers, manualTimers } from './manual-timers.ts';

export const NAME = 'ACME Reader 00 00';
export const ATR = Uint8Array.of(0x3b, 0x80, 0x80, 0x01, 0x01);
export const COMMAND = Uint8Array.of(0x00, 0xb2, 0x01, 0x0c, 0x00);

/** Status words of PC/SC: the count of insertions and removals above, flags below. */
export const present = (count: number): number => (count << 16) | 0x0022;
export const empty = (count: number): number => (count << 16) | 0x0012;
export const mute = (count: number): number => (count << 16) | 0x0222;
export const EXCLUSIVE = 0x0080;
export const UNKNOWN = 0x0006;

/** Answers of native calls. */
export const NO_CARD = { error: 'SCardConnect error: No smart card inserted.(0x8010000c)' };
export const DONE = { value: null };

interface Reader {
  readonly reader: CardReader;
  readonly native: FakeReader;
  readonly observer: Observer;
}

/** The adapter over a fake nfc-pcsc, a socket that answers as the service does, and timers that a test lets run out. */
export class PcscStage {
  readonly fake: FakeNfcPcsc = fakeNfcPcsc();
  readonly timers: ManualTimers = manualTimers();
  readonly logged: string[] = [];
  readonly #dir = mkdtempSync(join(tmpdir(), 'jdpos-pcsc-'));
  #pcscd: FakePcscd | undefined;
  #readers: CardReaders | undefined;

  async listen(): Promise<FakePcscd> {
    this.#pcscd = await fakePcscd(join(this.#dir, 'comm'));
    return this.#pcscd;
  }

  async stopListening(): Promise<void> {
    await this.#pcscd?.close();
    this.#pcscd = undefined;
  }

  async end(): Promise<void> {
    // First: with timers that nobody lets run out, whoever waits for its answer would wait for ever.
    await this.stopListening();
    await this.#readers?.close();
    rmSync(this.#dir, { recursive: true, force: true });
  }

  async opening(options: Partial<PcscOptions> = {}): Promise<CardReaders> {
    this.#readers = await openPcscReaders({
      socketPath: join(this.#dir, 'comm'),
      after: (ms, done) => (ms === BACK_AT_PCSCD_MS ? atOnce(done) : this.timers.after(ms, done)),
      log: (event, { failure, reason, reader }) => this.logged.push(`${event}: ${failure ?? reason ?? reader}`),
      load: async () => this.fake as never,
      usbRoot: join(this.#dir, 'no-usb'),
      ...options,
    });
    return this.#readers;
  }

  /** Opens the readers with a service that has none yet. */
  async open(options: Partial<PcscOptions> = {}): Promise<CardReaders> {
    await this.listen();
    const opening = this.opening(options);
    await until(() => this.fake.sessions === 1);
    this.timers.fire(500);
    return opening;
  }

  async withReader(): Promise<Reader & { readers: CardReaders }> {
    const readers = await this.open();
    const observer = observe(readers);
    const native = this.fake.plugIn(NAME);
    native.status(empty(0));
    const [reader] = readers.list();
    if (reader === undefined) throw new Error('no reader');
    return { readers, reader, native, observer };
  }

  async withCard(): Promise<Reader & { readers: CardReaders; arrived: Observed; channel: CardChannel }> {
    const stage = await this.withReader();
    stage.native.status(present(1), ATR);
    const arrived = await stage.observer.next('arrived');
    return { ...stage, arrived, channel: await openCard(arrived) };
  }
}

/** The fake has no thread that would have to come back to pcscd first. */
function atOnce(done: () => void): () => void {
  const immediate = setImmediate(done);
  return () => clearImmediate(immediate);
}

/** Waits for a condition that nothing tells of. */
export async function until(condition: () => boolean): Promise<void> {
  const check = (): void => {
    if (!condition()) throw new Error('it did not come to be');
  };
  await vi.waitFor(check, { interval: 1, timeout: 30_000 });
}

/** Lets everything happen that is about to. */
export async function rest(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await new Promise((resolve) => setImmediate(resolve));
}

export const toldBy = ({ told }: Observer): string[] => told.map(({ what, state }) => `${what} ${state}`);

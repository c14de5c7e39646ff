import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FakeReader } from '../../test-fixtures/reader/fake-nfc-pcsc.ts';
import type { FakePcscd } from '../../test-fixtures/reader/fake-pcscd.ts';
import { ATR, empty, PcscStage, present, rest, UNKNOWN, until } from '../../test-fixtures/reader/pcsc-stage.ts';
import { type PlantedUsb, plantedUsb } from '../../test-fixtures/reader/planted-usb.ts';
import type { CardReaders, ReaderRole } from '../ports.ts';

const FIRST = 'ACS ACR1252 Reader 00 00';
const SECOND = 'ACS ACR1252 Reader 01 00';
const CCID = { bInterfaceClass: '0b' };

let stage: PcscStage;
let usb: PlantedUsb;
let pcscd: FakePcscd;
beforeEach(() => {
  stage = new PcscStage();
  usb = plantedUsb({
    '1-1': { busnum: '1', devnum: '4' },
    '1-1:1.0': CCID,
    '1-2': { busnum: '1', devnum: '5' },
    '1-2:1.0': CCID,
  });
});
afterEach(async () => {
  await stage.end();
  usb.remove();
});

async function open(ports: Readonly<Record<string, ReaderRole>> = {}): Promise<CardReaders> {
  pcscd = await stage.listen();
  const opening = stage.opening({ usbRoot: usb.root, ports });
  await until(() => stage.fake.sessions === 1);
  stage.timers.fire(500);
  return opening;
}

/** Plugs a reader in on a channel; it reports before it is known where it hangs. */
function plugIn(name: string, channel: number): FakeReader {
  pcscd.channels.set(name, channel);
  const native = stage.fake.plugIn(name);
  native.status(empty(0));
  return native;
}

function pullOut(native: FakeReader): void {
  native.status(UNKNOWN);
  native.pullOut();
}

const told = (readers: CardReaders): string[] =>
  readers.list().map(({ name, role, state, port }) => `${port} ${role} ${state} ${name}`);
const known = (readers: CardReaders, count: number) =>
  until(() => readers.list().filter(({ state }) => state !== 'unplugged').length === count);

describe('a reader at a USB port', () => {
  it('has its port, and its role by its name where none belongs to the port', async () => {
    const readers = await open();
    plugIn('ACS SAM 00 00', 0x0020_0105);
    await known(readers, 1);
    expect(told(readers)).toEqual(['1-2:1.0 sam empty ACS SAM 00 00']);
  });

  it('keeps its role when an equal one has taken its number', async () => {
    const readers = await open({ '1-1': 'contactless', '1-2:1.0': 'contact' });
    const [first, second] = [plugIn(FIRST, 0x0020_0104), plugIn(SECOND, 0x0020_0105)];
    await known(readers, 2);
    const [contactless, contact] = readers.list();
    expect(told(readers)).toEqual([`1-1:1.0 contactless empty ${FIRST}`, `1-2:1.0 contact empty ${SECOND}`]);
    pullOut(first);
    pullOut(second);
    plugIn(FIRST, 0x0020_0105);
    await known(readers, 1);
    expect(told(readers)).toEqual([`1-1:1.0 contactless unplugged ${FIRST}`, `1-2:1.0 contact empty ${FIRST}`]);
    plugIn(SECOND, 0x0020_0104).status(present(1), ATR);
    await known(readers, 2);
    expect(told(readers)).toEqual([`1-1:1.0 contactless card ${SECOND}`, `1-2:1.0 contact empty ${FIRST}`]);
    expect(readers.list()).toEqual([contactless, contact]);
    expect(readers.list()[0]).toBe(contactless);
  });

  it('has a role for each slot', async () => {
    const readers = await open({ '1-1:1.0': 'contact', '1-1:1.0/1': 'sam' });
    plugIn('ACME Twin 00 00', 0x0020_0104);
    plugIn('ACME Twin 00 01', 0x0020_0104);
    await known(readers, 2);
    expect(told(readers)).toEqual(['1-1:1.0 contact empty ACME Twin 00 00', '1-1:1.0/1 sam empty ACME Twin 00 01']);
  });

  it('is the same one at another port, where its role does not belong to a port', async () => {
    const readers = await open();
    pullOut(await plugged(readers, FIRST, 0x0020_0104));
    await plugged(readers, FIRST, 0x0020_0105);
    expect(told(readers)).toEqual([`1-2:1.0 contactless empty ${FIRST}`]);
  });

  it('goes by its name when pcscd does not tell in time', async () => {
    const readers = await open({ '1-1': 'contact' });
    pcscd.stands = true;
    plugIn(FIRST, 0x0020_0104);
    await until(() => stage.timers.pending.includes(2_000));
    expect(readers.list()).toEqual([]);
    stage.timers.fire(2_000);
    await known(readers, 1);
    expect(told(readers)).toEqual([`undefined contactless empty ${FIRST}`]);
  });

  it.each([
    ['it was pulled out', (native: FakeReader) => pullOut(native)],
    ['the service has gone', () => stage.fake.break('RPC transport error.(0x80100013)')],
  ])('is nothing when, before it is known, %s', async (_, happens) => {
    const readers = await open();
    pcscd.stands = true;
    const native = plugIn(FIRST, 0x0020_0104);
    await until(() => stage.timers.pending.includes(2_000));
    happens(native);
    stage.timers.fire(2_000);
    await rest();
    expect(readers.list()).toEqual([]);
    // pcscd is let go of, and only then the object that watched the reader.
    await stage.stopListening();
    await until(() => stage.fake.calls.includes('1 close'));
  });
});

async function plugged(readers: CardReaders, name: string, channel: number): Promise<FakeReader> {
  const native = plugIn(name, channel);
  await known(readers, 1);
  return native;
}

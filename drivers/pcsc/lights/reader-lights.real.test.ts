import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toHex } from '../../../emv/values/index.ts';
import { observe, openCard } from '../../../test-fixtures/reader/conformance/observer.ts';
import { OK, SELECT, testCard } from '../../../test-fixtures/reader/conformance/test-card.ts';
import { type ControlReply, type RelayReader, relayReader } from '../../../test-fixtures/reader/ifd/relay-reader.ts';
import { type RelayStage, relayStage, withoutRelayReaders } from '../../../test-fixtures/reader/ifd/relay-stage.ts';
import { until } from '../../../test-fixtures/reader/pcsc-stage.ts';
import { afterMs } from '../../driver-tools.ts';
import type { CardReaders } from '../../ports.ts';
import { openPcscReaders } from '../open-pcsc-readers.ts';
import { type ReaderLights, readerLights } from './reader-lights.ts';

const ACR1252 = 'ACS ACR1252 Dual Reader PICC';
const ACR122 = 'ACS ACR122U';

/** FEATURE_CCID_ESC_COMMAND under a code of the driver's own. */
const FEATURES = Uint8Array.of(0x13, 0x04, 0x42, 0x00, 0x0d, 0xac);
const GET_FEATURES = 0x42000d48;

describe.skipIf(withoutRelayReaders())('lights of readers behind pcscd', () => {
  let acr1252: RelayReader;
  let acr122: RelayReader;
  let stage: RelayStage;
  let readers: CardReaders;
  let lights: ReaderLights;
  let escaped: ControlReply;

  beforeAll(async () => {
    acr1252 = await relayReader({ control: (code) => (code === GET_FEATURES ? FEATURES : escaped) });
    acr122 = await relayReader({ control: (code) => (code === GET_FEATURES ? 'not-supported' : 'failed') });
    stage = await relayStage({ [ACR1252]: acr1252, [ACR122]: acr122 });
  });
  afterAll(() => stage.stop());

  beforeEach(async () => {
    escaped = Uint8Array.of(0xe1, 0x00, 0x00, 0x00, 0x01, 0x00);
    readers = await openPcscReaders({ socketPath: stage.socketPath });
    lights = readerLights({ readers, after: afterMs, log: () => {} });
  });
  afterEach(async () => {
    lights.close();
    for (const relay of [acr1252, acr122]) relay.eject();
    await readers.close();
  });

  const commands = (): string[] => acr1252.controls.map(({ code, data }) => `${code.toString(16)} ${toHex(data)}`);

  it('show a signal with a card on the reader and without, and not while it is talked with', async () => {
    const observer = observe(readers);
    lights.show('ready');
    await until(() => commands().at(-1) === '42000dac E00000290103');
    const card = testCard();
    acr1252.insert(card);
    const channel = await openCard(await observer.next('arrived'));
    lights.show('approved');
    for (let exchanges = 0; exchanges < 20; exchanges++)
      expect(await channel.exchange(SELECT, 5_000)).toEqual({ kind: 'answered', response: OK });
    expect(commands().at(-1)).toBe('42000dac E00000290103');
    await channel.close();
    await until(() => commands().at(-1) === '42000dac E0000028010A');
    expect(commands().slice(-2)).toEqual(['42000dac E00000290102', '42000dac E0000028010A']);
  });

  it('that the driver blocks are told of, and a card on that reader is read as ever', async () => {
    const observer = observe(readers);
    lights.show('ready');
    await until(() => lights.troubles().get(`${ACR122} 01 00`) === 'blocked');
    acr122.insert(testCard());
    const channel = await openCard(await observer.next('arrived'));
    expect(await channel.exchange(SELECT, 5_000)).toEqual({ kind: 'answered', response: OK });
  });

  it('that hang their reader hold up no other, and are tried again when it has been plugged anew', async () => {
    const observer = observe(readers);
    escaped = 'silent';
    lights.show('ready');
    await until(() => lights.troubles().get(`${ACR1252} 00 00`) === 'no-answer');
    acr122.insert(testCard());
    const channel = await openCard(await observer.next('arrived'));
    expect(await channel.exchange(SELECT, 5_000)).toEqual({ kind: 'answered', response: OK });
    await channel.close();
    acr1252.unplug();
    await observer.next('state', 'unplugged');
    escaped = Uint8Array.of(0xe1);
    await acr1252.plugIn();
    await observer.next('state', 'empty');
    lights.show('off');
    await until(() => commands().at(-1) === '42000dac E00000290100');
    expect(lights.troubles().has(`${ACR1252} 00 00`)).toBe(false);
  });
});

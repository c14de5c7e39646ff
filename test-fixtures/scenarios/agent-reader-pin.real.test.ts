import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openDevices } from '../../agent/index.ts';
import { type CardReaders, openPcscReaders } from '../../drivers/index.ts';
import { toHex } from '../../emv/values/index.ts';
import { type PinKeypad, pinKeypad } from '../reader/ifd/pin-keypad.ts';
import { type RelayReader, relayReader } from '../reader/ifd/relay-reader.ts';
import { type RelayStage, relayStage, withoutRelayReaders } from '../reader/ifd/relay-stage.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';
import type { Payment } from './sandbox-under-test.ts';

const CONTACT = 'Relay Pinpad';
/** A reader with lights, for contactless cards. */
const CONTACTLESS = 'ACS ACR122U';
const CCID_ESCAPE = 0x42000001;

describe.skipIf(withoutRelayReaders())('a PIN typed at the reader of the terminal', () => {
  let keypad: PinKeypad;
  let pinpad: RelayReader;
  let lit: RelayReader;
  let stage: RelayStage;
  let readers: CardReaders;
  let agent: AgentUnderTest;
  let closeDevices: () => Promise<void>;

  beforeAll(async () => {
    pinpad = await relayReader({ control: (...command) => keypad.control(...command) });
    lit = await relayReader({
      control: (code) => (code === CCID_ESCAPE ? Uint8Array.of(0x90, 0x00) : 'not-supported'),
    });
    stage = await relayStage({ [CONTACT]: pinpad, [CONTACTLESS]: lit });
  });
  afterAll(() => stage.stop());

  beforeEach(async () => {
    keypad = pinKeypad();
    readers = await openPcscReaders({
      socketPath: stage.socketPath,
      roles: (name) => (name.startsWith(CONTACT) ? 'contact' : 'contactless'),
    });
    const { close, ...devices } = openDevices({ pinPad: { kind: 'reader' } }, { readers, log: () => {} });
    closeDevices = close;
    agent = await AgentUnderTest.prepare();
    agent.unusual = { readers, devices };
    await agent.up();
    await agent.ready();
  });
  afterEach(async () => {
    pinpad.eject();
    lit.eject();
    await agent.stop();
    await closeDevices();
    await readers.close();
  });

  const insert = (id: string, reader = pinpad): void => {
    const card = agent.tray.card(id);
    if (card === undefined) throw new Error(`no card ${id}`);
    reader.insert(card);
  };

  const paying = async (card: string): Promise<string> => {
    const id = await agent.pay(1280);
    insert(card);
    return id;
  };

  /** Waits for the reader to ask, and types. */
  const type = async (...pins: string[]): Promise<void> => {
    for (const [at, pin] of pins.entries()) {
      await until('the reader to ask for a PIN', async () => (keypad.asked === at + 1 ? true : undefined));
      keypad.act({ pin });
    }
  };

  const slotIsEmpty = (): boolean => readers.list().every(({ state }) => state === 'empty');

  const ended = (id: string): Promise<Payment> => agent.reaches(id, 'approved', 'declined', 'cancelled', 'failed');

  const lastRecord = () => agent.queue.records.get(1, agent.queue.records.head().sequence)?.record;

  /** What the lights were told to show, in escape commands. */
  const shown = (): string[] => lit.controls.filter(({ code }) => code === CCID_ESCAPE).map(({ data }) => toHex(data));

  it('pays, is in no log and on no disk, and lights the contactless reader', async () => {
    const before = shown().length;
    const id = await paying('offline-pin');
    await type('999999', '123456');
    expect(await ended(id)).toMatchObject({ state: 'approved', fundedBy: 'account' });
    expect(lastRecord()).toMatchObject({ interface: 'contact', cardholderVerification: 'offline-pin' });
    expect(keypad.asked).toBe(2);
    // Both colours while the card is awaited; then green and a short beep.
    await until('the reader to show it', async () => (shown().length >= before + 3 ? true : undefined));
    expect(shown().slice(before)).toEqual(['FF00520000', 'FF00400F0400000000', 'FF00400E0401000101']);
    const files = readdirSync(agent.folder).map((name) => readFileSync(join(agent.folder, name), 'latin1'));
    const written = [...files, ...agent.logged].join('\n');
    for (const pin of ['123456', '\x12\x34\x56\xff']) expect(written).not.toContain(pin);
  });

  it('that is wrong three times blocks itself, and the card goes on to its next method', async () => {
    const id = await paying('offline-pin');
    await type('111111', '222222', '333333');
    expect(await ended(id)).toMatchObject({ state: 'approved', card: { pinBlocked: true } });
    expect(lastRecord()).not.toMatchObject({ cardholderVerification: 'offline-pin' });
    expect(keypad.asked).toBe(3);
  });

  it('that is cancelled at the reader ends the payment', async () => {
    const id = await paying('offline-pin');
    await until('the reader to ask', async () => (keypad.asked === 1 ? true : undefined));
    keypad.act({ key: 'cancel' });
    expect(await ended(id)).toMatchObject({ state: 'cancelled', reason: 'pin-cancelled', debited: 'none' });
  });

  it('that is awaited when the cashier cancels ends the payment at once, and the next one has the reader back', async () => {
    const id = await paying('offline-pin');
    await agent.reaches(id, 'awaiting-pin');
    await until('the reader to ask', async () => (keypad.asked === 1 ? true : undefined));
    await agent.cancel(id);
    expect(await ended(id)).toMatchObject({ state: 'cancelled', debited: 'none' });
    // The customer finds the keys still lit, and presses the red one.
    keypad.act({ key: 'cancel' });
    pinpad.eject();
    await until('the slot to be empty', async () =>
      readers.list().every(({ state }) => state === 'empty') ? true : undefined,
    );
    const next = await paying('ec-contact');
    expect(await ended(next)).toMatchObject({ state: 'approved', fundedBy: 'chip' });
  });

  it('that the register leaves out while the reader waits for it: the reader must end, and the card be asked anew', async () => {
    const id = await paying('offline-pin');
    await until('the reader to ask', async () => (keypad.asked === 1 ? true : undefined));
    const { body } = await agent.call<{ question?: { id: string } }>('GET', `/v1/payments/${id}`);
    const bypass = { question: body.question?.id, kind: 'pin', bypass: true };
    expect((await agent.call('POST', `/v1/payments/${id}/answer`, bypass)).status).toBe(200);
    expect(await agent.reaches(id, 'present-again')).toMatchObject({ debited: 'none' });
    expect((await agent.status()).openIntent).toBe(false);
    keypad.act({ key: 'cancel' });
    // The card is still there, and comes anew.
    await until('the reader to ask again', async () => (keypad.asked === 2 ? true : undefined));
    keypad.act({ pin: '123456' });
    expect(await ended(id)).toMatchObject({ state: 'approved' });
  });

  it.each(['card', 'reader', 'pcscd'] as const)('whose %s is pulled out is asked for again', async (what) => {
    const id = await paying('offline-pin');
    await until('the reader to ask', async () => (keypad.asked === 1 ? true : undefined));
    if (what === 'card') pinpad.eject();
    else if (what === 'reader') pinpad.unplug();
    else await stage.kill();
    expect(await agent.reaches(id, 'present-again')).toMatchObject({ debited: 'none' });
    if (what === 'card') insert('offline-pin');
    else if (what === 'pcscd') {
      pinpad.eject();
      await stage.restart();
      insert('offline-pin');
    } else {
      const isUnplugged = () => readers.list().some(({ state }) => state === 'unplugged');
      await until('pcscd to have noticed', async () => (isUnplugged() ? true : undefined));
      await pinpad.plugIn();
    }
    await until('the reader to ask again', async () => (keypad.asked === 2 ? true : undefined));
    keypad.act({ pin: '123456' });
    expect(await ended(id)).toMatchObject({ state: 'approved' });
  });

  it('is asked for in the clear where a card would rather have it enciphered, and not at all for the host', async () => {
    const id = await paying('offline-pin-enciphered');
    await type('123456');
    expect(await ended(id)).toMatchObject({ state: 'approved' });
    expect(lastRecord()).toMatchObject({ cardholderVerification: 'offline-pin' });
    pinpad.eject();
    await until('the slot to be empty', async () => (slotIsEmpty() ? true : undefined));
    const next = await paying('debit-contact');
    expect(await ended(next)).toMatchObject({ state: 'approved' });
    expect(lastRecord()).toMatchObject({ cardholderVerification: 'signature' });
    expect(keypad.asked).toBe(1);
  });
});

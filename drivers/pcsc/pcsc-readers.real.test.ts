import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cannotTest } from '../../test-fixtures/missing-parts.ts';
import { observe, openCard } from '../../test-fixtures/reader/conformance/observer.ts';
import { describeReaders } from '../../test-fixtures/reader/conformance/readers-conformance.ts';
import { OK, SELECT, testCard } from '../../test-fixtures/reader/conformance/test-card.ts';
import { missingForVirtualReader, type PrivatePcscd, privatePcscd } from '../../test-fixtures/reader/private-pcscd.ts';
import { quickAcknowledgement } from '../../test-fixtures/reader/quick-ack.ts';
import { virtualField } from '../../test-fixtures/reader/virtual-field.ts';
import { insertCard, type VpcdSlot } from '../../test-fixtures/reader/vpcd-card-client.ts';
import { afterMs } from '../driver-tools.ts';
import type { CardReaders } from '../ports.ts';
import { openPcscReaders } from './open-pcsc-readers.ts';
import { channelIdOf, standingOf } from './pcscd-client.ts';

const skipped = cannotTest('PC/SC', missingForVirtualReader());

describe.skipIf(skipped)('pcscd and a virtual reader', () => {
  let dir: string;
  let pcscd: PrivatePcscd;
  let slot: VpcdSlot;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'jdpos-pcscd-'));
    chmodSync(dir, 0o711);
    pcscd = await privatePcscd({ dir: join(dir, 'd') });
    await pcscd.start();
    slot = { port: pcscd.ports[0], acknowledge: await quickAcknowledgement() };
    // The PC/SC library reads it once, when it is first used in this process.
    Object.assign(process.env, { PCSCLITE_CSOCK_NAME: pcscd.socketPath });
  });
  afterAll(async () => {
    await pcscd.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const open = (): Promise<CardReaders> => openPcscReaders({ socketPath: pcscd.socketPath });

  describeReaders('PC/SC', async () => {
    const readers = await open();
    const field = virtualField({ ...slot, after: afterMs });
    const stop = async (): Promise<void> => {
      await field.remove();
      await readers.close();
    };
    return { readers, field, stop };
  });

  it('shows both slots of the reader by the time it is open', async () => {
    const readers = await open();
    expect(readers.list().map(({ name, state }) => `${name}: ${state}`)).toEqual([
      'Virtual PCD 00 00: empty',
      'Virtual PCD 00 01: empty',
    ]);
    await readers.close();
  });

  it('sees a card that was laid back before pcscd had seen it go', async () => {
    const readers = await open();
    const observer = observe(readers);
    const torn = insertCard(slot, testCard({ 178: () => 'gone' }));
    const first = await observer.next('arrived');
    const channel = await openCard(first);
    expect(await channel.exchange(Uint8Array.of(0, 0xb2, 1, 0x0c, 0), 5_000)).toEqual({
      kind: 'torn',
      cause: 'removed',
    });
    await torn.left;
    const card = testCard();
    const back = insertCard(slot, card);
    const again = await observer.next('arrived');
    expect(again.arrival).toBeGreaterThan(first.arrival ?? Number.POSITIVE_INFINITY);
    expect(card.powered).toBeGreaterThan(0);
    expect(await (await openCard(again)).exchange(SELECT, 5_000)).toEqual({ kind: 'answered', response: OK });
    back.eject();
    await observer.next('removed');
    await readers.close();
  });

  it('sees a card that was laid back before pcscd had seen it go, when the readers were opened anew meanwhile', async () => {
    const before = await open();
    const observer = observe(before);
    const torn = insertCard(slot, testCard({ 178: () => 'gone' }));
    const channel = await openCard(await observer.next('arrived'));
    await channel.exchange(Uint8Array.of(0, 0xb2, 1, 0x0c, 0), 5_000);
    await torn.left;
    await before.close();
    const back = insertCard(slot, testCard());
    const readers = await open();
    const card = readers.list()[0]?.presence ?? (await observe(readers).next('arrived')).presence;
    expect(await (await card?.open())?.exchange(SELECT, 5_000)).toEqual({ kind: 'answered', response: OK });
    const later = observe(readers);
    back.eject();
    await later.next('removed');
    await readers.close();
  });

  it.each(['kill', 'stop'] as const)('gets over a pcscd that ends (%s) and comes back', async (how) => {
    const readers = await open();
    const observer = observe(readers);
    const field = virtualField({ ...slot, after: afterMs });
    await field.place(testCard());
    const arrived = await observer.next('arrived');
    const channel = await openCard(arrived);
    await pcscd[how]();
    expect(await observer.next('removed')).toMatchObject({ state: 'unplugged', arrival: arrived.arrival });
    expect(readers.list().map(({ state }) => state)).toEqual(['unplugged', 'unplugged']);
    expect(await channel.exchange(SELECT, 5_000)).toEqual({ kind: 'torn', cause: 'removed' });
    expect(await arrived.presence?.open()).toBeUndefined();

    await pcscd.start();
    await observer.next('state', 'empty');
    await observer.next('state', 'empty');
    await field.place(testCard());
    const again = await openCard(await observer.next('arrived'));
    expect(await again.exchange(SELECT, 5_000)).toEqual({ kind: 'answered', response: OK });
    expect(readers.list()).toHaveLength(2);
    await field.remove();
    await readers.close();
  });

  it('wakes from a suspension: every reader goes and returns at once, pcscd is another, and the card lies there still', async () => {
    const readers = await open();
    const observer = observe(readers);
    const inserted = insertCard(slot, testCard());
    const before = await observer.next('arrived');
    const channel = await openCard(before);
    await pcscd.kill();
    await pcscd.start();
    expect(await observer.next('removed')).toMatchObject({ state: 'unplugged', arrival: before.arrival });
    // What was open belongs to a context that is no more.
    expect((await channel.exchange(SELECT, 5_000)).kind).toBe('torn');
    inserted.eject();
    await inserted.left;
    const card = testCard();
    const back = insertCard(slot, card);
    const again = await observer.next('arrived');
    expect(again.arrival).toBeGreaterThan(before.arrival ?? Number.POSITIVE_INFINITY);
    expect(await (await openCard(again)).exchange(SELECT, 5_000)).toEqual({ kind: 'answered', response: OK });
    expect(readers.list().map(({ state }) => state)).toEqual(['card', 'empty']);
    back.eject();
    await observer.next('removed');
    await readers.close();
  });

  it('gets over a card that is gone before its first exchange, is back at once, and is another soon after', async () => {
    const readers = await open();
    const observer = observe(readers);
    const first = insertCard(slot, testCard());
    const arrived = await observer.next('arrived');
    first.eject();
    await first.left;
    // Opened or not, what it gives is torn: nothing is exchanged with the one that follows.
    const opened = await arrived.presence?.open();
    const back = insertCard(slot, testCard());
    if (opened !== undefined) expect((await opened.exchange(SELECT, 5_000)).kind).toBe('torn');
    await delay(20);
    back.eject();
    await back.left;
    await delay(50);
    const other = testCard();
    const last = insertCard(slot, other);
    await vi.waitFor(() => expect(readers.list()[0]?.presence).toBeDefined(), { timeout: 30_000, interval: 5 });
    const answers = await vi.waitFor(
      async () => {
        const channel = await readers.list()[0]?.presence?.open();
        const answer = await channel?.exchange(SELECT, 5_000);
        await channel?.close();
        expect(answer).toEqual({ kind: 'answered', response: OK });
        return answer;
      },
      { timeout: 30_000, interval: 20 },
    );
    expect(answers).toBeDefined();
    expect(other.powered).toBeGreaterThan(0);
    last.eject();
    await vi.waitFor(() => expect(readers.list()[0]?.state).toBe('empty'), { timeout: 30_000, interval: 5 });
    await readers.close();
  });

  it('waits for a pcscd that is not there yet', async () => {
    await pcscd.stop();
    const readers = await open();
    expect(readers.list()).toEqual([]);
    const observer = observe(readers);
    await pcscd.start();
    await observer.next('state', 'empty');
    await readers.close();
  });

  it('sees cards on both slots, each as its own arrival', async () => {
    const readers = await open();
    const observer = observe(readers);
    const fields = pcscd.ports.map((port) => virtualField({ ...slot, port, after: afterMs }));
    await Promise.all(fields.map((field) => field.place(testCard())));
    const cards = [await observer.next('arrived'), await observer.next('arrived')];
    for (const card of cards) {
      const channel = await openCard(card);
      expect(await channel.exchange(SELECT, 5_000)).toEqual({ kind: 'answered', response: OK });
      await channel.close();
    }
    expect(readers.list().map(({ state }) => state)).toEqual(['card', 'card']);
    await Promise.all(fields.map((field) => field.remove()));
    await readers.close();
  });

  it('asks pcscd for the channel of a reader, which the virtual one has none of', async () => {
    const place = { socketPath: pcscd.socketPath, after: afterMs };
    expect(await standingOf(place)).toBe('answers');
    expect(await channelIdOf('Virtual PCD 00 00', place)).toBeUndefined();
    expect(await channelIdOf('No Such Reader 00 00', place)).toBeUndefined();
  });

  it('keeps the process going while a card is silent', async () => {
    const readers = await open();
    const observer = observe(readers);
    const inserted = insertCard(slot, testCard({ 178: () => 'silent' }));
    const channel = await openCard(await observer.next('arrived'));
    const exchange = channel.exchange(Uint8Array.of(0, 0xb2, 1, 0x0c, 0), 1_500);
    let beats = 0;
    const heart = setInterval(() => {
      beats += 1;
    }, 10);
    expect(await exchange).toEqual({ kind: 'torn', cause: 'silent' });
    clearInterval(heart);
    expect(beats).toBeGreaterThan(50);
    inserted.eject();
    await observer.next('removed');
    await readers.close();
  });
});

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import {
  ATR,
  COMMAND,
  DONE,
  EXCLUSIVE,
  empty,
  mute,
  NO_CARD,
  PcscStage,
  present,
  rest,
  toldBy,
  until,
} from '../../test-fixtures/reader/pcsc-stage.ts';

const IN_USE = { error: 'SCardConnect error: Sharing violation.(0x8010000b)' };

let stage: PcscStage;
beforeEach(() => {
  stage = new PcscStage();
});
afterEach(() => stage.end());

describe('cards', () => {
  it('that are swapped between two reports are two cards', async () => {
    const { native, observer } = await stage.withReader();
    native.status(present(1), ATR);
    native.status(present(1) | EXCLUSIVE, ATR);
    native.status(present(3), ATR);
    expect(toldBy(observer)).toEqual(['state empty', 'arrived card', 'removed empty', 'arrived card']);
  });

  it('that do not answer a reset are shown, but are no arrival', async () => {
    const { native, observer } = await stage.withReader();
    native.status(mute(1));
    native.status(empty(2));
    expect(toldBy(observer)).toEqual(['state empty', 'state unresponsive', 'state empty']);
  });

  it('that another program uses open when it is done with them', async () => {
    const { native, observer } = await stage.withReader();
    native.status(present(1), ATR);
    stage.fake.next(IN_USE, IN_USE);
    const { presence } = await observer.next('arrived');
    const opening = presence?.open();
    for (let waits = 0; waits < 2; waits++) {
      await until(() => stage.timers.pending.includes(100));
      stage.timers.fire(100);
    }
    expect(await opening).toBeDefined();
    expect(stage.logged.join()).not.toContain('card-not-opened');
  });

  it('that another program keeps do not open, which is told', async () => {
    const { native, observer } = await stage.withReader();
    native.status(present(1), ATR);
    stage.fake.next(IN_USE);
    const { presence } = await observer.next('arrived');
    const opening = presence?.open();
    await until(() => stage.timers.pending.includes(100));
    stage.timers.fire(3_000);
    expect(await opening).toBeUndefined();
    stage.timers.fire(100);
    await until(() => stage.logged.includes('card-not-opened: in-use'));
    expect(stage.fake.calls).toEqual(['2 connect exclusive']);
    expect(await presence?.open()).toBeDefined();
  });

  it('are opened once at a time', async () => {
    const { arrived } = await stage.withCard();
    expect(await arrived.presence?.open()).toBeUndefined();
    expect(stage.fake.calls).toEqual(['2 connect exclusive']);
  });

  it('whose connect hangs are given up, and disconnected when it comes through', async () => {
    const { native, observer } = await stage.withReader();
    native.status(present(1), ATR);
    const { presence } = await observer.next('arrived');
    stage.fake.next(undefined);
    const opening = presence?.open();
    await until(() => stage.fake.calls.length === 1);
    stage.timers.fire(3_000);
    expect(await opening).toBeUndefined();
    native.answerLate(2);
    await until(() => stage.fake.calls.includes('2 disconnect reset'));
  });

  it('are used by this program alone, with the longest answer allowed, and reset at the end', async () => {
    const { channel } = await stage.withCard();
    await channel.exchange(COMMAND, 1_000);
    await channel.close();
    // The native object that watches is the first; the card is used through another.
    expect(stage.fake.calls).toEqual(['2 connect exclusive', '2 transmit 258 2', '2 disconnect reset']);
  });

  it.each([
    ['T=0', 1, '00A4040005A000000333'],
    ['T=1', 2, '00A4040005A00000033300'],
  ])('get no Le behind data over %s, where it has no place', async (_, protocol, sent) => {
    const { native, observer } = await stage.withReader();
    native.status(present(1), ATR);
    const { presence } = await observer.next('arrived');
    stage.fake.next({ value: protocol });
    const channel = await presence?.open();
    for (const command of ['00A4040005A00000033300', '00B2010C00', '80CA9F3600', '00200080082412345FFFFFFFFF']) {
      await channel?.exchange(hex(command), 1_000);
    }
    expect(stage.fake.sent.map((bytes) => toHex(bytes))).toEqual([
      sent,
      '00B2010C00',
      '80CA9F3600',
      '00200080082412345FFFFFFFFF',
    ]);
  });

  it('are not opened over a connection that the native object only believes to have', async () => {
    const { native, observer } = await stage.withReader();
    native.status(present(1), ATR);
    const { presence } = await observer.next('arrived');
    stage.fake.next({ value: undefined });
    expect(await presence?.open()).toBeUndefined();
    expect(await presence?.open()).toBeDefined();
    expect(stage.fake.calls).toEqual(['2 connect exclusive', '3 connect exclusive']);
    // The object that was given up is made safe to collect.
    await until(() => stage.fake.calls.includes('2 close'));
    expect(stage.fake.calls.slice(2)).toEqual(['2 watch', '2 close']);
  });

  it('are opened with another native object when the last one could not disconnect', async () => {
    const { arrived, channel } = await stage.withCard();
    stage.fake.next({ error: 'SCardDisconnect error: Transaction failed.(0x80100016)' });
    await channel.close();
    expect(await arrived.presence?.open()).toBeDefined();
    expect(stage.fake.calls).toEqual(['2 connect exclusive', '2 disconnect reset', '3 connect exclusive']);
  });
});

describe('a tear', () => {
  it('is looked into at once: one reset, one connect', async () => {
    const { reader, observer, channel } = await stage.withCard();
    stage.fake.next({ value: Buffer.alloc(0) }, DONE, NO_CARD);
    expect(await channel.exchange(COMMAND, 1_000)).toEqual({ kind: 'torn', cause: 'removed' });
    expect(stage.fake.calls.slice(1)).toEqual(['2 transmit 258 2', '2 disconnect reset', '2 connect exclusive']);
    expect(reader.state).toBe('empty');
    expect(toldBy(observer).slice(1)).toEqual(['arrived card', 'removed empty']);
  });

  it('with the card still there makes it a new one', async () => {
    const { observer, channel } = await stage.withCard();
    stage.fake.next({ error: 'SCardTransmit error: Transaction failed.(0x80100016)' });
    expect(await channel.exchange(COMMAND, 1_000)).toEqual({ kind: 'torn', cause: 'reader-error' });
    expect(toldBy(observer).slice(1)).toEqual(['arrived card', 'removed empty', 'arrived card']);
    expect(stage.fake.calls.at(-1)).toBe('2 disconnect leave');
  });

  it('is looked into again, through the reader, when the service has not seen the card go', async () => {
    const { observer, native, channel } = await stage.withCard();
    stage.fake.next({ value: Buffer.alloc(0) }, DONE, NO_CARD);
    await channel.exchange(COMMAND, 1_000);
    native.status(present(1), ATR);
    stage.timers.fire(600);
    expect((await observer.next('arrived')).arrival).toBe(2);
    expect(stage.fake.calls.slice(-4)).toEqual([
      '2 connect direct',
      '2 disconnect reset',
      '2 connect exclusive',
      '2 disconnect leave',
    ]);
  });

  it('is not looked into again when the service has seen the card go', async () => {
    const { native, channel } = await stage.withCard();
    stage.fake.next({ value: Buffer.alloc(0) }, DONE, NO_CARD);
    await channel.exchange(COMMAND, 1_000);
    native.status(empty(2));
    const before = stage.fake.calls.length;
    stage.timers.fire(600);
    await rest();
    expect(stage.fake.calls).toHaveLength(before);
  });

  it('whose reset hangs is told all the same', async () => {
    const { native, channel } = await stage.withCard();
    stage.fake.next({ value: Buffer.of(0x90) }, undefined);
    const exchange = channel.exchange(COMMAND, 1_000);
    await until(() => stage.timers.pending.includes(500));
    stage.timers.fire(500);
    expect(await exchange).toEqual({ kind: 'torn', cause: 'short-answer' });
    native.answerLate(null);
  });

  it('that is being looked into when the readers are closed starts nothing more', async () => {
    const { readers, native, channel } = await stage.withCard();
    stage.fake.next({ value: Buffer.alloc(0) }, DONE, NO_CARD);
    await channel.exchange(COMMAND, 1_000);
    stage.fake.next(undefined, DONE, NO_CARD);
    stage.timers.fire(600);
    await until(() => stage.fake.calls.includes('2 connect direct'));
    const closing = readers.close();
    native.answerLate(0);
    await closing;
    expect(stage.timers.pending).toEqual([]);
  });

  it('of a card that was swapped during the exchange is one, though an answer came', async () => {
    const { native, channel } = await stage.withCard();
    stage.fake.next(undefined);
    const exchange = channel.exchange(COMMAND, 1_000);
    await until(() => stage.fake.calls.length === 2);
    native.status(present(3), ATR);
    native.answerLate(Buffer.of(0x90, 0x00));
    expect(await exchange).toEqual({ kind: 'torn', cause: 'removed' });
  });
});

describe('a silent card', () => {
  async function silent() {
    const card = await stage.withCard();
    stage.fake.next(undefined);
    const exchange = card.channel.exchange(COMMAND, 1_000);
    const waiting = card.channel.exchange(COMMAND, 2_000);
    await until(() => stage.timers.pending.includes(1_000));
    stage.timers.fire(1_000);
    expect(await exchange).toEqual({ kind: 'torn', cause: 'silent' });
    return { ...card, waiting };
  }

  it('tears what was to follow, and nothing is asked of the reader while it owes the answer', async () => {
    const { reader, native, channel, waiting, arrived } = await silent();
    expect(await waiting).toEqual({ kind: 'torn', cause: 'silent' });
    expect(await channel.exchange(COMMAND, 1_000)).toEqual({ kind: 'torn', cause: 'silent' });
    await channel.close();
    expect(reader.state).toBe('unresponsive');
    expect(stage.fake.calls).toEqual(['2 connect exclusive', '2 transmit 258 2']);
    const opening = arrived.presence?.open();
    stage.timers.fire(3_000);
    expect(await opening).toBeUndefined();
    native.answerLate(Buffer.alloc(0));
  });

  it('that answers late is a new one, and its answer is dropped', async () => {
    const { native, observer } = await silent();
    native.answerLate(Buffer.of(0x90, 0x00));
    expect((await observer.next('arrived')).arrival).toBe(2);
    expect(stage.fake.calls.slice(2, 4)).toEqual(['2 disconnect reset', '2 connect exclusive']);
  });

  it('that was replaced meanwhile does not harm the next one', async () => {
    const { native, observer } = await silent();
    native.status(empty(2));
    native.status(present(3), ATR);
    stage.fake.next(DONE, NO_CARD);
    native.answerLate(Buffer.alloc(0));
    await until(() => stage.fake.calls.filter((call) => call === '2 connect exclusive').length === 2);
    await rest();
    expect(toldBy(observer).slice(1)).toEqual(['arrived card', 'state unresponsive', 'removed empty', 'arrived card']);
  });
});

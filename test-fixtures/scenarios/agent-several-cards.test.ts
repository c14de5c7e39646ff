import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FieldCard } from '../card/index.ts';
import { memoryReaders } from '../reader/memory-readers.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';

/** Cards that come to two readers for one request. */
describe('two cards at once', () => {
  let agent: AgentUnderTest;
  beforeAll(async () => {
    agent = await AgentUnderTest.start();
  });
  afterAll(() => agent.stop());

  const lay = (at: number, id: string): Promise<void> => {
    const card = agent.tray.card(id);
    if (card === undefined) throw new Error(`no card ${id}`);
    return agent.readers.field(at).place(card);
  };
  const clear = async (): Promise<void> => {
    for (const at of [0, 1]) await agent.readers.field(at).remove();
  };
  const balances = () => agent.tray.list().map(({ balanceMinor }) => balanceMinor);

  it('are refused, and nothing is charged: one of them alone pays, once it has come again', async () => {
    const before = balances();
    const id = await agent.pay(100);
    await Promise.all([lay(0, 'rich'), lay(1, 'ec-contact')]);
    const again = await agent.reaches(id, 'present-again');
    expect(again).toMatchObject({ reason: 'several-cards', debited: 'none' });
    expect(balances()).toEqual(before);
    // The one that stays does not count, however long it lies there.
    await agent.readers.field(0).remove();
    await until('the reader to be empty', async () =>
      (await agent.status()).readers[0]?.state === 'empty' ? true : undefined,
    );
    expect(await agent.payment(id)).toMatchObject({ state: 'present-again', reason: 'several-cards' });
    await clear();
    await lay(0, 'rich');
    expect(await agent.reaches(id, 'approved')).toMatchObject({ debited: 'chip', amountMinor: 100 });
    await clear();
    expect(agent.balance('rich')).toBe(80_000 - 100);
  });

  it('are none when one of them lay there before', async () => {
    await lay(1, 'ec-contact');
    const id = await agent.pay(100);
    await lay(0, 'rich');
    expect(await agent.reaches(id, 'approved', 'present-again')).toMatchObject({ state: 'approved' });
    await clear();
  });

  it('are found when the second comes while the first is looked at', async () => {
    const before = balances();
    agent.onStep = async ({ name }) => {
      if (name === 'card-present') await lay(1, 'ec-contact');
    };
    const id = await agent.pay(100);
    await lay(0, 'rich');
    expect(await agent.reaches(id, 'present-again')).toMatchObject({ reason: 'several-cards', debited: 'none' });
    agent.onStep = () => {};
    await agent.cancel(id);
    expect(await agent.reaches(id, 'cancelled')).toMatchObject({ debited: 'none' });
    expect(balances()).toEqual(before);
  });
});

/** Antenna and slot of one USB device. */
describe('a combined reader', () => {
  let agent: AgentUnderTest;
  let readers: ReturnType<typeof memoryReaders>;
  beforeEach(async () => {
    agent = await AgentUnderTest.prepare();
    readers = memoryReaders({
      readers: [
        { name: 'Combined 00 00', role: 'contactless', port: '1-1.4:1.0' },
        { name: 'Combined 00 01', role: 'contact', port: '1-1.4:1.0/1' },
      ],
    });
    agent.unusual = { readers };
    await agent.up();
    await agent.ready();
  });
  afterEach(() => agent.stop());

  const ANTENNA = 0;
  const SLOT = 1;
  const card = (id: string): FieldCard => {
    const found = agent.tray.card(id);
    if (found === undefined) throw new Error(`no card ${id}`);
    return found;
  };
  /** Lays the second while the terminal looks at the first. */
  const payWith = async (first: [number, FieldCard], second: [number, FieldCard]): Promise<string> => {
    let laid = false;
    agent.onStep = async ({ name }) => {
      if (name !== 'card-present' || laid) return;
      laid = true;
      await readers.field(second[0]).place(second[1]);
    };
    const id = await agent.pay(100);
    await readers.field(first[0]).place(first[1]);
    return id;
  };
  const offTheAir: FieldCard = {
    atr: Uint8Array.of(0x3b, 0x80, 0x80, 0x01, 0x01),
    power: () => {},
    transmit: () => new Uint8Array(),
  };

  it.each([
    ['passes the antenna on its way into the slot', ANTENNA, SLOT],
    ['is in the slot and seen at the antenna as well', SLOT, ANTENNA],
  ])('sees one card twice that %s: it pays once, in the slot', async (_, first, second) => {
    const chip = card('ec-contact');
    const id = await payWith([first, chip], [second, chip]);
    const paid = await agent.reaches(id, 'approved', 'present-again', 'declined');
    expect(paid).toMatchObject({ state: 'approved', debited: 'chip', amountMinor: 100 });
    expect(agent.balance('ec-contact')).toBe(10_000 - 100);
    const [record] = agent.queue.records.between(1, 1, 1);
    expect(record?.record?.reader).toBe('Combined 00 01');
  });

  it('goes on with the card in the slot while nothing answers at the antenna', async () => {
    const id = await payWith([SLOT, card('ec-contact')], [ANTENNA, offTheAir]);
    expect(await agent.reaches(id, 'approved', 'present-again')).toMatchObject({ state: 'approved', debited: 'chip' });
  });

  it('refuses the card at the antenna while one in the slot does not answer: it may be another', async () => {
    const id = await payWith([ANTENNA, card('rich')], [SLOT, offTheAir]);
    const refused = await agent.reaches(id, 'present-again', 'approved', 'declined');
    expect(refused).toMatchObject({ state: 'present-again', reason: 'several-cards', debited: 'none' });
    expect(agent.balance('rich')).toBe(80_000);
  });

  it.each([
    ['the second in the slot', ANTENNA, SLOT],
    ['the second at the antenna', SLOT, ANTENNA],
  ])('refuses two that are not the same, %s, and charges neither', async (_, first, second) => {
    const cardAt = (at: number): FieldCard => card(at === ANTENNA ? 'rich' : 'ec-contact');
    const id = await payWith([first, cardAt(first)], [second, cardAt(second)]);
    const refused = await agent.reaches(id, 'present-again', 'approved', 'declined');
    expect(refused).toMatchObject({ state: 'present-again', reason: 'several-cards', debited: 'none' });
    expect([agent.balance('rich'), agent.balance('ec-contact')]).toEqual([80_000, 10_000]);
  });
});

describe('a card that another program has', () => {
  let agent: AgentUnderTest;
  beforeAll(async () => {
    agent = await AgentUnderTest.start();
  });
  afterAll(() => agent.stop());

  it('is not charged, and the cashier is told what to close; it pays once it is free', async () => {
    const id = await agent.pay(100);
    agent.readers.hold(true);
    await agent.tap('rich');
    const told = await agent.reaches(id, 'present-again');
    expect(told).toMatchObject({ reason: 'card-in-use', debited: 'none' });
    expect(told.reasonText?.zh).toContain('其他程序');
    expect(told.reasonText?.en).toContain('Another program');
    agent.readers.hold(false);
    await agent.tap('rich');
    expect(await agent.reaches(id, 'approved')).toMatchObject({ amountMinor: 100 });
  });
});

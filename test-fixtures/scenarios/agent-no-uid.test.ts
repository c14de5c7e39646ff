import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import { type FieldCard, tearAt, withFaults } from '../card/index.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';

/** GET DATA of the reader for the UID or the ATS (PC/SC part 3, §3.2.2.1.3): never sent. */
const isGetUid = (command: Uint8Array): boolean => command[0] === 0xff && command[1] === 0xca;

/** A card's UID may be another one at each tap, and what the reader makes up from it as well: a card is known by what it proves. */
describe('the number of the chip', () => {
  let agent: AgentUnderTest;
  const asked: string[] = [];
  beforeAll(async () => {
    agent = await AgentUnderTest.start();
  });
  afterAll(() => agent.stop());

  /** Lays a card down that has another answer to reset each time. */
  async function tap(id: string, time: number, tornAt?: number): Promise<void> {
    const card = agent.tray.card(id);
    if (card === undefined) throw new Error(`no card ${id}`);
    const other: FieldCard = {
      ...withFaults(card, tornAt === undefined ? [] : [tearAt(tornAt, 'after-card')]),
      atr: hex(`3B8180018080${time.toString(16).padStart(2, '0')}`),
    };
    const noting: FieldCard = {
      ...other,
      transmit: (command) => {
        if (isGetUid(command)) asked.push(toHex(command));
        return isGetUid(command)
          ? hex(`04A1B2C3D4E5${time.toString(16).padStart(2, '0')}9000`)
          : other.transmit(command);
      },
    };
    await agent.readers.field().remove();
    await agent.readers.field().place(noting);
  }

  it('is not asked for, and a card that shows another one at each tap pays once, tears and all', async () => {
    const commands = await agent.commandsOf('rich');
    const before = agent.balance('rich');
    const id = await agent.pay(100);
    await tap('rich', 1, commands);
    await agent.reaches(id, 'present-again');
    // Another card in its place is not taken for it, whatever it looks like.
    await tap('sm4', 1);
    const taken = async () => ((await agent.payment(id)).reason === 'other-card' ? true : undefined);
    await until('the other card to be found out', taken);
    expect(await agent.payment(id)).toMatchObject({ state: 'present-again', debited: 'unknown' });
    await tap('rich', 2);
    expect(await agent.reaches(id, 'approved')).toMatchObject({ debited: 'chip' });
    expect(before - agent.balance('rich')).toBe(100);
    expect(asked).toEqual([]);
  });

  it('is no part of a record', async () => {
    const id = await agent.pay(100);
    await tap('rich', 3);
    const { record } = await agent.reaches(id, 'approved');
    const kept = JSON.stringify(agent.queue.records.get(record?.epoch ?? 0, record?.sequence ?? 0));
    expect(kept.toUpperCase()).not.toContain('04A1B2C3D4E5');
    expect(kept.toUpperCase()).not.toContain('3B818001808003');
  });
});

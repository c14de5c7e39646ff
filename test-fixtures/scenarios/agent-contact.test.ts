import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tearAt } from '../card/index.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';

/** A card in the slot: full debit/credit and electronic cash (issue of the whole way, not of the kernel's rules). */
describe('a card in the slot', () => {
  let agent: AgentUnderTest;

  beforeEach(async () => {
    agent = await AgentUnderTest.start();
  });
  afterEach(() => agent.stop());

  const lastRecord = () => agent.queue.records.get(1, agent.queue.records.head().sequence)?.record;

  it('pays from its electronic cash, with the host and without', async () => {
    for (const down of [false, true]) {
      agent.clearing.down = down;
      const before = agent.balance('ec-contact');
      expect(await agent.sale('ec-contact', 1280)).toMatchObject({
        state: 'approved',
        fundedBy: 'chip',
        debited: 'chip',
        offline: true,
        card: { balanceMinor: before - 1280 },
      });
      expect(agent.balance('ec-contact')).toBe(before - 1280);
      expect(lastRecord()).toMatchObject({ interface: 'contact', chip: { cryptogramType: 'tc' }, debited: 'chip' });
    }
  });

  it('pays from its account with the host', async () => {
    const id = await agent.pay(1280);
    await agent.tap('debit-contact');
    await agent.reaches(id, 'awaiting-pin');
    agent.pad.act({ pin: '123456' });
    expect(await agent.reaches(id, 'approved', 'declined')).toMatchObject({
      state: 'approved',
      fundedBy: 'account',
      offline: false,
    });
    expect(lastRecord()).toMatchObject({
      interface: 'contact',
      authorisationId: 'A-1',
      chip: { cryptogramType: 'arqc' },
      confirmation: { cryptogramType: 'tc', authorisationResponseCode: '3030' },
    });
  });

  it('uses SM throughout where it knows it: from its electronic cash, and from its account', async () => {
    // 9F10: DKI 01, version 01, CVR, and 04 for SM4.
    const SM4 = /^0701010390000204/;
    expect(await agent.sale('sm2-contact', 1280)).toMatchObject({ state: 'approved', fundedBy: 'chip' });
    expect(lastRecord()).toMatchObject({ chip: { issuerApplicationData: expect.stringMatching(SM4) } });
    const id = await agent.pay(1280);
    await agent.tap('sm2-cda-contact');
    await agent.reaches(id, 'awaiting-pin');
    agent.pad.act({ pin: '123456' });
    expect(await agent.reaches(id, 'approved', 'declined')).toMatchObject({ state: 'approved', fundedBy: 'account' });
    expect(lastRecord()).toMatchObject({
      offlineAuthentication: 'cda',
      chip: { cryptogramType: 'arqc', issuerApplicationData: expect.stringMatching(/^07010103A0000004/) },
      confirmation: { cryptogramType: 'tc' },
    });
  });

  it('checks its PIN itself', async () => {
    const id = await agent.pay(1280);
    await agent.tap('offline-pin');
    await agent.reaches(id, 'awaiting-pin');
    expect(agent.pad.act({ pin: '999999' })).toBe(true);
    await until('the PIN to be asked again', async () => (agent.pad.act({ pin: '123456' }) ? true : undefined));
    expect(await agent.reaches(id, 'approved', 'declined')).toMatchObject({ state: 'approved' });
    expect(lastRecord()).toMatchObject({ cardholderVerification: 'offline-pin' });
    expect(agent.logged.join('')).not.toContain('123456');
  });

  it('is refused when the customer cancels at the PIN', async () => {
    const id = await agent.pay(1280);
    await agent.tap('offline-pin');
    await agent.reaches(id, 'awaiting-pin');
    agent.pad.act({ key: 'cancel' });
    expect(await agent.reaches(id, 'cancelled')).toMatchObject({ reason: 'pin-cancelled', debited: 'none' });
  });
});

describe('a card torn from the slot', () => {
  let agent: AgentUnderTest;

  beforeEach(async () => {
    agent = await AgentUnderTest.start();
  });
  afterEach(() => agent.stop());

  it.each(['before-card', 'after-card'] as const)('%s: what it paid is what the payment says', async (when) => {
    agent.clearing.down = true;
    const commands = await agent.commandsOf('ec-contact');
    const states = new Set<string>();
    for (let command = 1; command <= commands; command++) {
      const before = agent.balance('ec-contact');
      const id = await agent.pay(100);
      await agent.tap('ec-contact', tearAt(command, when));
      let payment = await agent.reaches(id, 'present-again', 'approved', 'declined', 'undecided', 'failed');
      if (payment.state === 'present-again') {
        await agent.tap('ec-contact');
        payment = await agent.reaches(id, 'approved', 'declined', 'undecided', 'failed');
      }
      // The card pays with its TC: one that is lost with the card cannot be made again, and nobody is paid without it.
      expect({ command, ...payment }).toMatchObject({
        debited: 'chip',
        state: expect.stringMatching(/approved|declined/),
      });
      expect(before - agent.balance('ec-contact')).toBe(100);
      expect((await agent.status()).openIntent).toBe(false);
      states.add(payment.state);
      const record = agent.queue.records.get(1, payment.record?.sequence ?? 0)?.record;
      // By its TC or, when that is lost, by its counter the centre finds what the chip has paid.
      expect([record?.chip !== undefined, record?.card?.atc !== undefined].sort()).toEqual([false, true]);
    }
    expect(states).toEqual(new Set(['approved', 'declined']));
  });
});

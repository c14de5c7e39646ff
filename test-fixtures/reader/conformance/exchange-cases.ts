import { expect } from 'vitest';
import { hex } from '../../../emv/values/index.ts';
import { openCard } from './observer.ts';
import { answered, type Cases, PATIENT_MS } from './stage.ts';
import { LONGEST, OK, own, SELECT, testCard } from './test-card.ts';

/** How commands and answers pass. */
export const exchangeCases: Cases = {
  'passes commands and answers on as they are': async ({ tap }) => {
    const { card, channel } = await tap(testCard({ 178: () => hex('70036101019000'), 168: () => hex('6985') }));
    expect(await channel.exchange(SELECT, PATIENT_MS)).toEqual(answered(OK));
    expect(await channel.exchange(hex('00B2010C00'), PATIENT_MS)).toEqual(answered(hex('70036101019000')));
    expect(await channel.exchange(hex('80A80000028300'), PATIENT_MS)).toEqual(answered(hex('6985')));
    expect(card.seen).toEqual([SELECT, hex('00B2010C00'), hex('80A80000028300')]);
  },
  'passes on the longest answer there is, and does not ask for more by itself': async ({ tap }) => {
    const { card, channel } = await tap(testCard({ 178: () => LONGEST, 192: () => hex('6110') }));
    expect(await channel.exchange(hex('00B2010C00'), PATIENT_MS)).toEqual(answered(LONGEST));
    expect(await channel.exchange(hex('00C0000000'), PATIENT_MS)).toEqual(answered(hex('6110')));
    expect(card.seen).toHaveLength(2);
  },
  'sends commands given at once one after the other': async ({ tap }) => {
    const { card, channel } = await tap();
    const numbers = [1, 2, 3, 4, 5];
    const answers = await Promise.all(numbers.map((number) => channel.exchange(own(0x10, number), PATIENT_MS)));
    expect(answers).toEqual(numbers.map(() => answered(OK)));
    expect(card.seen).toEqual(numbers.map((number) => own(0x10, number)));
  },
  'powers a card before its first command, and resets it when it is closed': async ({ tap }) => {
    const { card, arrived, channel } = await tap();
    expect(card.powered).toBeGreaterThan(0);
    await channel.exchange(SELECT, PATIENT_MS);
    const before = card.powered;
    await channel.close();
    expect(card.powered).toBeGreaterThan(before);
    expect(card.seen).toEqual([]);
    expect((await channel.exchange(SELECT, PATIENT_MS)).kind).toBe('torn');
    expect(card.seen).toEqual([]);
    const again = await openCard(arrived);
    expect(await again.exchange(SELECT, PATIENT_MS)).toEqual(answered(OK));
  },
  'has one channel open to a card at a time': async ({ tap }) => {
    const { arrived, channel } = await tap();
    expect(await arrived.presence?.open()).toBeUndefined();
    expect(await channel.exchange(SELECT, PATIENT_MS)).toEqual(answered(OK));
  },
};

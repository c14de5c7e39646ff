import { expect } from 'vitest';
import { MAX_TEARS } from '../../../drivers/index.ts';
import { hex } from '../../../emv/values/index.ts';
import { openCard } from './observer.ts';
import { answered, type Cases, IMPATIENT_MS, PATIENT_MS, torn } from './stage.ts';
import { OK, own, SELECT, testCard } from './test-card.ts';

/** What becomes of an exchange that fails, and of the card. */
export const tearCases: Cases = {
  'tears an exchange when the card has left between two commands': async ({ field, tap }) => {
    const { card, channel } = await tap();
    await channel.exchange(SELECT, PATIENT_MS);
    await field.remove();
    expect(await channel.exchange(own(0x10), PATIENT_MS)).toEqual(torn('removed'));
    expect(card.seen).toEqual([SELECT]);
    await channel.close();
  },
  'tells at once of a card that leaves during an exchange, stays torn, and sees the next tap': async ({
    observer,
    theReader,
    tap,
  }) => {
    const { card, arrived, channel } = await tap(testCard({ 178: () => 'gone' }));
    await channel.exchange(SELECT, PATIENT_MS);
    expect(await channel.exchange(hex('00B2010C00'), PATIENT_MS)).toEqual(torn('removed'));
    expect(theReader()).toMatchObject({ state: 'empty', presence: undefined });
    expect((await observer.next('removed')).arrival).toBe(arrived.arrival);
    expect(await channel.exchange(SELECT, PATIENT_MS)).toEqual(torn('removed'));
    expect(card.seen).toEqual([SELECT, hex('00B2010C00')]);
    await channel.close();
    const again = await tap();
    expect(await again.channel.exchange(SELECT, PATIENT_MS)).toEqual(answered(OK));
  },
  'gives up a silent card after the time given, shows it, and sees it go and the next one come': async ({
    field,
    observer,
    theReader,
    tap,
  }) => {
    const { card, arrived, channel } = await tap(testCard({ 178: () => 'silent' }));
    expect(await channel.exchange(hex('00B2010C00'), IMPATIENT_MS)).toEqual(torn('silent'));
    expect(theReader().state).toBe('unresponsive');
    expect(await channel.exchange(SELECT, PATIENT_MS)).toEqual(torn('silent'));
    expect(card.seen).toHaveLength(1);
    await channel.close();
    expect(observer.told.filter(({ what }) => what === 'removed')).toEqual([]);
    await field.remove();
    expect((await observer.next('removed')).arrival).toBe(arrived.arrival);
    const again = await tap();
    expect(await again.channel.exchange(SELECT, PATIENT_MS)).toEqual(answered(OK));
  },
  'tears an exchange when a silent card is taken away in time': async ({ field, tap }) => {
    const { channel } = await tap(testCard({ 178: () => 'silent' }));
    const exchange = channel.exchange(hex('00B2010C00'), PATIENT_MS);
    await field.remove();
    expect(await exchange).toEqual(torn('removed'));
  },
  'takes less than a status word for a tear, and the card for another one': async ({ observer, tap }) => {
    const { card, arrived, channel } = await tap(testCard({ 178: () => hex('90') }));
    const powered = card.powered;
    expect(await channel.exchange(hex('00B2010C00'), PATIENT_MS)).toEqual(torn('short-answer'));
    expect(await channel.exchange(SELECT, PATIENT_MS)).toEqual(torn('short-answer'));
    expect((await observer.next('removed')).arrival).toBe(arrived.arrival);
    const again = await observer.next('arrived');
    expect(again.arrival).toBeGreaterThan(arrived.arrival ?? Number.POSITIVE_INFINITY);
    expect(card.powered).toBeGreaterThan(powered);
    const second = await openCard(again);
    expect(await second.exchange(SELECT, PATIENT_MS)).toEqual(answered(OK));
  },
  'leaves a card alone that has torn too often, until it is taken away': async ({
    field,
    observer,
    theReader,
    tap,
  }) => {
    await field.place(testCard({ 178: () => hex('90') }));
    for (let tears = 0; tears < MAX_TEARS; tears++) {
      const channel = await openCard(await observer.next('arrived'));
      expect((await channel.exchange(hex('00B2010C00'), PATIENT_MS)).kind).toBe('torn');
    }
    expect(theReader()).toMatchObject({ state: 'unresponsive', presence: undefined });
    await field.remove();
    await observer.next('state', 'empty');
    const again = await tap();
    expect(await again.channel.exchange(SELECT, PATIENT_MS)).toEqual(answered(OK));
  },
  'tears when the answer is longer than there can be one': async ({ tap }) => {
    const { channel } = await tap(testCard({ 178: () => new Uint8Array(259) }));
    expect(await channel.exchange(hex('00B2010C00'), PATIENT_MS)).toEqual(torn('reader-error'));
  },
};

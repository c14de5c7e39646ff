import { expect } from 'vitest';
import { hex } from '../../../emv/values/index.ts';
import { openCard } from './observer.ts';
import { answered, type Cases, IMPATIENT_MS, PATIENT_MS, torn } from './stage.ts';
import { OK, SELECT, testCard } from './test-card.ts';

/** How readers tell of cards that come and go. */
export const presenceCases: Cases = {
  'lists an empty reader': async ({ theReader }) => {
    expect(theReader()).toMatchObject({ role: 'contactless', state: 'empty', presence: undefined });
    expect(theReader().name).not.toBe('');
  },
  'tells of a card that arrives, with its answer to reset': async ({ field, observer, theReader }) => {
    const card = testCard({}, hex('3B80800101'));
    await field.place(card);
    const arrived = await observer.next('arrived');
    expect(arrived.state).toBe('card');
    expect(arrived.presence?.atr).toEqual(hex('3B80800101'));
    expect(theReader().presence).toBe(arrived.presence);
  },
  'tells of a card that goes, and does not open it any more': async ({ field, observer, theReader }) => {
    await field.place(testCard());
    const arrived = await observer.next('arrived');
    await field.remove();
    const removed = await observer.next('removed');
    expect(removed).toMatchObject({ state: 'empty', arrival: arrived.arrival });
    expect(theReader()).toMatchObject({ state: 'empty', presence: undefined });
    expect(await arrived.presence?.open()).toBeUndefined();
  },
  'counts the same card anew when it comes back': async ({ field, tap }) => {
    const { card, arrived } = await tap();
    await field.remove();
    const again = await tap(card);
    expect(again.arrived.arrival).toBeGreaterThan(arrived.arrival ?? Number.POSITIVE_INFINITY);
    expect(await again.channel.exchange(SELECT, PATIENT_MS)).toEqual(answered(OK));
  },
  'never gives an open channel to the next card': async ({ field, observer, tap }) => {
    const first = await tap();
    await first.channel.exchange(SELECT, PATIENT_MS);
    const next = testCard({ 164: () => hex('6A82') });
    await field.place(next);
    expect((await observer.next('removed')).arrival).toBe(first.arrived.arrival);
    const arrived = await observer.next('arrived');
    expect(arrived.arrival).toBeGreaterThan(first.arrived.arrival ?? Number.POSITIVE_INFINITY);
    expect(await first.channel.exchange(SELECT, PATIENT_MS)).toEqual(torn('removed'));
    expect(next.seen).toEqual([]);
    const channel = await openCard(arrived);
    expect(next.powered).toBeGreaterThan(0);
    expect(await channel.exchange(SELECT, PATIENT_MS)).toEqual(answered(hex('6A82')));
  },
  'tells nothing any more after it was closed': async ({ field, readers, observer, tap }) => {
    const { channel } = await tap();
    const told = observer.told.length;
    await readers.close();
    await field.remove();
    expect((await channel.exchange(SELECT, IMPATIENT_MS)).kind).toBe('torn');
    expect(observer.told).toHaveLength(told);
  },
};

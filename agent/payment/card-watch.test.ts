import { describe, expect, it } from 'vitest';
import type { CardPresence, CardReader, CardReaders, ReaderEvent, ReaderRole } from '../../drivers/index.ts';
import { cardWatch } from './card-watch.ts';

const card = (arrival: number): CardPresence => ({ arrival, atr: new Uint8Array(), open: async () => undefined });

function hub() {
  const presences = new Map<string, CardPresence>();
  const listeners = new Set<(event: ReaderEvent) => void>();
  const roles: readonly ReaderRole[] = ['contactless', 'contact', 'sam'];
  const reader = (role: ReaderRole): CardReader => ({
    name: role,
    role,
    state: presences.has(role) ? 'card' : 'empty',
    presence: presences.get(role),
  });
  const readers: CardReaders = {
    list: () => roles.map(reader),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {},
  };
  return {
    readers,
    listeners,
    arrive(role: ReaderRole, arrival: number) {
      const presence = card(arrival);
      presences.set(role, presence);
      for (const listener of listeners) listener({ kind: 'card-arrived', reader: reader(role), presence });
    },
    leave: (role: ReaderRole) => presences.delete(role),
  };
}

const never = new AbortController().signal;

describe('the card watch', () => {
  it('passes over a card that was there before, and takes the next that arrives', async () => {
    const { readers, arrive, leave } = hub();
    arrive('contactless', 1);
    const watch = cardWatch(readers);
    expect(watch.latestArrival()).toBe(1);
    const next = watch.next(watch.latestArrival(), never);
    leave('contactless');
    arrive('contactless', 2);
    expect((await next)?.presence.arrival).toBe(2);
  });

  it('takes a card that arrived meanwhile and is still there', async () => {
    const { readers, arrive } = hub();
    const watch = cardWatch(readers);
    arrive('contactless', 7);
    expect((await watch.next(6, never))?.presence.arrival).toBe(7);
  });

  it('does not take a card that came and left', async () => {
    const { readers, arrive, leave } = hub();
    const watch = cardWatch(readers);
    arrive('contactless', 7);
    leave('contactless');
    const stop = new AbortController();
    const next = watch.next(6, stop.signal);
    stop.abort();
    expect(await next).toBeUndefined();
    expect(watch.latestArrival()).toBe(7);
  });

  it('takes no SAM for a card, but counts every arrival', async () => {
    const { readers, arrive } = hub();
    const watch = cardWatch(readers);
    arrive('sam', 3);
    const next = watch.next(0, never);
    arrive('contact', 4);
    expect((await next)?.reader.role).toBe('contact');
    expect(watch.latestArrival()).toBe(4);
  });

  it.each<[string, readonly [ReaderRole, number][], boolean]>([
    ['two readers have a card', [['contactless', 7]], false],
    ['the other one lay there before', [['contactless', 5]], true],
    ['the other one is a SAM', [['sam', 7]], true],
    ['there is no other', [], true],
  ])('tells whether a card is alone: %s', (_, others, alone) => {
    const { readers, arrive } = hub();
    const watch = cardWatch(readers);
    for (const [role, arrival] of others) arrive(role, arrival);
    arrive('contact', 6);
    expect(watch.others(6, 5).length === 0).toBe(alone);
  });

  it('gives up at once when it is already aborted', async () => {
    const { readers, arrive } = hub();
    arrive('contactless', 1);
    expect(await cardWatch(readers).next(0, AbortSignal.abort())).toBeUndefined();
  });

  it('listens no more once closed', () => {
    const { readers, listeners } = hub();
    cardWatch(readers).close();
    expect(listeners.size).toBe(0);
  });

  it('tells when a card has left, and no other', () => {
    const { readers, arrive, leave, listeners } = hub();
    arrive('contactless', 1);
    arrive('contact', 2);
    const watch = cardWatch(readers);
    const departure = watch.departure(2);
    leave('contactless');
    arrive('contactless', 3);
    expect(departure.signal.aborted).toBe(false);
    leave('contact');
    arrive('contact', 4);
    expect(departure.signal.aborted).toBe(true);
    expect(watch.departure(2).signal.aborted).toBe(true);
    const before = listeners.size;
    departure.release();
    expect(listeners.size).toBe(before - 1);
  });
});

import { describe, expect, it } from 'vitest';
import { observe, openCard } from './conformance/observer.ts';
import { describeReaders } from './conformance/readers-conformance.ts';
import { SELECT, testCard } from './conformance/test-card.ts';
import { memoryReaders } from './memory-readers.ts';

describeReaders('Readers in memory', async () => {
  const readers = memoryReaders();
  return { readers, field: readers.field(), stop: () => readers.close() };
});

describe('Readers in memory', () => {
  it('may be several, of equal names', async () => {
    const readers = memoryReaders({
      readers: [
        { name: 'Reader', role: 'contactless' },
        { name: 'Reader', role: 'contactless' },
        { name: 'Reader', role: 'sam' },
      ],
    });
    await readers.field(1).place(testCard());
    expect(readers.list().map(({ role, state }) => `${role} ${state}`)).toEqual([
      'contactless empty',
      'contactless card',
      'sam empty',
    ]);
  });

  it('can be pulled out with the card on them', async () => {
    const readers = memoryReaders();
    const observer = observe(readers);
    await readers.field().place(testCard());
    const channel = await openCard(await observer.next('arrived'));
    readers.unplug();
    expect(await channel.exchange(SELECT, 1_000)).toEqual({ kind: 'torn', cause: 'removed' });
    readers.plugIn();
    expect(observer.told.map(({ what, state }) => `${what} ${state}`)).toEqual([
      'arrived card',
      'removed unplugged',
      'state unplugged',
      'state empty',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import type { ReaderEvent } from './ports.ts';
import { type HubReader, readerHub } from './reader-hub.ts';

const ATR = Uint8Array.of(0x3b, 0x80, 0x80, 0x01, 0x01);
const noChannel = async () => undefined;

function plugIn(hub: ReturnType<typeof readerHub>, name: string): HubReader {
  const reader = hub.admit(name, 'contactless');
  reader.changed('empty');
  return reader;
}

describe('the reader hub', () => {
  it('numbers arrivals across readers', () => {
    const hub = readerHub();
    const [left, right] = [plugIn(hub, 'left'), plugIn(hub, 'right')];
    expect(left.arrived(ATR, noChannel).arrival).toBe(1);
    expect(right.arrived(ATR, noChannel).arrival).toBe(2);
    left.removed('empty');
    expect(left.arrived(ATR, noChannel).arrival).toBe(3);
  });

  it('tells of a change after it, once, and of a card before the reader goes', () => {
    const hub = readerHub();
    const told: string[] = [];
    const note = (event: ReaderEvent): void => void told.push(`${event.kind} ${event.reader.state}`);
    const stop = hub.subscribe(note);
    const reader = plugIn(hub, 'one');
    reader.changed('empty');
    reader.arrived(ATR, noChannel);
    reader.changed('card');
    reader.unplugged();
    reader.unplugged();
    stop();
    reader.changed('empty');
    expect(told).toEqual(['reader empty', 'card-arrived card', 'card-removed unplugged', 'reader unplugged']);
  });

  it('asks the driver to open the card that is there, and no other', async () => {
    const hub = readerHub();
    const reader = plugIn(hub, 'one');
    let asked = 0;
    const open = async () => {
      asked += 1;
      return undefined;
    };
    const first = reader.arrived(ATR, open);
    await first.open();
    reader.removed('empty');
    reader.arrived(ATR, open);
    await first.open();
    expect(asked).toBe(1);
  });

  it.each([
    ['the same name', 'ACME Reader 00 00', 'ACME Reader 00 00'],
    ['the name with other numbers', 'ACME Reader 00 00', 'ACME Reader 01 00'],
  ])('takes a reader that comes back under %s for the same', (_, before, after) => {
    const hub = readerHub();
    const reader = plugIn(hub, before);
    reader.unplugged();
    expect(plugIn(hub, after)).toBe(reader);
    expect(hub.list().map(({ name, state }) => `${name}: ${state}`)).toEqual([`${after}: empty`]);
  });

  it.each([
    ['another model', 'ACME Reader 00 00', 'Other Reader 00 00'],
    ['no number', 'ACME Reader', 'ACME Reader 2'],
  ])('takes a reader of %s for another', (_, before, after) => {
    const hub = readerHub();
    const reader = plugIn(hub, before);
    reader.unplugged();
    expect(plugIn(hub, after)).not.toBe(reader);
    expect(hub.list().map(({ state }) => state)).toEqual(['unplugged', 'empty']);
  });

  it('keeps readers of equal names apart', () => {
    const hub = readerHub();
    const [one, two] = [plugIn(hub, 'Reader'), plugIn(hub, 'Reader')];
    expect(one).not.toBe(two);
    one.unplugged();
    two.unplugged();
    expect([plugIn(hub, 'Reader'), plugIn(hub, 'Reader')]).toEqual([one, two]);
    expect(hub.list()).toHaveLength(2);
  });

  it('keeps no more than 16, and forgets unplugged ones first', () => {
    const hub = readerHub();
    plugIn(hub, 'gone').unplugged();
    for (let number = 1; number <= 16; number++) plugIn(hub, `reader ${String.fromCharCode(96 + number)}`);
    expect(hub.list()).toHaveLength(16);
    expect(hub.list().map(({ name }) => name)).not.toContain('gone');
  });
});

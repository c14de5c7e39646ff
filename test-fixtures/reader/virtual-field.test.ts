import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hex } from '../../emv/values/index.ts';
import { testCard } from './conformance/test-card.ts';
import { type FakeVpcd, fakeVpcd } from './fake-vpcd.ts';
import { type ManualTimers, manualTimers } from './manual-timers.ts';
import { rest, until } from './pcsc-stage.ts';
import { type CardField, virtualField } from './virtual-field.ts';

const POWER_ON = hex('000101');
const READ = hex('000500B2010C00');

let vpcd: FakeVpcd;
let timers: ManualTimers;
let field: CardField;
beforeEach(async () => {
  vpcd = await fakeVpcd();
  timers = manualTimers();
  field = virtualField({ port: vpcd.port, after: timers.after });
});
afterEach(() => vpcd.close());

async function placed(card = testCard()) {
  const placing = field.place(card);
  const reader = await vpcd.card();
  reader.send(POWER_ON);
  await placing;
  return reader;
}

describe('the field of a virtual reader', () => {
  it('has the card when the reader has powered it', async () => {
    let isPlaced = false;
    const placing = field.place(testCard()).then(() => {
      isPlaced = true;
    });
    const reader = await vpcd.card();
    await rest();
    expect(isPlaced).toBe(false);
    reader.send(POWER_ON);
    await placing;
  });

  it('lays no card on the reader before it can have seen the last one go', async () => {
    const first = await placed();
    const placing = field.place(testCard());
    await first.left;
    await until(() => timers.pending.includes(450));
    let isThere = false;
    const second = vpcd.card().then((reader) => {
      isThere = true;
      return reader;
    });
    await rest();
    expect(isThere).toBe(false);
    timers.fire(450);
    (await second).send(POWER_ON);
    await placing;
  });

  it('waits as well after a card that left of its own will', async () => {
    const first = await placed(testCard({ 178: () => 'gone' }));
    first.send(READ);
    await first.left;
    await until(() => timers.pending.includes(450));
    timers.fire(450);
    await placed();
    expect(timers.pending).toEqual([]);
  });

  it('need not wait for the clock where somebody says that the reader is empty', async () => {
    let report = (): void => {};
    const absenceReported = (): Promise<void> =>
      new Promise((resolve) => {
        report = resolve;
      });
    field = virtualField({ port: vpcd.port, after: timers.after, absenceReported });
    const reader = await placed();
    let isRemoved = false;
    const removing = field.remove().then(() => {
      isRemoved = true;
    });
    await reader.left;
    await rest();
    expect(isRemoved).toBe(false);
    report();
    await removing;
    expect(timers.pending).toEqual([]);
  });

  it('gives up a reader that does not power the card', async () => {
    const placing = field.place(testCard());
    const reader = await vpcd.card();
    timers.fire(5_000);
    await expect(placing).rejects.toThrow(`the reader on port ${vpcd.port} does not take the card`);
    await reader.left;
  });

  it('is empty when there was no card to remove', async () => {
    await field.remove();
    expect(timers.pending).toEqual([]);
  });
});

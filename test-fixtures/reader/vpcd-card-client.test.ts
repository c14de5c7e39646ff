import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hex } from '../../emv/values/index.ts';
import { LONGEST, testCard } from './conformance/test-card.ts';
import { type FakeVpcd, fakeVpcd } from './fake-vpcd.ts';
import { insertCard } from './vpcd-card-client.ts';

let vpcd: FakeVpcd;
beforeEach(async () => {
  vpcd = await fakeVpcd();
});
afterEach(() => vpcd.close());

describe('a card on a virtual reader', () => {
  it('shows its ATR, is powered and reset, and answers commands', async () => {
    const card = testCard({ 178: () => LONGEST });
    const inserted = insertCard(vpcd, card);
    const reader = await vpcd.card();
    reader.send(hex('000104'));
    expect(await reader.take(22)).toEqual(hex('0014 3B8F8001804F0CA000000306030001000000006A'));
    expect(card.powered).toBe(0);
    reader.send(hex('000101'));
    await inserted.powered;
    reader.send(hex('000500A4040000'));
    expect(await reader.take(4)).toEqual(hex('00029000'));
    reader.send(hex('000500B2010C00'));
    expect((await reader.take(260)).subarray(0, 4)).toEqual(hex('01020001'));
    expect(card.seen).toEqual([hex('00A4040000'), hex('00B2010C00')]);
    reader.send(hex('000100 000102 000104'));
    await reader.take(22);
    expect(card.powered).toBe(2);
    inserted.eject();
    await reader.left;
  });

  it('leaves at the command at which it goes, without an answer, and gets no more', async () => {
    const card = testCard({ 178: () => 'gone' });
    const inserted = insertCard(vpcd, card);
    const reader = await vpcd.card();
    reader.send(hex('000101 000500B2010C00 000500A4040000'));
    await reader.left;
    await inserted.left;
    expect(card.seen).toEqual([hex('00B2010C00')]);
  });

  it('stays when it is silent', async () => {
    insertCard(vpcd, testCard({ 178: () => 'silent', 176: () => new Uint8Array(0) }));
    const reader = await vpcd.card();
    reader.send(hex('000101 000500B2010C00 000500B0000000 000500A4040000'));
    expect(await reader.take(4)).toEqual(hex('00029000'));
  });

  it('says when the reader went before it was powered', async () => {
    const { port } = vpcd;
    await vpcd.close();
    const inserted = insertCard({ port }, testCard());
    await expect(inserted.powered).rejects.toThrow(`the reader on port ${port} did not power the card`);
    await inserted.left;
  });

  it('has what it receives acknowledged each time', async () => {
    let acknowledged = 0;
    const acknowledge = (): void => {
      acknowledged += 1;
    };
    insertCard({ port: vpcd.port, acknowledge }, testCard());
    const reader = await vpcd.card();
    for (const round of [1, 2]) {
      reader.send(hex('000104'));
      await reader.take(22);
      expect(acknowledged).toBe(round);
    }
  });
});

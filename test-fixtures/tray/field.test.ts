import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import { type FieldCard, memoryStorage, statusAt, tearAt } from '../card/index.ts';
import { openTray } from './tray.ts';

const SELECT = hex('00A4040008 A000000333010101 00');
const ATC = hex('80CA9F3600');

function watchedTray() {
  const tray = openTray({ storageOf: () => memoryStorage(), random: (length) => new Uint8Array(length) });
  const seen: string[] = [];
  const stop = tray.field.subscribe((card) => seen.push(card === undefined ? 'left' : 'entered'));
  return { tray, seen, stop };
}

function said(card: FieldCard | undefined, command: Uint8Array): string | undefined {
  const answer = card?.transmit(command);
  return answer === undefined || typeof answer === 'string' ? answer : toHex(answer).slice(-4);
}

describe('the field', () => {
  it('is empty, then holds a card, then is empty again', () => {
    const { tray, seen } = watchedTray();
    expect(tray.field.card()).toBeUndefined();
    expect(tray.place('rich')).toBe(true);
    const card = tray.field.card();
    expect(said(card, SELECT)).toBe('9000');
    expect(tray.list().filter(({ inField }) => inField)).toMatchObject([{ id: 'rich' }]);
    tray.remove();
    expect(said(card, SELECT)).toBe('gone');
    expect(tray.field.card()).toBeUndefined();
    tray.remove();
    expect(seen).toEqual(['entered', 'left']);
  });

  it('takes one card at a time', () => {
    const { tray, seen } = watchedTray();
    tray.place('rich');
    const first = tray.field.card();
    tray.place('poor');
    expect(said(first, SELECT)).toBe('gone');
    expect(said(tray.field.card(), SELECT)).toBe('9000');
    expect(seen).toEqual(['entered', 'left', 'entered']);
  });

  it('knows its cards', () => {
    const { tray, seen } = watchedTray();
    expect(tray.place('nobody')).toBe(false);
    expect(tray.restore('nobody')).toBe(false);
    expect(tray.chip('nobody')).toBeUndefined();
    expect(seen).toEqual([]);
  });

  it('a torn card leaves within its last command, and placed again has lost its session', () => {
    const { tray, seen } = watchedTray();
    tray.place('rich', [tearAt(2, 'before-card')]);
    const torn = tray.field.card();
    expect(said(torn, SELECT)).toBe('9000');
    expect(seen).toEqual(['entered']);
    expect(said(torn, ATC)).toBe('gone');
    expect(seen).toEqual(['entered', 'left']);
    tray.place('rich');
    expect(said(tray.field.card(), ATC)).toBe('6985');
    expect(said(torn, SELECT)).toBe('gone');
  });

  it('faults last for one time in the field', () => {
    const { tray } = watchedTray();
    tray.place('rich', [statusAt(1, 0x6f00)]);
    expect(said(tray.field.card(), SELECT)).toBe('6F00');
    tray.place('rich');
    expect(said(tray.field.card(), SELECT)).toBe('9000');
  });

  it('a card that has left does not lose its session to an old hand', () => {
    const { tray } = watchedTray();
    tray.place('rich');
    const old = tray.field.card();
    tray.place('rich');
    said(tray.field.card(), SELECT);
    old?.power();
    expect(said(tray.field.card(), ATC)).toBe('9000');
    tray.field.card()?.power();
    expect(said(tray.field.card(), ATC)).toBe('6985');
  });

  it('no longer calls who has stopped listening', () => {
    const { tray, seen, stop } = watchedTray();
    stop();
    tray.place('rich');
    expect(seen).toEqual([]);
  });
});

describe('restore', () => {
  const GPO = hex('80A8000023 8321 26000080 000000001250 000000000000 0156 0000000000 0156 250601 00 11223344 00');
  const pay = (tray: ReturnType<typeof openTray>, id: string): void => {
    tray.place(id);
    for (const command of [SELECT, GPO, hex('00B2013400'), hex('00B2023400')]) tray.field.card()?.transmit(command);
  };
  const balances = (tray: ReturnType<typeof openTray>): number[] =>
    tray
      .list()
      .slice(3, 5)
      .map(({ balanceMinor }) => balanceMinor);

  it('makes one card new, or all of them, and takes them out of the field', () => {
    const { tray } = watchedTray();
    pay(tray, 'hotlisted');
    pay(tray, 'expired');
    expect(balances(tray)).toEqual([28_750, 28_750]);
    expect(tray.restore('hotlisted')).toBe(true);
    expect(tray.field.card()).toBeDefined();
    expect(balances(tray)).toEqual([30_000, 28_750]);
    expect(tray.restore()).toBe(true);
    expect(tray.field.card()).toBeUndefined();
    expect(balances(tray)).toEqual([30_000, 30_000]);
    expect(tray.chip('expired')?.stored().applications[0]?.atc).toBe(1);
  });
});

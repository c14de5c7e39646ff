import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import { startCardsServer } from './cards-server.ts';
import { trayControl } from './control.ts';

const TAP = [
  '00A404000E 325041592E5359532E4444463031 00',
  '00A4040008 A000000333010101 00',
  '80A8000023 8321 26000080 000000001280 000000000000 0156 0000000000 0156 250601 00 11223344 00',
  '00B2013400',
  '00B2023400',
].map(hex);

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'jdpos-tray-')), 'cards');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

/** The server and a hand on it, over a channel that carries JSON. */
function start() {
  const server = startCardsServer({ stateDir: folder, random: (length) => new Uint8Array(length) });
  const control = trayControl(async (question) =>
    JSON.parse(JSON.stringify(await server.answer(JSON.parse(JSON.stringify(question))))),
  );
  const answers = (): string[] =>
    TAP.map((command) => server.field.card()?.transmit(command)).map((answer) =>
      answer === undefined || typeof answer === 'string' ? String(answer) : toHex(answer).slice(-4),
    );
  const balance = async (): Promise<number | undefined> => (await control.list())[0]?.balanceMinor;
  return { server, control, answers, balance };
}

describe('the cards process', () => {
  it('keeps what a card has paid for the process that comes after it', async () => {
    const first = start();
    await first.control.place('rich');
    expect(first.answers()).toEqual(['9000', '9000', '9000', '9000', '9000']);
    expect(await first.balance()).toBe(78_720);
    const second = start();
    expect(await second.balance()).toBe(78_720);
    expect(second.server.field.card()).toBeUndefined();
    expect(readdirSync(folder)).toEqual(['rich.json']);
  });

  it.each([
    [5, 'before-card', 80_000],
    [5, 'after-card', 78_720],
    [4, 'after-card', 80_000],
  ] as const)('tears at command %i, %s', async (command, when, left) => {
    const { control, answers, balance } = start();
    expect(await control.place('rich', { command, when })).toBe(true);
    const got = answers();
    expect(got.slice(0, command - 1).every((sw) => sw === '9000')).toBe(true);
    expect(got[command - 1]).toBe('gone');
    expect(await balance()).toBe(left);
    expect((await control.list())[0]?.inField).toBe(false);
  });

  it('places, removes and restores by name', async () => {
    const { server, control, answers, balance } = start();
    expect(await control.place('nobody')).toBe(false);
    await control.place('rich');
    answers();
    await control.remove();
    expect(server.field.card()).toBeUndefined();
    expect(await control.restore('rich')).toBe(true);
    expect(await balance()).toBe(80_000);
    await control.place('rich');
    answers();
    expect(await control.restore()).toBe(true);
    expect(await balance()).toBe(80_000);
    expect(await control.restore('nobody')).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    ['nothing', undefined],
    ['another word', { do: 'steal' }],
    ['a tear that is none', { do: 'place', card: 'rich', tear: { command: 0, when: 'before-card' } }],
    ['more than asked', { do: 'list', all: true }],
  ])('rejects %s', async (_, question) => {
    await expect(start().server.answer(question)).rejects.toThrow();
  });
});

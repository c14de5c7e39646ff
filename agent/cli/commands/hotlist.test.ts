import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cardToken } from '../../../clearing/contract/record/index.ts';
import { IDENTITY, MASTER, RICH, sell, type TestQueue, testQueue } from '../../../offline-queue/test-support.ts';
import { type CliWorld, cli } from '../test-terminal.ts';

const AT = '2026-03-09T01:15:30.000Z';
const TOKEN = cardToken(IDENTITY.cardTokenKey, RICH);
const MASKED = '622848*********0017';

let disk: TestQueue;
const hotlist = (words: readonly string[], world: CliWorld = {}) =>
  cli(['hotlist', ...words, '--state-dir', disk.folder], world);
const type = (text: string): CliWorld => ({ readInput: async () => text });

beforeEach(() => {
  disk = testQueue();
  writeFileSync(join(disk.folder, 'master.key'), MASTER, { mode: 0o600 });
});
afterEach(() => disk.end());

const PART = { from: 0, to: 7, full: true, hash: 'AB'.repeat(32), at: AT, remove: [], debts: [] };
const list = (add: readonly string[], debts: readonly { id: string; token: string; amountMinor: number }[] = []) => {
  disk.queue.hotlist.stage({ ...PART, add, debts });
  disk.queue.hotlist.adopt();
};

describe('jdpos hotlist status', () => {
  it('says how old the list is, how long, and what is arriving', async () => {
    list([TOKEN], [{ id: 'd1', token: TOKEN, amountMinor: 300 }]);
    disk.queue.hotlist.stage({ ...PART, from: 7, to: 9, full: false, through: TOKEN, add: ['C'.repeat(64)] });
    expect(await hotlist(['status'])).toEqual({
      exitCode: 0,
      err: [],
      out: [
        'Version     7',
        `Hash        ${'AB'.repeat(32)}`,
        'Cards       1',
        'Open debts  1',
        `Age         1 h, of ${AT}`,
        'Arriving    version 9, changes, 1 so far; it holds once it is complete',
      ],
    });
    expect(JSON.parse((await hotlist(['status', '--json'])).out.join(''))).toEqual({
      ...{ version: 7, hash: 'AB'.repeat(32), entries: 1, openDebts: 1, updatedAt: AT, ageS: 3600 },
      arriving: { version: 9, full: false, changes: 1 },
    });
  });

  it('is a negative answer when there is none', async () => {
    const { exitCode, out } = await hotlist(['status']);
    expect([exitCode, out.join()]).toEqual([1, expect.stringContaining('never fetched')]);
  });
});

describe('jdpos hotlist check', () => {
  it('takes the number from standard input, and shows it masked', async () => {
    list([]);
    const { exitCode, out, err } = await hotlist(['check'], type(`${RICH.reveal()}\n`));
    expect([exitCode, out]).toEqual([
      0,
      [`Card     ${MASKED}`, `Token    ${TOKEN}`, 'Hotlist  not listed, version 7', 'Owes     nothing'],
    ]);
    expect(err).toEqual(['The card’s number, then Enter and Ctrl-D:']);
  });

  it('a card that is listed, or owes, is a negative answer', async () => {
    list([TOKEN]);
    const listed = await hotlist(['check', '--json'], type('6228 4800 0000 0000 017'));
    expect([listed.exitCode, JSON.parse(listed.out.join(''))]).toEqual([
      1,
      { card: MASKED, token: TOKEN, listed: true, debts: [], version: 7 },
    ]);
    list([], [{ id: 'd1', token: TOKEN, amountMinor: 1_250 }]);
    const { exitCode, out } = await hotlist(['check', '--token', TOKEN.toLowerCase()]);
    expect(exitCode).toBe(1);
    expect(out.slice(-2)).toEqual(['Owes     ¥12.50', '  debt   d1  ¥12.50']);
  });

  it('names a card by a record as well', async () => {
    sell(disk.queue, 'a');
    list([TOKEN]);
    const { exitCode, out } = await hotlist(['check', '--record', '1-1']);
    expect([exitCode, out[0]]).toEqual([1, `Card     ${MASKED}`]);
    const none = await hotlist(['check', '--record', '1-2']);
    expect([none.exitCode, none.err.join()]).toEqual([1, expect.stringContaining('no record 1-2')]);
  });

  it('takes the serial number of a purse', async () => {
    list([]);
    const { exitCode, out } = await hotlist(['check'], type('62990000000000000001'));
    expect([exitCode, out[0]]).toEqual([0, 'Card     629900**********0001']);
  });

  it('takes no number on the command line, and repeats none that is wrong', async () => {
    const argument = await hotlist(['check', RICH.reveal()]);
    expect(argument.exitCode).toBe(2);
    const wrong = await hotlist(['check'], type('6228480000000000018x'));
    expect([wrong.exitCode, wrong.err.join()]).toEqual([2, expect.not.stringContaining('622848')]);
  });
});

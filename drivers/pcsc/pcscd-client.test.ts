import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualTimers } from '../../test-fixtures/reader/manual-timers.ts';
import { afterMs } from '../driver-tools.ts';
import { channelIdOf, type Standing, standingOf } from './pcscd-client.ts';

/* What pcscd 1.9.9 and a client said to each other, as it went over the socket; its answer to GET_ATTRIB is libccid's for bus 1, device 4. */
const zeros = (bytes: number): string => '00'.repeat(bytes);
const NAME = `5669727475616c2050434420303020303${'0'.repeat(1)}`;
const CONTEXT = 'dedb7454';
const CARD = '6e03ca4e';
const VERSION: Turn = ['0c00000011000000040000000400000000000000', '040000000400000000000000'];
const ESTABLISH: Turn = ['0c00000001000000020000000000000000000000', `02000000${CONTEXT}00000000`];
const CONNECT: Turn = [
  `9800000004000000${CONTEXT}${NAME}${zeros(111)}03000000${zeros(16)}`,
  `${CONTEXT}${NAME}${zeros(111)}0300000000000000${CARD}${zeros(8)}`,
];
const DISCONNECT: Turn = [`0c00000006000000${CARD}${zeros(8)}`, `${CARD}${zeros(8)}`];
const attribute = (answer: string): Turn => [
  `180100000f000000${CARD}10010200${zeros(264)}0801000000000000`,
  `${CARD}10010200${answer}`,
];
const TOLD = attribute(`04012000${zeros(260)}0400000000000000`);
const UNSUPPORTED = attribute(`${zeros(264)}000000001f001080`);

/** What is sent, and what comes back: hex. */
type Turn = readonly [string, string];

let dir: string;
let server: Server | undefined;
let unexpected: string[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'jdpos-pcscd-client-'));
  unexpected = [];
});
afterEach(async () => {
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  rmSync(dir, { recursive: true, force: true });
});

/** A pcscd that hears exactly these turns, one list for each connection, and answers in pieces of so many bytes. */
function play(connections: readonly (readonly Turn[])[], pieceBytes = 4_096): Promise<string> {
  const path = join(dir, 'comm');
  let at = 0;
  server = createServer((socket) => {
    const turns = [...(connections[at++] ?? [])];
    let received = '';
    socket.on('error', () => {});
    socket.on('data', (piece) => {
      received += piece.toString('hex');
      const turn = turns[0];
      if (turn && !turn[0].startsWith(received.slice(0, turn[0].length))) unexpected.push(received);
      if (turn === undefined || received.length < turn[0].length) return;
      received = received.slice(turn[0].length);
      turns.shift();
      const answer = Buffer.from(turn[1], 'hex');
      for (let from = 0; from < answer.length; from += pieceBytes)
        socket.write(answer.subarray(from, from + pieceBytes));
      if (turns.length === 0) socket.end();
    });
  });
  return new Promise((resolve) => server?.listen(path, () => resolve(path)));
}

const ask = (socketPath: string) => channelIdOf('Virtual PCD 00 00', { socketPath, after: afterMs });

describe('the channel of a reader', () => {
  it.each<[string, readonly (readonly Turn[])[], number | undefined]>([
    ['is told by its driver', [[VERSION, ESTABLISH, CONNECT, TOLD, DISCONNECT]], 0x0020_0104],
    ['is not told by every driver', [[VERSION, ESTABLISH, CONNECT, UNSUPPORTED, DISCONNECT]], undefined],
    [
      'is not told while another program has the reader',
      [[VERSION, ESTABLISH, [CONNECT[0], `${CONTEXT}${NAME}${zeros(111)}03000000${zeros(12)}0b001080`]]],
      undefined,
    ],
    ['is not told by a pcscd that ends in the middle', [[VERSION, ESTABLISH]], undefined],
    [
      'is told by another version of the protocol that is known',
      [
        [[VERSION[0], '04000000050000001e001080']],
        [
          ['0c00000011000000040000000500000000000000', '040000000500000000000000'],
          ESTABLISH,
          CONNECT,
          TOLD,
          DISCONNECT,
        ],
      ],
      0x0020_0104,
    ],
    ['is not asked for in a version that is not', [[[VERSION[0], '05000000000000001e001080']]], undefined],
    ['is not asked for in a minor version that is not', [[[VERSION[0], '04000000060000001e001080']]], undefined],
  ])('%s', async (_, turns, id) => {
    expect(await ask(await play(turns))).toBe(id);
    expect(unexpected).toEqual([]);
  });

  it('is read however the answers are cut', async () => {
    expect(await ask(await play([[VERSION, ESTABLISH, CONNECT, TOLD, DISCONNECT]], 7))).toBe(0x0020_0104);
  });

  it('of a name that is too long is not asked for', async () => {
    const socketPath = await play([[VERSION, ESTABLISH, ['ff', '']]]);
    expect(await channelIdOf('A'.repeat(128), { socketPath, after: afterMs })).toBeUndefined();
    expect(unexpected).toEqual([]);
  });
});

describe('pcscd', () => {
  it.each<[string, readonly Turn[], Standing]>([
    ['answers', [VERSION], 'answers'],
    ['answers in a version of its own', [[VERSION[0], '05000000000000001e001080']], 'answers'],
    ['ends', [['0c', '']], 'away'],
  ])('%s', async (_, turns, standing) => {
    expect(await standingOf({ socketPath: await play([turns]), after: afterMs })).toBe(standing);
  });

  it('is not there', async () => {
    expect(await standingOf({ socketPath: join(dir, 'nobody'), after: afterMs })).toBe('away');
  });

  it('stands still behind its socket', async () => {
    const timers = manualTimers();
    const standing = standingOf({ socketPath: await play([[['00'.repeat(500), '']]]), after: timers.after });
    timers.fire(4_000);
    expect(await standing).toBe('stands-still');
  });
});

import { describe, expect, it } from 'vitest';
import { MAX_EXCHANGES, MAX_ROUNDS } from '../../emv/kernel/bounds.ts';
import { type Intent, type Outcome, purchase, type Recovery, recover, type Step } from '../../emv/kernel/index.ts';
import { MODERN } from '../../emv/kernel/testing/golden-cards.ts';
import { INPUT, inWords, recoveryInWords } from '../../emv/kernel/testing/play.ts';
import { concat, hex, toHex, uintBytes } from '../../emv/values/index.ts';
import { openPayments } from './genuine-taps.ts';
import { play } from './play.ts';
import { writeTree } from './tlv-tree.ts';
import { honestCard, type TapCard } from './transcript.ts';
import { FRIENDLY_WORLD, type World } from './world.ts';

/*
 * Cards that want the terminal to go on for ever. Each is honest up to a command, and from there on says the same, or never
 * the same twice.
 */

const MODERN_CARD = {
  name: 'golden MODERN',
  input: INPUT,
  exchanges: MODERN.map(({ command, answer }) => ({ command: hex(command), answer: hex(answer) })),
};

/** Honest for so many answers, then endless. */
function endlessFrom(first: number, endless: (command: Uint8Array, nth: number) => Uint8Array): TapCard {
  const honest = honestCard(MODERN_CARD)();
  let nth = 0;
  return (command) => (nth++ < first ? honest(command) : endless(command, nth));
}

/** Nobody to ask whether a TC is genuine. */
const ALONE: World = (request) =>
  request.name === 'authorise-online' ? { kind: 'no-answer' } : FRIENDLY_WORLD(request);

const tapped = (card: TapCard): { said: string; exchanges: number } => {
  const { result, thrown, given } = play<Outcome>(purchase(INPUT), card, ALONE);
  return { said: result === undefined ? String(thrown) : inWords(result), exchanges: given.length };
};

const OK = hex('9000');
const answer = (...parts: Parameters<typeof writeTree>[0]): Uint8Array => concat(writeTree(parts), OK);
const record = (nth: number): Uint8Array => answer({ tag: 0x70, body: [{ tag: 0xdf02, body: uintBytes(nth, 2) }] });

const ENDLESS: readonly (readonly [string, (command: Uint8Array, nth: number) => Uint8Array])[] = [
  ['61xx', () => hex('6110')],
  ['61xx with data', () => concat(new Uint8Array(256).fill(0x70), hex('6100'))],
  ['6Cxx', () => hex('6C10')],
  ['6Cxx, never the same', (_, nth) => Uint8Array.of(0x6c, nth & 0xff)],
  ['61xx and 6Cxx by turns', (_, nth) => (nth % 2 === 0 ? hex('6110') : hex('6C10'))],
  ['records, never the same', (_, nth) => record(nth)],
  ['success without data', () => OK],
  ['as many bytes as there may be', () => concat(new Uint8Array(256), OK)],
  ['its own command', (command) => concat(command, OK)],
];

describe.each(ENDLESS)('a card that answers for ever: %s', (_, endless) => {
  it.each(MODERN.map(({ name }, at) => [name, at] as const))('from %s on', (__, first) => {
    const { said, exchanges } = tapped(endlessFrom(first, endless));
    expect(said).toMatch(/^(declined|torn|present-again)/);
    expect(exchanges).toBeLessThanOrEqual(MAX_EXCHANGES);
  });
});

/** The card of MODERN with another AFL, and a record for every address. */
const withAfl = (afl: string): TapCard => {
  const honest = honestCard(MODERN_CARD)();
  return (command) => {
    if (command[1] === 0xb2) return record((command[2] ?? 0) * 256 + (command[3] ?? 0));
    const said = honest(command);
    return said instanceof Uint8Array ? hex(toHex(said).replace('94080801020010010201', afl)) : said;
  };
};

describe('an AFL without measure', () => {
  it.each<[string, string, number]>([
    ['255 records', '9408 0801FF00 1001FF00', 4],
    ['16 records and one more', '9408 08011000 10010100', 4],
    ['255 records, all signed', '9408 0801FFFF 10010201', 4],
    ['16 records', '9408 08010F00 10010100', 4 + 15],
  ])('%s', (_, afl, exchanges) => {
    const said = tapped(withAfl(afl.replaceAll(' ', '')));
    expect(said.said).toMatch(/^declined card-error none$/);
    expect(said.exchanges).toBe(exchanges);
  });
});

/** PPSE with so many entries of the terminal's own application, chained over as many answers as it takes. */
function directory(entries: number): Uint8Array {
  const entry = {
    tag: 0x61,
    body: [
      { tag: 0x4f, body: hex('A000000333010101') },
      { tag: 0x87, body: hex('01') },
    ],
  };
  const list = Array.from({ length: entries }, () => entry);
  return writeTree([
    {
      tag: 0x6f,
      body: [
        { tag: 0x84, body: hex('325041592E5359532E4444463031') },
        { tag: 0xa5, body: [{ tag: 0xbf0c, body: list }] },
      ],
    },
  ]);
}

/** Gives bytes in pieces of 256, as T=0 would; then refuses every application. */
function inPieces(bytes: Uint8Array): TapCard {
  let at = 0;
  return (command) => {
    if (command[1] === 0xa4 && at > 0 && at >= bytes.length) return hex('6A82');
    const piece = bytes.subarray(at, at + 256);
    at += 256;
    return concat(piece, at < bytes.length ? hex('6100') : OK);
  };
}

describe('a directory without measure', () => {
  it('of 1,000 entries is given up after the rounds that a command has', () => {
    const { said, exchanges } = tapped(inPieces(directory(1_000)));
    expect(said).toBe('declined card-error none');
    expect(exchanges).toBe(MAX_ROUNDS);
  });

  it('in one answer, longer than any card can give one, is not read', () => {
    const card: TapCard = () => concat(directory(1_000), OK);
    expect(tapped(card)).toEqual({ said: 'declined card-error none', exchanges: 1 });
  });

  it('of as many entries as fit is tried to a bound', () => {
    const { said, exchanges } = tapped(inPieces(directory(60)));
    expect(said).toBe('declined no-common-application none');
    expect(exchanges).toBeLessThanOrEqual(4 + 8);
  });
});

describe('templates inside templates', () => {
  it.each([9, 100, 500])('%i deep are no answer', (depth) => {
    let body = hex('5000');
    for (let level = 0; level < depth; level++) body = writeTree([{ tag: 0x6f, body }]);
    expect(tapped(() => concat(body, OK)).said).toBe('declined card-error none');
  });
});

describe('a probe without end', () => {
  const intent: Intent | undefined = openPayments().find(({ name }) => name === 'golden MODERN')?.intent;

  it.each(ENDLESS)('%s', (_, endless) => {
    if (intent === undefined) throw new Error('no intent');
    let nth = 0;
    const { result, given } = play<Recovery>(
      recover(intent, INPUT) as Step<Recovery>,
      (command) => endless(command, nth++),
      FRIENDLY_WORLD,
    );
    expect(result && recoveryInWords(result)).toBe('other-card');
    expect(given.length).toBeLessThanOrEqual(MAX_EXCHANGES);
  });
});

/** Every answer in four pieces, as slowly as a command may be answered. */
function slowly(card: TapCard): TapCard {
  let left: Uint8Array[] = [];
  return (command) => {
    if (command[1] !== 0xc0) {
      const whole = card(command);
      if (whole === 'torn') return whole;
      const data = whole.subarray(0, -2);
      const third = Math.ceil(data.length / 3);
      const pieces = [0, 1, 2].map((at) => concat(data.subarray(at * third, (at + 1) * third), hex('6100')));
      left = [...pieces, whole.subarray(-2)];
    }
    return left.shift() ?? 'torn';
  };
}

describe('the bound of exchanges', () => {
  // Eight candidates of which the last can be selected, sixteen records of which the last is kept back.
  const AFL = '94080801020010010E01';
  const DEEPEST: TapCard = (() => {
    let selects = 0;
    return (command) => {
      const asked = toHex(command);
      if (asked.startsWith('00A404000E')) return concat(directory(8), OK);
      if (asked.startsWith('00A4') && ++selects < 8) return hex('6A82');
      if (asked.startsWith('80CA9F36')) return hex('9F36020007 9000');
      if (asked.startsWith('00B20E14')) return hex('6A83');
      const known =
        MODERN_CARD.exchanges.find((exchange) => toHex(exchange.command) === asked)?.answer ?? hex('7000 9000');
      return hex(toHex(known).replace('94080801020010010201', AFL));
    };
  })();

  it('is what the longest tap takes, in the slowest way', () => {
    const { said, exchanges } = tapped(slowly(DEEPEST));
    expect(said).toBe('declined card-error none');
    // PPSE, eight candidates, balance, GPO, sixteen records, counter and balance, each in four rounds.
    expect(exchanges).toBe(116);
    expect(MAX_EXCHANGES).toBe(564);
  });
});

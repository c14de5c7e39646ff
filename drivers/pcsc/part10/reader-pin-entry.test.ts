import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fen, hex, Pan, PurseSerial, toHex } from '../../../emv/values/index.ts';
import type { CardPinEntry, ControlAnswer, ControlCommand, ReaderRole } from '../../ports.ts';
import { readerHub } from '../../reader-hub.ts';
import { readerPinEntry } from './reader-pin-entry.ts';

const VERIFY_ONLY = '060442330006';
const WITH_TLV = `${VERIFY_ONLY}120442330012`;
const WITH_STRUCTURE = `${VERIFY_ONLY}0A044233000A`;

/** What the reader answers, by control code; what is not in it is refused. */
type Answers = Readonly<Record<number, Uint8Array>>;

const FEATURES = 0x42000d48;
const VERIFY = 0x42330006;
const PROPERTIES = 0x4233000a;
const TLV_PROPERTIES = 0x42330012;

interface Ask {
  readonly role?: ReaderRole;
  readonly pan?: Pan | PurseSerial;
  readonly timeoutMs?: number;
  readonly enciphered?: boolean;
  readonly aborted?: boolean;
}

/** One entry at a reader that answers so; `sent` is what it was told to verify, with the time that it has. */
async function enter(
  answers: Answers,
  { role = 'contact', pan, timeoutMs = 60_000, enciphered = false, aborted = false }: Ask = {},
) {
  const sent: { readonly structure: string; readonly timeoutMs: number }[] = [];
  const answer = async ({ code, data, timeoutMs }: ControlCommand): Promise<ControlAnswer> => {
    if (code === VERIFY) sent.push({ structure: toHex(data), timeoutMs });
    const bytes = answers[code];
    return bytes === undefined ? { kind: 'refused' } : { kind: 'answered', bytes };
  };
  const hub = readerHub();
  const reader = hub.admit('Pinpad 00 00', role);
  reader.controlledBy({ inTap: true, ask: answer, converse: answer, signal: answer });
  const pad = readerPinEntry({ readers: { ...hub, close: async () => {} }, log: () => {} });
  const whose = pan ?? Pan.parse('6299990000001234567');
  if (whose === undefined || pad.verifyOnCard === undefined) throw new Error('no PAN, or no way');
  const signal = aborted ? AbortSignal.abort() : new AbortController().signal;
  const entry = await pad.verifyOnCard({ pan: whose, amount: fen(1280), enciphered, timeoutMs, signal });
  return { entry, sent };
}

const reader = (features: string, more: Answers = {}): Answers => ({
  [FEATURES]: hex(features),
  [VERIFY]: hex('9000'),
  ...more,
});

const bytes = (text: string): string => text.replaceAll(' ', '');
const COMMAND = '0D000000 00200080 08 20FFFFFFFFFFFFFF';

describe('what the reader is told', () => {
  it.each<[string, Answers, string]>([
    ['nothing is known of it', reader(VERIFY_ONLY), '3C 1E 89 47 04 0C04 02 00 0000 00 000000'],
    [
      'it has a display',
      reader(WITH_STRUCTURE, { [PROPERTIES]: hex('02100200') }),
      '3C 1E 89 47 04 0C04 02 FF 0408 00 000000',
    ],
    [
      'it knows no OK key',
      reader(WITH_STRUCTURE, { [PROPERTIES]: hex('00000500') }),
      '3C 1E 89 47 04 0C04 05 00 0000 00 000000',
    ],
    [
      'it knows no condition at all',
      reader(WITH_STRUCTURE, { [PROPERTIES]: hex('0000F800') }),
      '3C 1E 89 47 04 0C04 02 00 0000 00 000000',
    ],
    [
      'it has bounds of its own',
      reader(WITH_TLV, { [TLV_PROPERTIES]: hex('060106070108') }),
      '3C 1E 89 47 04 0806 02 00 0000 00 000000',
    ],
    [
      'it can do more than a PIN has',
      reader(WITH_TLV, { [TLV_PROPERTIES]: hex('060100070110') }),
      '3C 1E 89 47 04 0C04 02 00 0000 00 000000',
    ],
    [
      'its bounds leave nothing',
      reader(WITH_TLV, { [TLV_PROPERTIES]: hex('060109070108') }),
      '3C 1E 89 47 04 0C04 02 00 0000 00 000000',
    ],
    [
      'its most digits are none',
      reader(WITH_TLV, { [TLV_PROPERTIES]: hex('070100') }),
      '3C 1E 89 47 04 0C04 02 00 0000 00 000000',
    ],
  ])('when %s', async (_, answers, head) => {
    const { entry, sent } = await enter(answers);
    expect(entry).toEqual({ kind: 'verified-on-reader', sw: 0x9000 });
    expect(sent.map(({ structure }) => structure)).toEqual([bytes(head + COMMAND)]);
  });

  it.each([
    [1, '0101', 7_000],
    [20_001, '1515', 47_000],
    [60_000, '3C1E', 95_000],
    [600_000, 'FF1E', 290_000],
  ])('within %i ms', async (timeoutMs, times, limitMs) => {
    const { sent } = await enter(reader(VERIFY_ONLY), { timeoutMs });
    expect(sent).toEqual([{ structure: expect.stringMatching(new RegExp(`^${times}894704`)), timeoutMs: limitMs }]);
  });
});

describe('what its status word means', () => {
  it.each<[string, CardPinEntry]>([
    ['9000', { kind: 'verified-on-reader', sw: 0x9000 }],
    ['63C2', { kind: 'verified-on-reader', sw: 0x63c2 }],
    ['6983', { kind: 'verified-on-reader', sw: 0x6983 }],
    ['6984', { kind: 'verified-on-reader', sw: 0x6984 }],
    ['6D00', { kind: 'verified-on-reader', sw: 0x6d00 }],
    ['6400', { kind: 'timed-out' }],
    ['6401', { kind: 'cancelled' }],
    ['6B80', { kind: 'unavailable' }],
    ['009000', { kind: 'unavailable' }],
    ['90', { kind: 'unavailable' }],
  ])('%s', async (sw, expected) => {
    const { entry, sent } = await enter(reader(VERIFY_ONLY, { [VERIFY]: hex(sw) }));
    expect(entry).toEqual(expected);
    expect(sent).toHaveLength(1);
  });

  it('6403, the wrong number of digits: it is asked three times', async () => {
    const { entry, sent } = await enter(reader(VERIFY_ONLY, { [VERIFY]: hex('6403') }));
    expect(entry).toEqual({ kind: 'timed-out' });
    expect(sent).toHaveLength(3);
  });
});

describe('a reader is not asked', () => {
  it("for a purse's PIN, which goes in another form", async () => {
    const { entry, sent } = await enter(reader(VERIFY_ONLY), {
      pan: PurseSerial.parse(new Uint8Array(10)) as PurseSerial,
    });
    expect([entry, sent]).toEqual([{ kind: 'unavailable' }, []]);
  });

  it('for one that must reach the card enciphered', async () => {
    const { entry, sent } = await enter(reader(VERIFY_ONLY), { enciphered: true });
    expect([entry, sent]).toEqual([{ kind: 'unavailable' }, []]);
  });

  it('when it holds a SAM', async () => {
    const { entry, sent } = await enter(reader(VERIFY_ONLY), { role: 'sam' });
    expect([entry, sent]).toEqual([{ kind: 'unavailable' }, []]);
  });
});

it('is cancelled when nothing was asked any more', async () => {
  expect((await enter({ [FEATURES]: hex(VERIFY_ONLY) }, { aborted: true })).entry).toEqual({ kind: 'cancelled' });
});

it('ends as one of its kinds, whatever the reader says', async () => {
  const anything = fc.option(fc.uint8Array({ maxLength: 20 }), { nil: undefined });
  const list = fc.oneof(anything, fc.constant(hex(`${WITH_TLV}0A044233000A`)));
  await fc.assert(
    fc.asyncProperty(list, anything, anything, anything, async (features, verified, properties, tlvProperties) => {
      const said = {
        [FEATURES]: features,
        [VERIFY]: verified,
        [PROPERTIES]: properties,
        [TLV_PROPERTIES]: tlvProperties,
      };
      const told = Object.fromEntries(Object.entries(said).filter(([, answer]) => answer !== undefined));
      const { entry, sent } = await enter(told as Answers);
      expect(['verified-on-reader', 'cancelled', 'timed-out', 'unavailable']).toContain(entry.kind);
      for (const { structure } of sent) expect(structure).toHaveLength(2 * (19 + 13));
    }),
  );
});

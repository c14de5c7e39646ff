import { describe, expect, it } from 'vitest';
import { type RsaPublicKey, rsaPublicKey } from '../crypto/index.ts';
import { type CardholderMethods, type Request, runStepSync } from '../kernel/requests.ts';
import { fen, hex, Pan, Secret, toHex } from '../values/index.ts';
import { type OfflinePinEnd, offlinePin, PIN_PADDING_BYTES } from './offline-pin.ts';

// Test keys, made for these tests by another program, and what OpenSSL enciphered under them; never for production.

function rsaKey(modulus: string, exponent: string): RsaPublicKey {
  const key = rsaPublicKey(hex(modulus), hex(exponent));
  if (key === undefined) throw new RangeError('no key');
  return key;
}

const PIN_KEY = rsaKey(
  'EE3644B3F23133A2E76332F68C5B6F7B0D5615A630D4720AAB8EF1AD000016C3EE85F45D904778D651327C36D3D8652C85E2EDB0638A1DBE2DA97CDBF38011AFFC2CC76ECE08D08632CD8E5F8E1C407C7726750EB3E3ADC5B35B1A54AED37615C13D67ACD4F84290336687A999F18CB923B7B9216654DA72091776D2ED453113',
  '03',
);
const PIN_KEY_F4 = rsaKey(
  'B150C4F160DFF5657814E249512C8392CE764FB489DF9C3E3F8739C5A28B6AA60FAD49444F09E79ACD1EC27D5C9088B631C8CCB11645047D7EABB584E89C094566D0D1EEE81F07A7549768FB1740B0F38DF71B61F7F4D27A19AF56C3E1890E2501C99D128252234D95E95C0D5BC893685784E965DC8376919B7F7F9A9AF37B9B',
  '010001',
);
/** 00 01 02 … and again. */
const PADDING = Uint8Array.from({ length: PIN_PADDING_BYTES }, (_, at) => at & 0xff);

const PAN = Pan.parse('6299990000001234567');

type Entry = CardholderMethods['offline-pin']['answer'];
type Question = Extract<Request, { name: 'verify-cardholder'; method: 'offline-pin' }>;

const entered = (digits: string): Entry => ({ kind: 'entered', pin: new Secret(new TextEncoder().encode(digits)) });

interface Played {
  readonly end: string;
  /** Tries that were told to whoever enters the PIN; "last" where it was said that it is the last one. */
  readonly tries: readonly string[];
  /** Every secret and every command that carried one, as it is when all is over. */
  readonly leftovers: readonly Uint8Array[];
}

const inWords = (end: OfflinePinEnd): string =>
  end.kind === 'ended' ? end.result : end.kind === 'cancelled' ? end.reason : end.kind;

type Enciphered = NonNullable<Parameters<typeof offlinePin>[0]['enciphered']>;

/** Plays commands and answers in their strict order; an answer that is not hex never comes. */
function play(
  script: readonly (readonly [string, string])[],
  entries: readonly Entry[],
  enciphered?: Enciphered,
): Played {
  if (PAN === undefined) throw new RangeError('no PAN');
  const tries: string[] = [];
  const leftovers: Uint8Array[] = [];
  let exchanges = 0;
  const own = { pan: PAN, amount: fen(1250), mayBypass: true, ...(enciphered && { enciphered }) };
  const end = runStepSync(offlinePin(own), (request) => {
    if (request.name === 'exchange') {
      const [command, answer] = script[exchanges++] ?? ['no command', ''];
      expect(toHex(request.command)).toBe(command);
      expect(request.secret ?? false).toBe(command.startsWith('0020'));
      if (request.secret) leftovers.push(request.command);
      return answer === 'torn' ? { kind: 'torn' } : { kind: 'answered', response: hex(answer) };
    }
    const question = request as Question;
    expect([question.method, question.enciphered]).toEqual(['offline-pin', enciphered !== undefined]);
    const entry = entries[tries.length];
    tries.push(`${question.triesLeft ?? '?'}${question.lastTry ? ' last' : ''}`);
    if (entry === undefined) throw new RangeError('nobody expects to be asked for a PIN');
    if (entry.kind === 'entered') entry.pin.use((bytes) => leftovers.push(bytes));
    return entry;
  });
  expect(exchanges).toBe(script.length);
  expect(tries).toHaveLength(entries.length);
  return { end: inWords(end), tries, leftovers };
}

const TRIES_3 = ['80CA9F1700', '9F1701039000'] as const;
const TRIES_1 = ['80CA9F1700', '9F1701019000'] as const;
const NO_COUNTER = ['80CA9F1700', '6A88'] as const;
const RIGHT = ['0020008008241234FFFFFFFFFF', '9000'] as const;

describe('plaintext PIN: the block of VERIFY (EMV Book 3, §6.5.12)', () => {
  it.each([
    ['1234', '241234FFFFFFFFFF'],
    ['12345', '2512345FFFFFFFFF'],
    ['123456', '26123456FFFFFFFF'],
    ['0000000', '270000000FFFFFFF'],
    ['98765432', '2898765432FFFFFF'],
    ['123456789012', '2C123456789012FF'],
  ])('%s', (digits, block) => {
    expect(play([TRIES_3, [`0020008008${block}`, '9000']], [entered(digits)]).end).toBe('successful');
  });

  it.each(['123', '1234567890123', '12a4', '', '12 4'])('"%s" is no PIN, and the pad is at fault', (digits) => {
    expect(play([TRIES_3], [entered(digits)]).end).toBe('pin-pad-not-working');
  });
});

describe('plaintext PIN: what the card says', () => {
  const WRONG = '0020008008241111FFFFFFFFFF';

  it.each<[string, string, string]>([
    ['9000', '9000', 'successful'],
    ['63C0, no tries left now', '63C0', 'try-limit-exceeded'],
    ['6983, blocked', '6983', 'try-limit-exceeded'],
    ['6984, blocked', '6984', 'try-limit-exceeded'],
    ['6A88, no PIN there', '6A88', 'terminated'],
    ['6300', '6300', 'terminated'],
    ['6985', '6985', 'terminated'],
    ['6D00', '6D00', 'terminated'],
    ['9001', '9001', 'terminated'],
    ['6310', '6310', 'terminated'],
    ['half a status word', '90', 'torn'],
    ['nothing', '', 'torn'],
    ['the card left', 'torn', 'torn'],
  ])('%s', (_, answer, end) => {
    const played = play([TRIES_3, [RIGHT[0], answer]], [entered('1234')]);
    expect(played.end).toBe(end);
    for (const bytes of played.leftovers) expect(bytes.every((byte) => byte === 0)).toBe(true);
    expect(played.leftovers).toHaveLength(2);
  });

  it('asks again as long as the card leaves tries, and says which is the last', () => {
    const script = [TRIES_3, [WRONG, '63C2'], [WRONG, '63C1'], RIGHT] as const;
    const { end, tries } = play(script, [entered('1111'), entered('1111'), entered('1234')]);
    expect([end, tries]).toEqual(['successful', ['3', '2', '1 last']]);
  });

  it('ends with the last try', () => {
    const script = [TRIES_1, [WRONG, '63C0']] as const;
    const { end, tries } = play(script, [entered('1111')]);
    expect([end, tries]).toEqual(['try-limit-exceeded', ['1 last']]);
  });

  it('a card that never ends is left after fifteen', () => {
    const script = [TRIES_3, ...Array.from({ length: 15 }, () => [WRONG, '63CF'] as const)];
    const entries = Array.from({ length: 15 }, () => entered('1111'));
    expect(play(script, entries).end).toBe('failed');
  });
});

describe('the try counter (EMV Book 4, §6.3.4.1)', () => {
  it('zero: nobody is asked', () => {
    expect(play([['80CA9F1700', '9F1701009000']], [])).toEqual({ end: 'try-limit-exceeded', tries: [], leftovers: [] });
  });

  it.each([
    ['not there', '6A88'],
    ['GET DATA not supported', '6D00'],
    ['two bytes', '9F170200039000'],
    ['no bytes', '9F17009000'],
    ['another object', '9F3602000A9000'],
    ['not TLV', 'FF9000'],
  ])('%s: the PIN is asked for', (_, answer) => {
    const { end, tries } = play([['80CA9F1700', answer], RIGHT], [entered('1234')]);
    expect([end, tries]).toEqual(['successful', ['?']]);
  });

  it('torn', () => {
    expect(play([['80CA9F1700', 'torn']], []).end).toBe('torn');
  });
});

describe('a PIN that does not come', () => {
  it.each<[Entry, string]>([
    [{ kind: 'bypassed' }, 'bypassed'],
    [{ kind: 'unavailable' }, 'pin-pad-not-working'],
    [{ kind: 'cancelled' }, 'pin-cancelled'],
    [{ kind: 'timed-out' }, 'pin-timed-out'],
    [{ kind: 'torn' }, 'torn'],
  ])('%o', (entry, end) => {
    expect(play([TRIES_3], [entry]).end).toBe(end);
  });

  it('bypassed after a wrong one', () => {
    const script = [TRIES_3, ['0020008008241111FFFFFFFFFF', '63C2']] as const;
    expect(play(script, [entered('1111'), { kind: 'bypassed' }]).end).toBe('bypassed');
  });
});

describe('a PIN that reader or pad verified', () => {
  it.each<[number, string]>([
    [0x9000, 'successful'],
    [0x63c0, 'try-limit-exceeded'],
    [0x6983, 'try-limit-exceeded'],
    [0x6400, 'terminated'],
  ])('%i', (sw, end) => {
    expect(play([TRIES_3], [{ kind: 'verified-on-reader', sw }]).end).toBe(end);
  });

  it('wrong, and again', () => {
    const entries: Entry[] = [
      { kind: 'verified-on-reader', sw: 0x63c1 },
      { kind: 'verified-on-reader', sw: 0x9000 },
    ];
    const { end, tries } = play([NO_COUNTER], entries);
    expect([end, tries]).toEqual(['successful', ['?', '1 last']]);
  });
});

describe('enciphered PIN (EMV Book 2, §7.2)', () => {
  const VERIFY = '0020008880';
  const FIRST =
    'AF3FB82728567B168AF181466AA6C917F17D59FB917A163579598356A9AE4D58517D1C9D6AC15BFB62714D8A700BC854A6E21F056FF5537C9E3C3E6C08001C3E31CBD0447034A634508D848286E671DC5AACDFF280AC38567AA3A2B135B81534623CFF6273FA57B5FEB4AF365EF870E0FE3204DA921B86E74FE80F23A3F22A8D';
  const SECOND =
    '1372BFF47DBBAF1AABF4191D7394342BB366AEB1CC283A4A0A4B99120E22A39939ACDC2829D67AB2BEFFDAC365B93E72E7C23B3B1BB04DA448BE9E22AB59F7DBBFAAB1CC08448DA6B38E7334C1BDB3F6828DF44DC7D8606AEF184B116F02DD7E269EC218B3A80C467E90B0D3148AB1A9839C78428ED7CC8A8F4327A3828B037D';
  const CHALLENGE = ['0084000000', '01020304050607089000'] as const;
  const enciphered: Enciphered = { key: PIN_KEY, padding: PADDING };

  it('PIN 1234, exponent 03', () => {
    const played = play([TRIES_3, CHALLENGE, [VERIFY + FIRST, '9000']], [entered('1234')], enciphered);
    expect(played.end).toBe('successful');
    for (const bytes of played.leftovers) expect(bytes.every((byte) => byte === 0)).toBe(true);
    expect(played.leftovers).toHaveLength(2);
  });

  it('PIN 123456, exponent 010001', () => {
    const verify =
      '00200088804772D668602EFFC41AB2D73162D72C98C7497A0C5D20A5A8629513C78380F65900FB3A7B579E1DA5EC8E98A27FD31B22688332B607CA39C2D62284E0F00DBF22F31A5B9CC9C4680ABED0EC0DBDA9353E409C5B93C51C223A6DB17108D2676DA96B8CC13CCC7129094CEC583D1BC5996903EA30C99EB912A95D18324701B9C23E';
    const script = [NO_COUNTER, ['0084000000', 'A1A2A3A4A5A6A7A89000'], [verify, '9000']] as const;
    expect(play(script, [entered('123456')], { key: PIN_KEY_F4, padding: PADDING }).end).toBe('successful');
  });

  it('every try has its own challenge and its own padding', () => {
    const script = [
      TRIES_3,
      CHALLENGE,
      [VERIFY + FIRST, '63C2'],
      ['0084000000', '11121314151617189000'],
      [VERIFY + SECOND, '9000'],
    ] as const;
    const { end, tries } = play(script, [entered('1234'), entered('12345')], enciphered);
    expect([end, tries]).toEqual(['successful', ['3', '2']]);
  });

  it('ICC says that the block cannot be recovered', () => {
    expect(play([TRIES_3, CHALLENGE, [VERIFY + FIRST, '6984']], [entered('1234')], enciphered).end).toBe(
      'try-limit-exceeded',
    );
  });

  it.each([
    ['not supported', '6D00', 'failed'],
    ['seven bytes', '010203040506079000', 'failed'],
    ['nine bytes', '0102030405060708099000', 'failed'],
    ['a warning with eight bytes', '01020304050607086282', 'failed'],
    ['no end of 6Cxx', '6C08', 'failed'],
    ['the card left', 'torn', 'torn'],
  ])('challenge: %s', (_, answer, end) => {
    const again = answer === '6C08' ? Array.from({ length: 3 }, () => ['0084000008', answer] as const) : [];
    const played = play([TRIES_3, ['0084000000', answer], ...again], [entered('1234')], enciphered);
    expect(played.end).toBe(end);
    for (const bytes of played.leftovers) expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  it('a challenge with the length that the card asks for', () => {
    const script = [TRIES_3, ['0084000000', '6C08'], ['0084000008', CHALLENGE[1]], [VERIFY + FIRST, '9000']] as const;
    expect(play(script, [entered('1234')], enciphered).end).toBe('successful');
  });

  it('no key: nobody is asked, and the card neither', () => {
    expect(play([], [], { key: undefined, padding: PADDING }).end).toBe('failed');
  });

  it('no padding left: nothing goes to the card', () => {
    const short = { key: PIN_KEY, padding: PADDING.subarray(0, 110) };
    expect(play([TRIES_3], [entered('1234')], short).end).toBe('failed');
  });

  it('the padding lasts for every try under the longest key', () => {
    expect(PIN_PADDING_BYTES).toBe(15 * 231);
  });
});

it('what whoever runs the step throws leaves no PIN behind', () => {
  if (PAN === undefined) throw new RangeError('no PAN');
  const step = offlinePin({ pan: PAN, amount: fen(1250), mayBypass: false });
  step.next();
  step.next({ kind: 'answered', response: hex('9F1701039000') });
  const digits = new TextEncoder().encode('1234');
  const { value } = step.next({ kind: 'entered', pin: new Secret(digits) });
  const { command } = value as Extract<Request, { name: 'exchange' }>;
  expect(toHex(command)).toBe('0020008008241234FFFFFFFFFF');
  expect(() => step.throw(new Error('reader unplugged'))).toThrow('reader unplugged');
  expect([toHex(command), toHex(digits)]).toEqual(['00'.repeat(13), '00000000']);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACCOUNT } from '../kernel/testing/debit-credit-cards.ts';
import { type Exchange, MODERN, ONE_RECORD, type Script, SM } from '../kernel/testing/golden-cards.ts';
import { edited, INPUT, inWords } from '../kernel/testing/play.ts';
import { fen, hex, toHex } from '../values/index.ts';
import { lenientCard, type RecordedCard, strictCard } from './player.ts';
import { type Recording, readRecording } from './recording.ts';
import { redact } from './redact.ts';
import { type Replayed, type ReplayHost, type ReplayInterface, replay } from './replay.ts';
import { isContact, type ReplayOptions, replayInput } from './replay-input.ts';

const recordingOf = (script: Script): Recording => ({
  exchanges: script.map(({ command, answer }) => ({ command: hex(command), response: hex(answer) })),
});

const KEYS = { caKeys: INPUT.caKeys };

function run(
  recording: Recording,
  options: Partial<ReplayOptions> = {},
  {
    card = strictCard,
    host,
    over = 'contactless',
  }: { card?: (recording: Recording) => RecordedCard; host?: ReplayHost; over?: ReplayInterface } = {},
) {
  const made = replayInput(recording, { ...KEYS, ...options });
  if (made.kind === 'missing') throw new Error(`no ${made.what}`);
  const playing = card(recording);
  const replayed = replay(over, made.input, playing, host);
  return { replayed, said: inShort(replayed), card: playing, made };
}

function inShort(replayed: Replayed): string {
  switch (replayed.kind) {
    case 'ended':
      return inWords(replayed.outcome);
    case 'asks-host':
      return `asks-host ${replayed.purpose} ${replayed.card.pan.masked}`;
    case 'mismatch':
      return `mismatch ${replayed.at} ${toHex(replayed.sent)} ${replayed.recorded ? toHex(replayed.recorded) : 'end'}`;
  }
}

const GPO_1250 = '80A8000023832126000080000000001250000000000000015600000000000156250601001122334400';
const GPO_1300 = '80A8000023832126000080000000001300000000000000015600000000000156250601001122334400';

describe('a replay', () => {
  it.each<[string, Script, string]>([
    ['fDDA 01', MODERN, 'approved chip offline none fdda-01'],
    ['SM2', SM, 'approved chip offline none fdda-01'],
    ['one record', ONE_RECORD, 'approved chip offline none fdda-01'],
  ])('of what the recorded terminal said needs no options: %s', (_, script, outcome) => {
    const { said, card } = run(recordingOf(script));
    expect(said).toBe(outcome);
    expect(card.used).toBe(script.length);
  });

  it('takes abilities and limits from the recorded TTQ', () => {
    const required = recordingOf(
      edited(MODERN, 'gpo', '0390000001', '03A0000001').map((one) =>
        one.name === 'gpo' ? { ...one, command: one.command.replace('26000080', '32C00080') } : one,
      ),
    );
    const { made, said } = run(required);
    expect(made.kind === 'input' && made.input.terminal).toMatchObject({
      onlineCapable: true,
      onlinePin: false,
      signature: true,
      contactInterface: true,
      applications: [{ aid: hex('A000000333010101'), cvmLimit: 1250, offlineFloorLimit: 1249 }],
    });
    expect(said).toBe('declined online-pin-required none');
  });

  it('ends where the host is asked, or goes on with what it is said to answer', () => {
    const arqc = recordingOf(edited(MODERN, 'gpo', '0390000001', '03A0000001'));
    expect(run(arqc).said).toBe('asks-host authorise 629999*********4567');
    expect(run(arqc, {}, { host: 'approved' }).said).toBe('approved account online none none');
    expect(run(arqc, {}, { host: 'declined' }).said).toBe('declined host-declined none');
    expect(run(arqc, {}, { host: 'no-answer' }).said).toBe('declined host-unreachable none');
  });

  it('names the first command that was not recorded, and where the recording ended', () => {
    expect(run(recordingOf(MODERN), { amount: fen(1300) }).said).toBe(`mismatch 3 ${GPO_1300} ${GPO_1250}`);
    expect(run(recordingOf(MODERN.slice(0, 5))).said).toBe('mismatch 5 00B2020C00 end');
    const number = { unpredictableNumber: hex('AABBCCDD'), date: { year: 2025, month: 6, day: 2 } };
    expect(run(recordingOf(MODERN), number).said).toContain('25060200AABBCCDD00');
  });

  it('leniently answers other terminal data, in any order, and says so', () => {
    const { said, card } = run(recordingOf(MODERN), { amount: fen(1300) }, { card: lenientCard });
    expect(said).toBe('asks-host verify-tc 629999*********4567');
    expect(card.remarks).toEqual([`${GPO_1300} is answered as ${GPO_1250} was`]);
    const shuffled = recordingOf([...MODERN.slice(0, 4), ...MODERN.slice(4).reverse()]);
    expect(run(shuffled, {}, { card: lenientCard }).said).toBe('approved chip offline none fdda-01');
    expect(run(shuffled).said).toContain('mismatch 4');
  });

  it('leniently answers a GET DATA that was never asked, and no other command', () => {
    const without = recordingOf(MODERN.filter(({ name }) => name !== 'balance'));
    expect(run(without).said).toContain('mismatch 2 80CA9F7900 80A8');
    const { said, card } = run(without, {}, { card: lenientCard });
    expect(said).toBe('approved chip offline none fdda-01');
    expect(card.remarks).toEqual(['80CA9F7900 was not recorded; answered 6A88']);
    const unread = recordingOf(MODERN.filter(({ name }) => name !== 'record 1.2'));
    expect(run(unread, {}, { card: lenientCard }).said).toBe('mismatch 5 00B2020C00 00B2011400');
  });

  it('does not take one SELECT for another', () => {
    const without = recordingOf(MODERN.filter(({ name }) => name !== 'ppse'));
    expect(run(without, {}, { card: lenientCard }).said).toBe(
      'mismatch 0 00A404000E325041592E5359532E444446303100 00A4040008A00000033301010100',
    );
  });

  it('has the card leave where it left', () => {
    const torn = recordingOf(MODERN.map((one) => (one.name === 'record 2.2' ? { ...one, answer: '' } : one)));
    expect(run(torn).said).toBe('torn after-intent');
  });

  it('joins answers in two steps', () => {
    const [ppse, select, ...rest] = MODERN;
    if (ppse === undefined || select === undefined) throw new Error('no card');
    const inSteps: Script = [
      ppse,
      { name: 'select', command: select.command, answer: '6143' },
      { name: 'fetch', command: '00C0000043', answer: select.answer },
      ...rest,
    ];
    expect(run(recordingOf(inSteps)).said).toBe('approved chip offline none fdda-01');
  });

  it('knows what it is not told, and which interface it is', () => {
    const early = recordingOf(MODERN.slice(0, 3));
    expect(replayInput(early, KEYS)).toEqual({ kind: 'missing', what: 'amount' });
    expect(replayInput(early, { ...KEYS, amount: fen(1) })).toEqual({ kind: 'missing', what: 'date' });
    expect(isContact(early)).toBe(false);
    expect(
      isContact(recordingOf([{ name: 'pse', command: '00A404000E315041592E5359532E444446303100', answer: '6A82' }])),
    ).toBe(true);
  });

  it('of any bytes ends', () => {
    const bytes = fc.uint8Array({ minLength: 4, maxLength: 60 });
    const golden = fc.constantFrom(...recordingOf(MODERN).exchanges);
    const exchange = fc.oneof(golden, fc.record({ command: bytes, response: fc.uint8Array({ maxLength: 80 }) }));
    fc.assert(
      fc.property(fc.array(exchange, { maxLength: 12 }), (exchanges) => {
        const given = { amount: fen(1250), date: { year: 2025, month: 6, day: 1 } };
        expect(typeof run({ exchanges }, given, { card: lenientCard }).said).toBe('string');
      }),
      { numRuns: 500 },
    );
  });
});

describe('a replay of a payment over the contacts', () => {
  const TRIES: Exchange = { name: 'tries', command: '80CA9F1700', answer: '9F1701039000' };
  const VERIFY: Exchange = { name: 'verify', command: '002000800826123456FFFFFFFF', answer: '9000' };
  const WRONG: Exchange = { name: 'wrong', command: '0020008008241111FFFFFFFFFF', answer: '63C2' };

  /** A card with these two rules, what it was asked for them, and the TVR that came of it. */
  function withRules(rules: string, dialogue: Script, tvr = '8000000000'): Recording {
    const card = ACCOUNT.map(({ name, command, answer }) => ({
      name,
      command: name.startsWith('gac') ? command.replace('8000000000', tvr) : command,
      answer: answer.replace('00000000000000001E031F00', `0000000000000000${rules}`),
    }));
    const counter = card.findIndex(({ name }) => name === 'atc');
    return recordingOf([...card.slice(0, counter), ...dialogue, ...card.slice(counter)]);
  }
  const approved = (recording: Recording): string => {
    const { said, card } = run(recording, {}, { over: 'contact', host: 'approved' });
    return card.used === recording.exchanges.length ? said : `${said}, ${card.used} used`;
  };

  it.each<[string, Recording, string]>([
    ['with EXTERNAL AUTHENTICATE, and nothing of the host but the recording', recordingOf(ACCOUNT), 'signature'],
    ['with the PIN of the recording', withRules('41001E03', [TRIES, VERIFY]), 'offline-pin'],
    ['with a wrong PIN before the right one', withRules('41001E03', [TRIES, WRONG, VERIFY]), 'offline-pin'],
    ['with a PIN that the reader had verified itself', withRules('41001E03', [TRIES]), 'offline-pin'],
  ])('needs no options: %s', (_, recording, verification) => {
    expect(approved(recording)).toBe(`approved account online ${verification} none`);
    expect(approved(redact(recording))).toBe(`approved account online ${verification} none`);
  });

  it('has a PIN bypassed, or the pad out of order, where the recorded TVR says so', () => {
    expect(approved(withRules('41001E03', [TRIES], '8000080000'))).toBe('approved account online signature none');
    expect(approved(withRules('41001E03', [TRIES], '8000100000'))).toBe('approved account online signature none');
    expect(approved(withRules('42001E03', [], '8000080000'))).toBe('approved account online signature none');
  });

  it('has the floor limit exceeded and the host asked for, where the recorded TVR says so', () => {
    expect(approved(withRules('1E001F00', [], '8000008000'))).toBe('approved account online signature none');
    expect(approved(withRules('1E001F00', [], '8000000800'))).toBe('approved account online signature none');
  });

  it('shows no PIN of a command that was not recorded there', () => {
    const { replayed } = run(withRules('41001E03', [TRIES, TRIES, VERIFY]), {}, { over: 'contact' });
    expect(replayed).toMatchObject({ kind: 'mismatch', sent: hex('00200080080000000000000000') });
  });
});

describe('readRecording', () => {
  it('reads commands and answers, and leaves other fields alone', () => {
    expect(readRecording({ exchanges: [{ c: '00A40400 00', r: '6a82', at: 1 }], note: 'x' })).toEqual({
      kind: 'recording',
      recording: { exchanges: [{ command: hex('00A4040000'), response: hex('6A82') }] },
    });
  });

  it.each<[unknown, string]>([
    [null, 'exchanges'],
    [[], 'exchanges'],
    [{ exchanges: 'none' }, 'exchanges'],
    [{ exchanges: [null] }, 'exchanges[0].c'],
    [{ exchanges: [{ c: '00A4', r: '9000' }] }, 'exchanges[0].c'],
    [{ exchanges: [{ c: '00A40400', r: '9000' }, { c: '00A40400' }] }, 'exchanges[1].r'],
    [{ exchanges: [{ c: '00A40400', r: 'xyz' }] }, 'exchanges[0].r'],
    [{ exchanges: Array.from({ length: 1001 }, () => ({ c: '00A40400', r: '9000' })) }, 'exchanges'],
  ])('finds the fault in %j', (document, at) => {
    expect(readRecording(document)).toMatchObject({ kind: 'malformed', at });
  });
});

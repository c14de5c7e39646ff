import { describe, expect, it } from 'vitest';
import { fen, hex, toHex } from '../values/index.ts';
import { pursePurchase } from './purchase.ts';
import {
  APPLICATION,
  BALANCE_AFTER,
  BALANCE_BEFORE,
  COUNTER_7,
  COUNTER_8,
  LOGGED,
  NO_LOG,
  NO_PROOF,
  PROOF,
  PURCHASE,
  PURCHASE_INPUT,
  SAM,
  type Script,
  VERDICT,
} from './testing/golden-purse.ts';
import { inWords, type PlayOptions, play, until } from './testing/play.ts';

const buy = (script: Script, options: PlayOptions = {}, input = PURCHASE_INPUT) => {
  const played = play(pursePurchase(input), script, options);
  return { ...played, said: inWords(played.result) };
};

describe('a purchase', () => {
  it('is SELECT, file 15, PSAM, INITIALIZE, MAC1, the intent, DEBIT, MAC2, balance', () => {
    const { said, asked } = buy(PURCHASE);
    expect(said).toBe('approved');
    expect(asked).toEqual([
      ...['ddf', 'adf', 'file 15', 'check-exception-file', 'sam serial', 'sam terminal', 'sam select', 'initialise'],
      ...['check-offline-limits', 'mac1', 'save-intent', 'debit', 'mac2', 'balance'],
    ]);
  });

  it('brings everything that clearing needs', () => {
    const { result } = buy(PURCHASE);
    if (result.kind !== 'approved') return expect.fail(result.kind);
    const { debit } = result;
    expect(debit).toMatchObject({
      path: 'purse-purchase',
      type: 0x06,
      amount: 1_250,
      balanceBefore: 5_000,
      balanceAfter: 3_750,
      balanceSeen: 3_750,
      offlineSequence: 7,
      overdraftLimit: 0,
      keyIndex: 1,
      keyVersion: 1,
      algorithm: 0,
      date: { year: 2025, month: 6, day: 1 },
      time: { hour: 12, minute: 30, second: 15 },
    });
    const { card, sam } = debit;
    expect(card.serial.reveal()).toBe('31000000123456789012');
    expect(card).toMatchObject({
      applicationType: 2,
      applicationVersion: 1,
      expiry: { year: 2099, month: 12, day: 31 },
    });
    const bytes = [
      card.issuerId,
      debit.random,
      debit.mac1,
      debit.mac2,
      debit.transactionCode,
      sam.serial,
      sam.terminalId,
    ];
    expect(bytes.map((one) => one && toHex(one))).toEqual([
      ...['A1A2A3A4A5A6A7A8', 'A1B2C3D4', '56D96987', 'D5BA4A53', '9AA91D39'],
      ...['53414D00000000000001', '010203040506'],
    ]);
    expect(sam).toMatchObject({ terminalSequence: 0x2a, skipped: 0 });
  });

  it('hands the exception file and the limits the card, and the intent before the debit all that recovery needs', () => {
    const { questions } = buy(PURCHASE);
    const [exception, limits, save] = questions;
    expect(exception).toMatchObject({ name: 'check-exception-file', card: { applicationType: 2 } });
    expect(limits).toMatchObject({ name: 'check-offline-limits', amount: 1_250 });
    expect(save).toMatchObject({
      name: 'save-intent',
      intent: { offlineSequence: 7, balanceBefore: 5_000, sam: { terminalSequence: 0x2a }, mac1: hex('56D96987') },
    });
    expect(JSON.stringify(questions)).not.toContain('31000000123456789012');
  });

  it('from an ED takes the PIN first', () => {
    const ed = { ...APPLICATION, purse: 'ed' as const };
    const verify = { name: 'verify', to: 'card' as const, command: '0020000003123456', answer: '9000' };
    const script = PURCHASE.flatMap((one) => {
      if (one.name === 'initialise') return [verify, { ...one, command: one.command.replace('80500102', '80500101') }];
      if (one.name === 'mac1') {
        const command = one.command.replace('000004E206', '000004E205');
        return [{ ...one, command, answer: '0000002AE252AC299000' }];
      }
      if (one.name === 'debit') {
        const command = one.command.replace('56D96987', 'E252AC29');
        return [{ ...one, command, answer: 'DE9E9BB2D5BA4A539000' }];
      }
      return [one.name === 'balance' ? { ...one, command: '805C000104' } : one];
    });
    expect(buy(script, {}, { ...PURCHASE_INPUT, application: ed }).said).toBe('approved');
  });

  it('tells a PSAM that derives by issuer and city of both', () => {
    const command = '807000002CA1B2C3D40007000004E206202506011230150100' + '0000123456789012A1A2A3A4A5A6A7A8';
    const script = PURCHASE.map((one) =>
      one.name === 'mac1' ? { ...one, command: `${command}321000000000000008` } : one,
    );
    const sam = { ...SAM, diversifiedByIssuer: true, city: hex('3210000000000000') };
    expect(buy(script, {}, { ...PURCHASE_INPUT, sam }).said).toBe('approved');
  });
});

describe('is refused before anything moves', () => {
  it.each<[string, string, string]>([
    ['ddf', '6A82', 'no-common-application'],
    ['adf', '6A81', 'application-blocked'],
    ['adf', '6283', 'application-blocked'],
    ['adf', '6D00', 'card-error'],
    ['file 15', '6A82', 'card-error'],
    ['file 15', 'A1A29000', 'card-error'],
    ['sam serial', '6A82', 'sam-unavailable'],
    ['sam terminal', '01020304059000', 'sam-unavailable'],
    ['sam select', '6A82', 'sam-unavailable'],
    ['initialise', '9401', 'insufficient-funds'],
    ['initialise', '9402', 'card-blocked'],
    ['initialise', '9403', 'key-not-supported'],
    ['initialise', '6901', 'card-error'],
    ['initialise', '6985', 'card-declined'],
    ['initialise', '6983', 'card-blocked'],
    ['initialise', '6982', 'pin-not-entered'],
    ['initialise', '9303', 'application-blocked'],
    ['initialise', '0000138800070000000100A1B2C39000', 'card-error'],
    ['initialise', '0000138800070000000100A1B2C3D4009000', 'card-error'],
    ['initialise', '000004E100070000000100A1B2C3D49000', 'insufficient-funds'],
    ['mac1', '9403', 'key-not-supported'],
    ['mac1', '6A88', 'key-not-supported'],
    ['mac1', '6983', 'sam-locked'],
    ['mac1', '6985', 'sam-unavailable'],
    ['mac1', '0000002A56D9699000', 'sam-unavailable'],
    ['mac1', '0000002956D969879000', 'sam-unavailable none sam-sequence'],
  ])('%s answers %s: %s', (name, answer, said) => {
    const { said: heard, asked } = buy(until(PURCHASE, name, answer));
    expect(heard).toBe(said.includes(' ') ? `declined ${said}` : `declined ${said} none`);
    expect(asked).not.toContain('save-intent');
  });

  it.each<[string, string, string]>([
    ['not yet valid', '2024010120991231', '2025060220991231'],
    ['expired', '2024010120991231', '2024010120250531'],
  ])('%s', (name, days, others) => {
    const file = PURCHASE.find((one) => one.name === 'file 15')?.answer ?? '';
    const reason = name === 'expired' ? 'expired' : 'not-yet-valid';
    expect(buy(until(PURCHASE, 'file 15', file.replace(days, others))).said).toBe(`declined ${reason} none`);
  });

  it('its first and its last day count', () => {
    const file = PURCHASE.find((one) => one.name === 'file 15')?.answer ?? '';
    const today = file.replace('2024010120991231', '2025060120250601');
    const script = PURCHASE.map((one) => (one.name === 'file 15' ? { ...one, answer: today } : one));
    expect(buy(script).said).toBe('approved');
  });

  it('another type of application', () => {
    const file = PURCHASE.find((one) => one.name === 'file 15')?.answer ?? '';
    expect(buy(until(PURCHASE, 'file 15', file.replace('A80201', 'A80101'))).said).toBe(
      'declined no-common-application none',
    );
  });

  it('another PSAM than this terminal’s', () => {
    const sam = { ...SAM, terminalId: hex('010203040507') };
    const script = PURCHASE.slice(
      0,
      PURCHASE.findIndex((one) => one.name === 'sam select'),
    );
    expect(buy(script, {}, { ...PURCHASE_INPUT, sam }).said).toBe('declined sam-unavailable none other-sam');
  });

  it.each<[string, PlayOptions['answers'], string, string]>([
    ['exception file', { 'check-exception-file': { listed: true } }, 'file 15', 'hotlisted'],
    ['limits', { 'check-offline-limits': { kind: 'refused', reason: 'offline-limit' } }, 'initialise', 'offline-limit'],
    ['disk', { 'save-intent': { kind: 'refused', reason: 'storage-unavailable' } }, 'mac1', 'storage-unavailable'],
  ])('%s', (_, answers, last, reason) => {
    const script = PURCHASE.slice(0, PURCHASE.findIndex((one) => one.name === last) + 1);
    const { said, result } = buy(script, answers && { answers });
    expect(said).toBe(`declined ${reason} none`);
    // The PSAM has counted for nothing: its number is in the book.
    if (last === 'mac1') expect(result).toMatchObject({ sam: { terminalSequence: 0x2a } });
  });

  it.each([0, 2 ** 32])('an amount of %i asks nothing', (amount) => {
    expect(buy([], {}, { ...PURCHASE_INPUT, amount: fen(amount) }).said).toBe('declined transaction-limit none');
  });

  it('the whole balance may be spent', () => {
    const script = until(PURCHASE, 'initialise', '000004E200070000000100A1B2C3D49000', ...PURCHASE.slice(7));
    const ends = script.map((one) => (one.name === 'balance' ? { ...one, answer: '000000009000' } : one));
    expect(buy(ends).said).toBe('approved');
  });
});

describe('the PSAM’s numbers', () => {
  const at = (last: number | undefined) => {
    const { lastTerminalSequence: _, ...rest } = SAM;
    const sam = last === undefined ? rest : { ...rest, lastTerminalSequence: last };
    const { result } = buy(PURCHASE, {}, { ...PURCHASE_INPUT, sam });
    return result.kind === 'approved' ? result.debit.sam.skipped : result.kind;
  };

  it('a gap is told, and that none is known', () => {
    expect([at(0x29), at(0x20), at(undefined)]).toEqual([0, 9, undefined]);
  });
});

describe('after the debit', () => {
  it.each<[string, Script, string]>([
    ['MAC2 wrong', until(PURCHASE, 'mac2', '9302', BALANCE_AFTER), 'not-genuine chip mac2-wrong'],
    ['MAC2 wrong, tries left', until(PURCHASE, 'mac2', '63C2', BALANCE_AFTER), 'not-genuine chip mac2-wrong'],
    ['MAC2 wrong, the last try', until(PURCHASE, 'mac2', '63C0', BALANCE_AFTER), 'not-genuine chip mac2-wrong'],
    ['the PSAM has forgotten', until(PURCHASE, 'mac2', '6901', BALANCE_AFTER), 'sam-unavailable chip no-sam-verdict'],
    ['the PSAM cannot', until(PURCHASE, 'mac2', '6985', BALANCE_AFTER), 'sam-unavailable chip no-sam-verdict'],
    ['the balance stands', until(PURCHASE, 'balance', '000013889000'), 'card-error chip balance-mismatch'],
    ['the balance is a fen off', until(PURCHASE, 'balance', '00000EA79000'), 'card-error chip balance-mismatch'],
  ])('%s: declined after debit, with the evidence', (_, script, said) => {
    const { said: heard, result } = buy(script);
    expect(heard).toBe(`declined ${said}`);
    expect(result).toMatchObject({ debit: { transactionCode: hex('9AA91D39'), mac2: hex('D5BA4A53') } });
  });

  it('a balance that cannot be read takes nothing away from the PSAM’s verdict', () => {
    expect(buy(until(PURCHASE, 'balance', '6985')).said).toBe('approved');
    expect(buy(PURCHASE, { tearAt: 10 }).said).toBe('approved');
  });

  it('a PSAM that leaves has given no verdict', () => {
    expect(buy(PURCHASE, { tearAt: 9 }).said).toBe('declined sam-unavailable chip no-sam-verdict');
  });
});

describe('a DEBIT that answers otherwise is held against what the card shows', () => {
  it.each<[string, Script, string]>([
    [
      'MAC1 wrong, nothing moved',
      until(PURCHASE, 'debit', '9302', NO_PROOF, BALANCE_BEFORE, NO_LOG, COUNTER_7),
      'declined not-genuine none',
    ],
    [
      'funds gone',
      until(PURCHASE, 'debit', '9401', NO_PROOF, BALANCE_BEFORE, NO_LOG, COUNTER_7),
      'declined insufficient-funds none',
    ],
    [
      'conditions',
      until(PURCHASE, 'debit', '6985', NO_PROOF, BALANCE_BEFORE, NO_LOG, COUNTER_7),
      'declined card-declined none',
    ],
    [
      '9000 and nothing moved',
      until(PURCHASE, 'debit', '9000', NO_PROOF, BALANCE_BEFORE, NO_LOG, COUNTER_7),
      'declined card-error none',
    ],
    ['9302 and it has paid', until(PURCHASE, 'debit', '9302', PROOF, BALANCE_AFTER, NO_LOG, VERDICT), 'approved'],
    [
      'a byte short and it has paid',
      until(PURCHASE, 'debit', '9AA91D39D5BA4A9000', PROOF, BALANCE_AFTER, LOGGED, VERDICT),
      'approved',
    ],
    [
      'a byte more and it has paid',
      until(PURCHASE, 'debit', '9AA91D39D5BA4A53009000', PROOF, BALANCE_AFTER, LOGGED, VERDICT),
      'approved',
    ],
    [
      'it has paid and gives no proof',
      until(PURCHASE, 'debit', '9000', NO_PROOF, BALANCE_AFTER, LOGGED, COUNTER_8),
      'declined card-error chip no-proof',
    ],
    [
      'and fits neither side',
      until(PURCHASE, 'debit', '6F00', NO_PROOF, BALANCE_AFTER, NO_LOG, COUNTER_8),
      'torn after-intent',
    ],
  ])('%s', (_, script, said) => {
    expect(buy(script).said).toBe(said);
  });
});

describe('cards and PSAMs over the contacts', () => {
  it('fetch with 61xx, correct Le with 6Cxx; a command without Le is not repeated', () => {
    const t0 = PURCHASE.flatMap((one): Script => {
      if (one.name === 'debit') {
        const rest = { name: 'rest', to: 'card' as const, command: '00C0000008', answer: one.answer };
        return [{ ...one, answer: '6108' }, rest];
      }
      if (one.name !== 'balance') return [one];
      return [{ ...one, command: '805C000204', answer: '6C04' }, one];
    });
    expect(buy(t0).said).toBe('approved');
    expect(buy(until(PURCHASE, 'mac2', '6C08', BALANCE_AFTER)).said).toBe(
      'declined sam-unavailable chip no-sam-verdict',
    );
  });

  it('without an end have not answered', () => {
    const more = (to: 'card' | 'sam') => ({ name: 'more', to, command: '00C0000010', answer: '6110' });
    expect(buy(until(PURCHASE, 'initialise', '6110', more('card'), more('card'), more('card'))).said).toBe(
      'declined card-error none',
    );
    expect(buy(until(PURCHASE, 'mac1', '6110', more('sam'), more('sam'), more('sam'))).said).toBe(
      'declined sam-unavailable none',
    );
  });
});

describe('a card or PSAM that leaves', () => {
  it.each<[number, string, string]>([
    [0, 'ddf', 'torn before-intent'],
    [1, 'adf', 'torn before-intent'],
    [2, 'file 15', 'torn before-intent'],
    [3, 'sam serial', 'declined sam-unavailable none'],
    [4, 'sam terminal', 'declined sam-unavailable none'],
    [5, 'sam select', 'declined sam-unavailable none'],
    [6, 'initialise', 'torn before-intent'],
    [7, 'mac1', 'declined sam-unavailable none'],
    [8, 'debit', 'torn after-intent'],
    [9, 'mac2', 'declined sam-unavailable chip no-sam-verdict'],
    [10, 'balance', 'approved'],
  ])('at exchange %i (%s): %s', (tearAt, name, said) => {
    const { said: heard, asked } = buy(PURCHASE, { tearAt });
    expect(heard).toBe(said);
    expect(asked).toContain(name);
    expect(asked.includes('save-intent')).toBe(tearAt >= 8);
  });
});

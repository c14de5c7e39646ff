import { describe, expect, it } from 'vitest';
import { firstAc, GPO, goldenDebitCard, gpoWithCash, SELECT, secondAc } from './golden-debit-card.ts';

// MACs here were computed from the scheme's formulas by a second program (Python over openssl). ATC 0007, ¥12.50, ARQC CD1FE15978F13F5A.
const EXTERNAL_AUTHENTICATE = '008200000A 42756C1835A2F17D 3030';
const LOAD_80 = '04DA9F790A 000000008000 73EAEBEC';
const SINGLE_LIMIT_10 = '04DA9F780A 000000001000 EF585B13';
const BALANCE_LIMIT_2000 = '04DA9F770A 000000200000 082E990C';
const THRESHOLD_5 = '04DA9F6D0A 000000000500 280B2A9C';
const LOWER_LIMIT_5 = '04DA9F5805 05 9FE5DA28';
const APPLICATION_BLOCK = '841E000004 B72495B7';
const APPLICATION_UNBLOCK = '8418000004 61F5384C';
const CARD_BLOCK = '8416000004 378FDB53';
const PIN_UNBLOCK = '8424000004 349ADC48';
const UPDATE_RECORD = '04DC010C09 7003570112 569077EA';
const NEW_PIN = '8424000214 D65BFF8279300B54751E7E6360BBA25D EB632F33';
const NEW_PIN_WITH_PRESENT = '8424000114 42943A1F145D75F2751E7E6360BBA25D AB2FFA9B';
const NEW_PIN_WITH_WRONG_PRESENT = '8424000114 D3EC6E1947816B5A751E7E6360BBA25D 3C8819D7';

/** A card with electronic cash that has gone online, and heard its issuer unless told otherwise. */
function online(order: Parameters<typeof goldenDebitCard>[0] = {}, { proved = true, first = '80' } = {}) {
  const card = goldenDebitCard({ electronicCash: true, format: 0x80, ...order });
  card.says(SELECT);
  card.says(gpoWithCash('000000001250', '00'));
  card.says(firstAc(first));
  if (proved) card.says(EXTERNAL_AUTHENTICATE);
  return card;
}

const nextCvr = (card: ReturnType<typeof goldenDebitCard>): string | undefined => {
  card.says(SELECT);
  card.says(gpoWithCash('000000001250', '00'));
  return /0701..(03.{6})/.exec(card.says(firstAc('40')))?.[1];
};

describe('load (圈存)', () => {
  it.each([
    ['after the second cryptogram', true],
    ['before it', false],
  ])('writes the whole balance and a log entry, %s', (_, afterSecond) => {
    const card = online();
    if (afterSecond) card.says(secondAc('40'));
    expect(card.says(LOAD_80)).toBe('9000');
    expect(card.memory()).toMatchObject({ balance: 8000, scripts: 1, scriptFailed: false });
    expect(card.says('80CA9F7900')).toBe('9F79060000000080009000');
    const entry = `9F79 000000005000 000000008000 250601 123000 0156 ${'4A'.repeat(20)} 0007 9000`;
    expect(card.says('00B2016400')).toBe(entry.replaceAll(' ', ''));
    expect(card.says('00B2026400')).toBe('6A83');
  });

  it('is nothing without an issuer that proved itself', () => {
    const card = online({}, { proved: false });
    expect(card.says(LOAD_80)).toBe('6985');
    card.says(secondAc('40'));
    expect(card.says(LOAD_80)).toBe('6985');
    expect(card.memory()).toMatchObject({ balance: 5000, loadLog: [], scriptFailed: true });
  });

  it('nor where the issuer failed to', () => {
    const card = online({}, { proved: false });
    card.says(EXTERNAL_AUTHENTICATE.replace('3030', '3031'));
    expect(card.says(LOAD_80)).toBe('6985');
    expect(card.memory().balance).toBe(5000);
  });

  it.each([
    ['above the balance limit', '04DA9F790A 000000100001 0C511073', '6985'],
    ['no amount', '04DA9F790A 00000000500A B96DAB60', '6A80'],
  ])('%s', (_, command, sw) => {
    const card = online();
    expect(card.says(command)).toBe(sw);
    expect(card.memory()).toMatchObject({ balance: 5000, loadLog: [], scriptFailed: true });
  });

  it('is not of a card without electronic cash', () => {
    const card = goldenDebitCard();
    [SELECT, GPO, firstAc('80'), EXTERNAL_AUTHENTICATE].map(card.says);
    expect(card.says(LOAD_80)).toBe('6A88');
  });
});

describe('PUT DATA of limits', () => {
  it.each([
    ['single limit', SINGLE_LIMIT_10, '80CA9F7800', '9F78060000000010009000'],
    ['balance limit', BALANCE_LIMIT_2000, '80CA9F7700', '9F77060000002000009000'],
    ['reset threshold', THRESHOLD_5, '80CA9F6D00', '9F6D060000000005009000'],
  ])('%s', (_, command, get, answer) => {
    const { says } = online({}, { proved: false });
    expect(says(command)).toBe('9000');
    expect(says(get)).toBe(answer);
  });

  it('are written again', () => {
    const { says, memory } = online();
    says(SINGLE_LIMIT_10);
    expect(says('04DA9F780A 000000002000 DAA9787A')).toBe('9000');
    expect(says('80CA9F7800')).toBe('9F7806000000002000 9000'.replace(' ', ''));
    expect(memory().data).toHaveLength(1);
  });

  it('a counter limit, on a card that has it', () => {
    const { says } = online({ data: { '9F58': '03' } });
    expect(says('80CA9F5800')).toBe('9F5801039000');
    expect(says(LOWER_LIMIT_5)).toBe('9000');
    expect(says('80CA9F5800')).toBe('9F5801059000');
    expect(online().says(LOWER_LIMIT_5)).toBe('6A88');
  });

  it('a new single limit holds from the next transaction on', () => {
    const card = online();
    card.says(secondAc('40'));
    card.says(SINGLE_LIMIT_10);
    card.says(SELECT);
    expect(card.says(gpoWithCash('000000001001'))).not.toContain('48010100');
    card.says(SELECT);
    expect(card.says(gpoWithCash('000000001000'))).toContain('48010100');
  });

  it('a data object that the card does not have', () => {
    expect(online().says('04DA9F5505 01 89A13C4E')).toBe('6A88');
  });
});

describe('blocks', () => {
  it('APPLICATION BLOCK: this transaction is declined, the next warns, and gives AACs', () => {
    const card = online();
    expect(card.says(APPLICATION_BLOCK)).toBe('9000');
    expect(card.says(secondAc('40'))).toMatch(/^80(13|1E)00/);
    expect(card.says(SELECT)).toMatch(/^6F.*6283$/);
    expect(card.says(gpoWithCash('000000001250', '00'))).toMatch(/9000$/);
    expect(card.says(firstAc('40'))).toMatch(/^80(13|1E)00/);
  });

  it('APPLICATION UNBLOCK, bound to the AAC of the blocked application', () => {
    const card = goldenDebitCard({ format: 0x80 }, { memory: { blocked: true, blockedByPin: true } });
    [SELECT, GPO].map(card.says);
    expect(card.says(firstAc('80')).slice(4, 26)).toBe('000007BFCAE262482E79F1');
    expect(card.says(APPLICATION_UNBLOCK)).toBe('6988');
    expect(card.says('8418000004 24E2BAFE')).toBe('9000');
    expect(card.says(SELECT)).toMatch(/9000$/);
    expect(card.memory()).toMatchObject({ blocked: false, blockedByPin: false });
  });

  it('CARD BLOCK: for good', () => {
    const card = online();
    expect(card.says(CARD_BLOCK)).toBe('9000');
    expect(card.says(secondAc('40'))).toMatch(/^80(13|1E)00/);
    expect(card.says(SELECT)).toBe('6A81');
    expect(card.says('00A404000E 315041592E5359532E4444463031 00')).toBe('6A81');
    card.card.power();
    expect(card.says(SELECT)).toBe('6A81');
  });

  it('takes no parameters', () => {
    expect(online().says('841E000104 227E23C9')).toBe('6A86');
  });
});

describe('PIN CHANGE/UNBLOCK', () => {
  const RIGHT = '0020008008 26123456FFFFFFFF';
  const NEW = '0020008008 26654321FFFFFFFF';
  const verify = (card: ReturnType<typeof goldenDebitCard>, command: string): string => {
    card.says(SELECT);
    card.says(gpoWithCash('000000001250', '00'));
    return card.says(command);
  };

  it('unblocks', () => {
    const card = online({ pinTries: 1 });
    expect(card.says(PIN_UNBLOCK)).toBe('9000');
    expect(card.says('80CA9F1700')).toBe('9F1701039000');
  });

  it.each([
    ['P2 02', NEW_PIN],
    ['P2 01, with the present PIN', NEW_PIN_WITH_PRESENT],
  ])('changes it: %s', (_, command) => {
    const card = online({ pinTries: 1 });
    expect(card.says(command)).toBe('9000');
    expect(verify(card, RIGHT)).toBe('63C2');
    expect(verify(card, NEW)).toBe('9000');
  });

  it('with another present PIN it is no PIN', () => {
    const card = online({ pinTries: 1 });
    expect(card.says(NEW_PIN_WITH_WRONG_PRESENT)).toBe('6A80');
    expect(card.memory()).toMatchObject({ pin: '123456', pinTries: 1 });
  });
});

describe('UPDATE RECORD', () => {
  it('writes a record that is there', () => {
    const { says } = online();
    expect(says(UPDATE_RECORD)).toBe('9000');
    expect(says('00B2010C00')).toBe('70035701129000');
  });

  it('and writes it again', () => {
    const { says, memory } = online();
    says(UPDATE_RECORD);
    expect(says('04DC010C09 7003570134 7C299AD2')).toBe('9000');
    expect(says('00B2010C00')).toBe('70035701349000');
    expect(memory().records).toHaveLength(1);
  });

  it('and no other', () => {
    expect(online().says('04DC050C09 7003570112 7FD50F0F')).toBe('6A83');
  });
});

describe('script commands', () => {
  const ALL = [LOAD_80, SINGLE_LIMIT_10, APPLICATION_BLOCK, CARD_BLOCK, PIN_UNBLOCK, NEW_PIN, UPDATE_RECORD];

  it.each(ALL)('%s: a wrong MAC changes nothing, but is told of', (command) => {
    const card = online({ pinTries: 1 });
    const before = card.card.stored();
    expect(card.says(`${command.slice(0, -1)}${command.endsWith('0') ? '1' : '0'}`)).toBe('6988');
    const after = card.card.stored();
    expect(card.memory().scriptFailed).toBe(true);
    expect({ ...after.applications[0]?.debitCredit, scriptFailed: false }).toEqual(before.applications[0]?.debitCredit);
    expect({ ...after.applications[0], debitCredit: 0 }).toEqual({ ...before.applications[0], debitCredit: 0 });
    expect(after.blocked).toBe(before.blocked);
  });

  it.each(ALL)('%s: not before an ARQC, nor after a TC', (command) => {
    const card = goldenDebitCard({ electronicCash: true });
    expect(card.says(command)).toBe('6985');
    card.says(SELECT);
    expect(card.says(command)).toBe('6985');
    card.says(gpoWithCash('000000001250', '00'));
    expect(card.says(command)).toBe('6985');
    card.says(firstAc('40'));
    expect(card.says(command)).toBe('6985');
  });

  it.each(ALL)('%s: of one transaction is nothing in the next', (command) => {
    const card = online();
    card.says(secondAc('40'));
    card.says(SELECT);
    card.says(gpoWithCash('000000001250', '00'));
    card.says(firstAc('80'));
    expect(card.says(command)).toBe('6988');
  });

  it('without room for a MAC', () => {
    expect(online().says('841E000003 B72495')).toBe('6700');
  });

  it('are counted until the card was online again', () => {
    const card = online();
    card.says(secondAc('40'));
    [LOAD_80, SINGLE_LIMIT_10, '841E000004 00000000'].map(card.says);
    expect(nextCvr(card)).toBe('03900028');
    expect(card.memory().scripts).toBe(2);
  });

  it('before the second cryptogram are told in it, and then cleared', () => {
    const card = online();
    card.says(SINGLE_LIMIT_10);
    expect(card.says(secondAc('40'))).toContain('0701010360001001');
    expect(nextCvr(card)).toBe('03900000');
  });
});

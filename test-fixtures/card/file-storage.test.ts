import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hex } from '../../emv/values/index.ts';
import { firstAc, goldenDebitCard, gpoWithCash, SELECT } from './debit-credit/golden-debit-card.ts';
import { fileStorage } from './file-storage.ts';

const CARD = {
  applications: [
    {
      balance: 3750,
      atc: 7,
      pinTries: 3,
      log: [hex('25060100')],
      lastPayment: [{ sfi: 6, record: 1, data: hex('7001FF') }],
    },
  ],
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jdpos-card-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a memory in a file', () => {
  it('is not there before the first change', () => {
    expect(fileStorage(join(folder, 'card.json')).load()).toBeUndefined();
  });

  it('is the same for who opens it next', () => {
    const path = join(folder, 'card.json');
    fileStorage(path).save(CARD);
    expect(fileStorage(path).load()).toEqual(CARD);
    expect(existsSync(`${path}.new`)).toBe(false);
  });

  it('keeps all of full debit/credit: counters, what scripts have written, loads', () => {
    const card = goldenDebitCard({ electronicCash: true });
    const commands = [
      SELECT,
      gpoWithCash('000000001250', '00'),
      firstAc('80'),
      '008200000A 42756C1835A2F17D 3030',
      '04DA9F790A 000000008000 73EAEBEC',
      '04DA9F780A 000000001000 EF585B13',
      '04DC010C09 7003570112 569077EA',
      '8416000004 378FDB53',
    ];
    expect(commands.map(card.says).every((answer) => answer.endsWith('9000'))).toBe(true);
    const path = join(folder, 'card.json');
    fileStorage(path).save(card.card.stored());
    expect(fileStorage(path).load()).toEqual(card.card.stored());
    expect(fileStorage(path).load()).toMatchObject({ blocked: true, applications: [{ debitCredit: { scripts: 4 } }] });
  });

  it('is cleared to what the issuer made', () => {
    const storage = fileStorage(join(folder, 'card.json'));
    storage.clear();
    storage.save(CARD);
    storage.clear();
    expect(storage.load()).toBeUndefined();
  });

  it('is unharmed by a change that was never finished', () => {
    const path = join(folder, 'card.json');
    fileStorage(path).save(CARD);
    writeFileSync(`${path}.new`, '{"applicat');
    expect(fileStorage(path).load()).toEqual(CARD);
    fileStorage(path).save({ applications: [] });
    expect(fileStorage(path).load()).toEqual({ applications: [] });
  });

  it.each([
    ['no JSON', '{'],
    ['another shape', '{"applications":[{}]}'],
    ['a negative balance', '{"applications":[{"balance":-1,"atc":1,"pinTries":3,"log":[],"lastPayment":[]}]}'],
    ['bytes that are no hex', '{"applications":[{"balance":1,"atc":1,"pinTries":3,"log":["0"],"lastPayment":[]}]}'],
  ])('refuses %s', (_, text) => {
    const path = join(folder, 'card.json');
    writeFileSync(path, text);
    expect(() => fileStorage(path).load()).toThrow();
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});

import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import { memoryStorage, type VirtualCard } from '../card/index.ts';
import { trayAccounts } from './issue.ts';
import { openTray } from './tray.ts';

const newTray = () =>
  openTray({ storageOf: () => memoryStorage(), random: (length) => new Uint8Array(length).fill(0x5a) });

const PPSE = '00A404000E 325041592E5359532E4444463031 00';
const ONLINE = '26000080';
const OFFLINE_ONLY = '28000080';
const VERIFY = '26400080';

const gpo = (ttq: string, fen: number): string =>
  `80A8000023 8321 ${ttq} ${String(fen).padStart(12, '0')} 000000000000 0156 0000000000 0156 250601 00 11223344 00`;

function chipOf(id: string): VirtualCard {
  const chip = newTray().chip(id);
  if (chip === undefined) throw new Error(`no card ${id}`);
  return chip;
}

function send(chip: VirtualCard, command: string): string {
  let answer = toHex(chip.transmit(hex(command)));
  if (answer.startsWith('6C')) answer = toHex(chip.transmit(hex(`${command.slice(0, -2)}${answer.slice(2)}`)));
  if (answer.startsWith('61')) answer = toHex(chip.transmit(hex(`00C00000${answer.slice(2)}`)));
  return answer;
}

const KINDS: Readonly<Record<string, string>> = { '90': 'tc', A0: 'arqc', '80': 'aac' };

/** Selects an AID, sends GPO and reads every record of the AFL: what the card decided, its CTQ, and what its chip paid. */
function tap(id: string, ttq: string, fen: number, aid = 'A000000333010101'): string {
  const chip = chipOf(id);
  const total = (): number => chip.stored().applications.reduce((sum, { balance }) => sum + balance, 0);
  const before = total();
  const selected = send(chip, `00A4040008 ${aid} 00`);
  if (!selected.endsWith('9000')) return selected.slice(-4);
  const options = send(chip, gpo(ttq, fen));
  const decision = KINDS[/9F10(?:08|13)07....03(..)/.exec(options)?.[1] ?? ''];
  const ctq = /9F6C02(....)/.exec(options)?.[1];
  const afl = /940C(.{24})/.exec(options)?.[1] ?? '';
  for (const [, sfi = '', first = '', last = ''] of afl.matchAll(/(..)(..)(..)../g)) {
    for (let record = Number(first); record <= Number(last); record++) {
      const p2 = (Number.parseInt(sfi, 16) | 4).toString(16).padStart(2, '0');
      expect(send(chip, `00B2${String(record).padStart(2, '0')}${p2}00`)).toMatch(/^70.*9000$/);
    }
  }
  return `${decision} ${ctq} ${before - total()}`;
}

describe('the cards of the tray', () => {
  it('stand in their order, the first five as the sandbox promises', () => {
    const ids = newTray()
      .list()
      .map(({ id }) => id);
    expect(ids.slice(0, 9)).toEqual([
      'rich',
      'poor',
      'over-cvm-limit',
      'hotlisted',
      'expired',
      'wrong-ca',
      'forged-fdda',
      'foreign-scheme',
      'two-applications',
    ]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each([
    ['rich', ONLINE, 1280, 'tc 0000 1280'],
    ['rich', OFFLINE_ONLY, 80_000, 'tc 0000 80000'],
    ['rich', ONLINE, 80_001, 'arqc 0000 0'],
    ['rich', VERIFY, 50_000, 'arqc 8000 0'],
    ['rich', OFFLINE_ONLY, 80_001, 'aac 0000 0'],
    ['poor', ONLINE, 500, 'tc 0000 500'],
    ['poor', ONLINE, 501, 'arqc 0000 0'],
    ['poor', OFFLINE_ONLY, 501, 'aac 0000 0'],
    ['over-cvm-limit', ONLINE, 1, 'arqc 8000 0'],
    ['over-cvm-limit', OFFLINE_ONLY, 1, 'aac 0000 0'],
    ['hotlisted', ONLINE, 100, 'tc 0000 100'],
    ['expired', ONLINE, 100, 'tc 0000 100'],
    ['wrong-ca', ONLINE, 100, 'tc 0000 100'],
    ['forged-fdda', ONLINE, 100, 'tc 0000 100'],
    ['two-applications', ONLINE, 100, 'tc 0000 100'],
    ['fdda-00', ONLINE, 100, 'tc 0000 100'],
    ['cvn17', ONLINE, 100, 'tc 0000 100'],
    ['sm4', ONLINE, 100, 'tc 0000 100'],
    ['always-declines', ONLINE, 100, 'aac 0000 0'],
    ['no-ppse', ONLINE, 100, 'tc 0000 100'],
    ['ctq-online', ONLINE, 100, 'tc 2000 100'],
    ['long-chain', ONLINE, 100, 'tc 0000 100'],
    ['rogue-ca', ONLINE, 100, 'tc 0000 100'],
    ['hides-balance', ONLINE, 100, 'tc 0000 100'],
    ['signature', ONLINE, 100, 'tc 4000 100'],
    ['application-blocked', ONLINE, 100, '6283'],
    ['card-blocked', ONLINE, 100, '6A81'],
    ['downgraded', ONLINE, 100, 'tc 0000 100'],
    ['contact-manners', ONLINE, 100, 'tc 0000 100'],
    ['foreign-scheme', ONLINE, 100, '6A82'],
  ])('%s, TTQ %s, %i fen: %s', (id, ttq, fen, outcome) => {
    expect(tap(id, ttq, fen)).toBe(outcome);
  });

  it('two-applications lists the one that comes second first', () => {
    const answer = send(chipOf('two-applications'), PPSE);
    expect(answer).toMatch(/A000000333010101.*870102.*A000000333010106.*870101/);
    expect(tap('two-applications', ONLINE, 100, 'A000000333010106')).toBe('tc 0000 100');
  });

  it('no-ppse has no PPSE, the others do', () => {
    expect(send(chipOf('no-ppse'), PPSE)).toBe('6A82');
    expect(send(chipOf('rich'), PPSE)).toMatch(/9000$/);
  });

  it('the dates: expired in 2023, the others in 2049', () => {
    const track2 = (id: string): string | undefined => {
      const chip = chipOf(id);
      send(chip, '00A4040008 A000000333010101 00');
      return /570E[0-9]{19}D([0-9]{4})/.exec(send(chip, gpo(ONLINE, 100)))?.[1];
    };
    expect(track2('expired')).toBe('2306');
    expect(track2('rich')).toBe('4912');
  });

  it('no record is longer than READ RECORD can carry', () => {
    const chip = chipOf('long-chain');
    send(chip, '00A4040008 A000000333010101 00');
    expect(send(chip, '00B2021400').length).toBe(2 * (254 + 2));
    expect(send(chip, '00B2031400').length).toBe(2 * (255 + 2));
  });
});

describe('the list', () => {
  it('tells what a person sees', () => {
    const [rich, poor] = newTray().list();
    expect(rich).toMatchObject({
      id: 'rich',
      title: { zh: '余额充足', en: 'Plenty of money' },
      maskedPan: '629999*********0012',
      balanceMinor: 80_000,
      inField: false,
    });
    expect(poor).toMatchObject({ balanceMinor: 500 });
  });

  it('has a title and a story in both languages for every card', () => {
    for (const { title, story } of newTray().list()) {
      for (const { zh, en } of [title, story]) {
        expect(zh).toMatch(/[\u4e00-\u9fff]/);
        expect(en).toMatch(/^[ -~\u00a5\u2019]+$/);
      }
    }
  });

  it('shows what a memory holds, without the card being made', () => {
    const kept: Record<string, unknown> = { rich: { applications: [{ balance: 7 }] }, purse: { balance: 9 } };
    const storageOf = (id: string) => ({ ...memoryStorage<never>(), load: () => kept[id] as never });
    const listed = openTray({ storageOf, random: (length) => new Uint8Array(length) }).list();
    const balances = listed.filter(({ id }) => id in kept).map(({ id, balanceMinor }) => [id, balanceMinor]);
    expect(balances).toEqual([
      ['rich', 7],
      ['purse', 9],
    ]);
  });

  it('shows the balance of the application that comes first', () => {
    expect(newTray().list()[8]).toMatchObject({ id: 'two-applications', balanceMinor: 15_000 });
  });
});

describe('the accounts', () => {
  it('of the five first cards', () => {
    expect(
      trayAccounts()
        .slice(0, 5)
        .map(({ cardId, pan, accountBalanceMinor, chipBalanceMinor, hotlisted, expiry }) =>
          [cardId, pan, accountBalanceMinor, chipBalanceMinor, hotlisted, expiry].join(' '),
        ),
    ).toEqual([
      'rich 6299990000000000012 100000 80000 false 491231',
      'poor 6299990000000000020 0 500 false 491231',
      'over-cvm-limit 6299990000000000038 200000 20000 false 491231',
      'hotlisted 6299990000000000046 50000 30000 true 491231',
      'expired 6299990000000000053 50000 30000 false 230630',
    ]);
  });

  it('are one for each application of the scheme, with different PANs, one PIN and one master key set', () => {
    const accounts = trayAccounts();
    expect(new Set(accounts.map(({ pan }) => pan)).size).toBe(accounts.length);
    expect(accounts.filter(({ cardId }) => cardId === 'two-applications')).toHaveLength(2);
    expect(accounts.some(({ cardId }) => cardId === 'foreign-scheme')).toBe(false);
    for (const { pin, masterKeysId, panSequence } of accounts) {
      expect([pin, masterKeysId, panSequence]).toEqual(['123456', 'test-mdk-1', 1]);
    }
  });
});

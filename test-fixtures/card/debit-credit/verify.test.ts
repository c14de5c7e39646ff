import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../../emv/values/index.ts';
import { testKey } from '../../pki/index.ts';
import { type CardStorage, memoryStorage } from '../storage.ts';
import { createVirtualCard } from '../virtual-card.ts';
import { firstAc, GPO, goldenDebitCard, SELECT } from './golden-debit-card.ts';

const RIGHT = '0020008008 26123456FFFFFFFF';
const WRONG = '0020008008 26123457FFFFFFFF';
const TRIES = '80CA9F1700';

function opened(...parts: Parameters<typeof goldenDebitCard>) {
  const card = goldenDebitCard({ format: 0x80, ...parts[0] }, parts[1]);
  card.says(SELECT);
  card.says(GPO);
  return card;
}

/** CVR of the first cryptogram. */
const cvr = (card: ReturnType<typeof goldenDebitCard>): string | undefined =>
  /0701..(03.{6})/.exec(card.says(firstAc('40')))?.[1];

describe('VERIFY in the clear', () => {
  it('the right PIN gives all tries back', () => {
    const card = opened({}, { memory: { pinTries: 1 } });
    expect(card.says(TRIES)).toBe('9F1701019000');
    expect(card.says(RIGHT)).toBe('9000');
    expect(card.says(TRIES)).toBe('9F1701039000');
    expect(cvr(card)).toBe('03940000');
  });

  it('a wrong one counts down to 6983, and the next transaction says 6984', () => {
    const card = opened();
    expect([WRONG, WRONG, WRONG, RIGHT].map(card.says)).toEqual(['63C2', '63C1', '63C0', '6983']);
    expect(cvr(card)).toBe('03964000');
    card.card.power();
    card.says(SELECT);
    card.says(GPO);
    expect(card.says(RIGHT)).toBe('6984');
    expect(card.says(TRIES)).toBe('9F1701009000');
  });

  it('a wrong one and then the right one', () => {
    const card = opened();
    expect([WRONG, RIGHT].map(card.says)).toEqual(['63C2', '9000']);
    expect(cvr(card)).toBe('03940000');
  });

  it.each([
    ['control nibble of format 0', '0020008008 06123456FFFFFFFF', '63C2'],
    ['another length', '0020008008 25123456FFFFFFFF', '63C2'],
    ['another filling', '0020008008 26123456FFFFFF00', '63C2'],
    ['seven bytes', '0020008007 26123456FFFFFF', '6700'],
    ['no data', '00200080', '6700'],
    ['another P1', '0020018008 26123456FFFFFFFF', '6A86'],
    ['another P2', '0020008108 26123456FFFFFFFF', '6A86'],
  ])('%s', (_, command, sw) => {
    expect(opened().says(command)).toBe(sw);
  });

  it('a card issued with its PIN blocked', () => {
    expect(opened({ pinTries: 0 }).says(RIGHT)).toBe('6984');
  });

  it('other digits and limits', () => {
    const { says } = opened({ pin: '1234', pinTryLimit: 2 });
    expect(says('0020008008 241235FFFFFFFFFF')).toBe('63C1');
    expect(says('0020008008 241234FFFFFFFFFF')).toBe('9000');
    expect(says(TRIES)).toBe('9F1701029000');
  });

  it('has its time between GPO and the first cryptogram', () => {
    const { says } = goldenDebitCard();
    says(SELECT);
    expect(says(RIGHT)).toBe('6985');
    says(GPO);
    says(firstAc('40'));
    expect(says(RIGHT)).toBe('6985');
  });

  it('blocks the application with the last try, where its issuer wants that', () => {
    const card = opened({ data: { '9F52': '0080' } }, { memory: { pinTries: 1 } });
    expect(card.says(WRONG)).toBe('63C0');
    expect(card.says(firstAc('40'))).toMatch(/^80130000/);
    expect(card.says(SELECT)).toMatch(/6283$/);
  });
});

describe('the try is on disk before the PIN is looked at', () => {
  /** A card whose storage fails from its nth writing on, and what was written before. */
  function failing(from: number) {
    const { profile, storage: start } = goldenDebitCard();
    const kept = memoryStorage();
    const first = start.load();
    if (first) kept.save(first);
    const written: (number | undefined)[] = [];
    const storage = {
      ...kept,
      save: (card: Parameters<typeof kept.save>[0]) => {
        if (written.length + 1 >= from) throw new Error('power cut');
        written.push(card.applications[0]?.pinTries);
        kept.save(card);
      },
    };
    const card = createVirtualCard({ profile, storage, random: (length) => new Uint8Array(length) });
    return { send: (command: string) => toHex(card.transmit(hex(command))), kept, written };
  }
  const tries = (kept: CardStorage): number | undefined => kept.load()?.applications[0]?.pinTries;

  it('right PIN: one less, then all', () => {
    const { send, written } = failing(99);
    [SELECT, GPO, RIGHT].map(send);
    expect(written).toEqual([3, 2, 3]);
  });

  it('cut before the first writing: no answer, no try lost', () => {
    const { send, kept } = failing(2);
    [SELECT, GPO].map(send);
    expect(() => send(WRONG)).toThrow('power cut');
    expect(tries(kept)).toBe(3);
  });

  it('cut between the two: the try is lost even with the right PIN', () => {
    const { send, kept } = failing(3);
    [SELECT, GPO].map(send);
    expect(() => send(RIGHT)).toThrow('power cut');
    expect(tries(kept)).toBe(2);
  });
});

describe('enciphered VERIFY', () => {
  const CHALLENGE = '0102030405060708';

  /** data ^ e mod n, as long as the modulus. */
  function encipher(name: Parameters<typeof testKey>[0], block: string): string {
    const { modulus, exponent } = testKey(name);
    const n = BigInt(`0x${toHex(modulus)}`);
    let result = 1n;
    for (const bit of BigInt(`0x${toHex(exponent)}`).toString(2)) {
      result = (result * result) % n;
      if (bit === '1') result = (result * BigInt(`0x${toHex(hex(block))}`)) % n;
    }
    return result
      .toString(16)
      .toUpperCase()
      .padStart(modulus.length * 2, '0');
  }
  const verify = (pinBlock: string, challenge = CHALLENGE, header = '7F'): string =>
    `0020008880 ${encipher('icc-1024', `${header} ${pinBlock} ${challenge} ${'5A'.repeat(111)}`)}`;
  const GET_CHALLENGE = '0084000000';

  it('with the card’s own key', () => {
    const card = opened();
    expect(card.says(GET_CHALLENGE)).toBe(`${CHALLENGE}9000`);
    expect(card.says(verify('26123456FFFFFFFF'))).toBe('9000');
    expect(cvr(card)).toBe('03940000');
  });

  it('with a key for PINs alone', () => {
    const { says } = opened({ pinKey: 'icc-1152' });
    says(GET_CHALLENGE);
    const plain = `7F 26123456FFFFFFFF ${CHALLENGE} ${'5A'.repeat(127)}`;
    expect(says(`0020008890 ${encipher('icc-1152', plain)}`)).toBe('9000');
  });

  it.each([
    ['a wrong PIN', verify('26123457FFFFFFFF'), '63C2'],
    ['another challenge', verify('26123456FFFFFFFF', '0102030405060709'), '63C2'],
    ['another header', verify('26123456FFFFFFFF', CHALLENGE, '6A'), '63C2'],
    ['a block above the modulus', `0020008880 ${'FF'.repeat(128)}`, '63C2'],
    ['too short', '0020008808 26123456FFFFFFFF', '6700'],
  ])('%s', (_, command, sw) => {
    const { says } = opened();
    says(GET_CHALLENGE);
    expect(says(command)).toBe(sw);
  });

  it.each([
    ['none was asked for', TRIES],
    ['another command came between', `${GET_CHALLENGE} ${TRIES}`],
    ['it was used', `${GET_CHALLENGE} ${WRONG}`],
  ])('needs a challenge: %s', (_, before) => {
    const { says } = opened();
    before.match(/0084000000|80CA9F1700|0020008008 \w{16}/g)?.map(says);
    expect(says(verify('26123456FFFFFFFF'))).toBe('6985');
  });

  it('a card without a key for it', () => {
    const { says } = opened({ pinKey: 'none' });
    says(GET_CHALLENGE);
    expect(says(verify('26123456FFFFFFFF'))).toBe('6985');
  });

  it('GET CHALLENGE takes neither parameters nor data', () => {
    const { says } = opened();
    expect(says('0084000100')).toBe('6A86');
    expect(says('008400000101')).toBe('6700');
  });
});

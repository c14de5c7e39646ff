import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DDA } from '../../../emv/kernel/testing/debit-credit-cards.ts';
import { MODERN, type Script } from '../../../emv/kernel/testing/golden-cards.ts';
import { redact, writeRecording } from '../../../emv/trace/index.ts';
import { hex } from '../../../emv/values/index.ts';
import { cli } from '../test-terminal.ts';

const EXAMPLES = join(import.meta.dirname, '../../../docs/examples');
const PAYMENT = join(EXAMPLES, 'offline-payment.json');
const KEYS = join(EXAMPLES, 'test-ca-keys.json');

let dir: string;
const file = (name: string, content: unknown): string => {
  const path = join(dir, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const replay = (...words: string[]) => cli(['card', 'replay', ...words]);
const recorded = (): { exchanges: { c: string; r: string }[] } => JSON.parse(readFileSync(PAYMENT, 'utf8'));

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'jdpos-replay-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('card replay', () => {
  it('prints the outcome, as the recorded terminal would have had it', async () => {
    expect(await replay(PAYMENT, '--ca-keys', KEYS)).toEqual({
      exitCode: 0,
      err: [],
      out: [
        'approved  from the chip, offline  verification: none  authentication: fdda-01  629999*********4567  JIANGDU  balance left ¥37.50',
      ],
    });
  });

  it('says when it was given no CA keys', async () => {
    const { exitCode, out, err } = await replay(PAYMENT);
    expect(exitCode).toBe(1);
    expect(out[0]).toMatch(/^declined {2}unknown-ca-key/);
    expect(err).toEqual(['No CA keys were given: see --ca-keys.']);
  });

  it('explains each decision with its section', async () => {
    const { out } = await replay(PAYMENT, '--ca-keys', KEYS, '--explain');
    expect(out).toContain('JR/T 0025.12-2013 annex B  The dynamic signature is genuine: fdda-01');
    expect(out).toContain('assumed  Limits and abilities: such that TTQ 26000080 comes of them');
    expect(out.at(-1)).toMatch(/^approved/);
    const { out: json } = await replay(PAYMENT, '--ca-keys', KEYS, '--explain', '--json');
    expect(JSON.parse(json.join(''))).toMatchObject({
      outcome: { kind: 'approved', fundedBy: 'chip', card: { maskedPan: '629999*********4567', expiry: '2030-12-31' } },
      exchanges: { used: 8, recorded: 8 },
      decisions: expect.arrayContaining([
        { section: 'JR/T 0025.12-2018 annex F', text: 'The intent is saved; the last record makes the card pay' },
      ]),
    });
    expect(json.join('')).not.toContain('6299990000001234567');
  });

  it('ends at a command that is not the next recorded one, with both', async () => {
    const { exitCode, out, err } = await replay(PAYMENT, '--ca-keys', KEYS, '--amount-minor', '1300');
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: [] });
    expect(err.join()).toContain(
      'command 4: the kernel sends 80A8000023832126000080000000001300000000000000015600000000000156250601001122334400, recorded is 80A8000023832126000080000000001250000000000000015600000000000156250601001122334400',
    );
    const lenient = await replay(PAYMENT, '--ca-keys', KEYS, '--amount-minor', '1300', '--lenient');
    expect(lenient.out[0]).toMatch(/^lenient {2}80A8.*001300.* is answered as 80A8.*001250.* was$/);
    expect(lenient.out[1]).toMatch(/^asks-host {2}verify-tc/);
  });

  it('takes date and unpredictable number, and the answer of the host', async () => {
    const options = ['--date', '2031-01-01', '--unpredictable-number', 'AABBCCDD', '--lenient', '--ca-keys', KEYS];
    const { out, exitCode } = await replay(PAYMENT, ...options, '--explain');
    expect(out.join('\n')).toContain('3101010' + '0AABBCCDD');
    expect(out.join('\n')).toContain('§7.7.20  The application has expired');
    expect(exitCode).toBe(1);
    const host = ['--amount-minor', '1300', '--lenient', '--ca-keys', KEYS, '--host', 'approve'];
    expect((await replay(PAYMENT, ...host)).out.join()).toContain('approved  from the chip, online');
  });

  it('of a redacted trace says what cannot be judged any more, and why it goes another way', async () => {
    const traced = (script: Script): string => {
      const exchanges = script.map(({ command, answer }) => ({ command: hex(command), response: hex(answer) }));
      return file('trace.json', writeRecording(redact({ exchanges })));
    };
    const REDACTED =
      'The card’s certificates were taken out of this trace, so offline data authentication fails here, and from there on the terminal does otherwise.';
    const tap = await replay(traced(MODERN), '--ca-keys', KEYS);
    expect(tap.out[0]).toMatch(/^declined {2}not-genuine/);
    expect(tap.err).toEqual([REDACTED]);
    const contact = await replay(traced(DDA), '--ca-keys', KEYS);
    expect(contact).toMatchObject({ exitCode: 1, out: [] });
    expect(contact.err).toEqual([
      `jdpos: command 10: the kernel sends 80CA9F3600, recorded is 00880000041122334400. ${REDACTED} --explain says how far it comes; --lenient goes on where the commands are alike.`,
    ]);
    const json = await replay(traced(MODERN), '--ca-keys', KEYS, '--json');
    expect(JSON.parse(json.out.join(''))).toMatchObject({ redacted: true, outcome: { kind: 'declined' } });
  });

  it('says what was not used', async () => {
    const { exchanges } = recorded();
    const more = file('more.json', { exchanges: [...exchanges, { c: '80CA9F3600', r: '9F360200079000' }] });
    expect((await replay(more, '--ca-keys', KEYS)).out.at(-1)).toBe('1 of 9 recorded exchanges were not used');
  });

  it.each<[string, unknown, number, string]>([
    ['not.json', 'no', 2, 'not.json is no JSON'],
    ['other.json', { records: [] }, 1, 'exchanges: expected a list'],
    ['odd.json', { exchanges: [{ c: '00A4', r: '9000' }] }, 1, 'exchanges[0].c: expected a command in hex'],
    ['empty.json', { exchanges: [] }, 2, 'the recorded card was told no amount. Give it with --amount-minor.'],
  ])('%s is refused', async (name, content, code, said) => {
    const { exitCode, err } = await replay(file(name, content));
    expect(exitCode).toBe(code);
    expect(err.join()).toContain(said);
  });

  it.each([
    [['--date', '2025-13-01']],
    [['--date', '01.06.2025']],
    [['--amount-minor', '12.50']],
    [['--unpredictable-number', '123']],
    [['--interface', 'magnetic']],
    [['--host', 'maybe']],
  ])('%j is wrong use', async (words) => {
    expect((await replay(PAYMENT, ...words)).exitCode).toBe(2);
  });
});

describe('a file of CA keys', () => {
  const RSA = { rid: 'A000000333', index: '80', modulus: 'C1', exponent: '03' };
  const SM2 = { rid: 'A000000333', index: '57', algorithm: 'SM2', x: '11'.repeat(32), y: '22'.repeat(32) };

  it.each<[string, unknown, string]>([
    ['no list', {}, 'expected a list of keys'],
    ['no RID', [{ ...RSA, rid: 'A0' }], 'key 1: "rid" is not 5 bytes in hex'],
    ['no index', [RSA, { ...RSA, index: 8 }], 'key 2: "index" is not 1 bytes in hex'],
    ['no modulus', [{ ...RSA, modulus: 'XY' }], 'key 1: "modulus" is not hex'],
    ['another key', [{ ...RSA, sha1: '00'.repeat(20) }], 'key 1: "sha1" is not that of the key'],
    ['a month 13', [{ ...RSA, expiry: '1330' }], 'key 1: "expiry" is no date'],
    ['no point', [SM2], 'key 1: "x" and "y" are no point of the curve'],
  ])('with %s is refused', async (_, content, said) => {
    const { exitCode, err } = await replay(PAYMENT, '--ca-keys', file('keys.json', content));
    expect(exitCode).toBe(2);
    expect(err.join()).toContain(said);
  });

  it('with those that UnionPay has published is right to the last byte', async () => {
    const { out, exitCode } = await replay(PAYMENT, '--ca-keys', join(EXAMPLES, 'unionpay-ca-keys.json'));
    expect(out[0]).toMatch(/^declined {2}unknown-ca-key/);
    expect(exitCode).toBe(1);
  });

  it.each([
    ['2024-12-31', 'declined'],
    ['20241231', 'declined'],
    ['1224', 'declined'],
    ['2025-06-01', 'approved'],
    ['1225', 'approved'],
  ])('that is good until %s: %s', async (expiry, outcome) => {
    const keys = JSON.parse(readFileSync(KEYS, 'utf8')) as object[];
    const path = file(
      'dated.json',
      keys.map((key) => ({ ...key, expiry })),
    );
    expect((await replay(PAYMENT, '--ca-keys', path)).out[0]).toMatch(new RegExp(`^${outcome}`));
  });
});

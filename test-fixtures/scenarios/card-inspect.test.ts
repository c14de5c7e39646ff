import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli } from '../../agent/cli/test-terminal.ts';
import { type Behaviour, memoryStorage, tearAt, withFaults } from '../card/index.ts';
import { memoryReaders } from '../reader/memory-readers.ts';
import { openTray, trayAccounts } from '../tray/index.ts';

/** Nobody listens there: no daemon uses the readers. */
const ALONE = ['--url', 'http://127.0.0.1:1'];
const AT = Date.UTC(2026, 2, 9, 2, 15, 30);

/** The roots of the test scheme are among them. */
const KEYS = join(import.meta.dirname, '../../docs/examples/test-ca-keys.json');

const UNIONPAY_KEYS = join(import.meta.dirname, '../../docs/examples/unionpay-ca-keys.json');

const freshTray = () =>
  openTray({ storageOf: () => memoryStorage(), random: (length) => new Uint8Array(length).fill(0x5a) });

const isInternalAuthenticate = (command: Uint8Array): boolean => command[1] === 0x88;

/** A copy that gives a signature of the true card, made for another number. */
const oldSignature: Behaviour = (command, _n, next) =>
  next(isInternalAuthenticate(command) ? Uint8Array.of(0x00, 0x88, 0x00, 0x00, 0x04, 1, 2, 3, 4, 0x00) : command);

/** A copy that has no key at all. */
const noSignature: Behaviour = (command, _n, next) =>
  isInternalAuthenticate(command) ? Uint8Array.of(0x6d, 0x00) : next(command);

/** A card whose expiry was put off behind its issuer's back. */
const changedExpiry: Behaviour = (command, _n, next) => {
  const answer = next(command);
  if (!(answer instanceof Uint8Array)) return answer;
  return Uint8Array.from(
    Buffer.from(Buffer.from(answer).toString('hex').replace('5f2403491231', '5f2403501231'), 'hex'),
  );
};

interface Looked {
  readonly exitCode: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
  readonly instructions: readonly string[];
}

/** `jdpos card inspect` of a card that lies on a reader; notes every instruction that the card is sent. */
async function look(
  tray: ReturnType<typeof freshTray>,
  id: string,
  words: readonly string[] = [],
  faults: readonly Behaviour[] = [],
): Promise<Looked> {
  const chip = tray.card(id);
  if (chip === undefined) throw new Error(`no card ${id}`);
  const instructions: string[] = [];
  const watch: Behaviour = (command, _n, next) => {
    instructions.push((command[1] ?? 0).toString(16));
    return next(command);
  };
  const readers = memoryReaders();
  await readers.field().place(withFaults(chip, [watch, ...faults]));
  const result = await cli(['card', 'inspect', '--ca-keys', KEYS, ...ALONE, ...words], {
    openReaders: async () => readers,
    now: () => AT,
  });
  return { ...result, instructions };
}

describe('card inspect', () => {
  it('prints what the person at the counter needs', async () => {
    expect(await look(freshTray(), 'rich')).toMatchObject({
      exitCode: 0,
      err: [],
      out: [
        'Reader     Memory Reader: contactless',
        'ATR        3B80800101  T=0, T=1',
        'Directory  PPSE',
        '',
        'JIANGDU CARD  A000000333010101 (PBOC debit)',
        '  Card            629999*********0012  sequence 1',
        '  Valid           2020-01-01 to 2049-12-31',
        '  Cash            ¥800.00 (at most ¥1,000.00, one payment up to ¥1,000.00, reset below ¥0.00)',
        '  ODA             certificates genuine: CA key A000000333/F1, issuer RSA, card RSA; fDDA signs payments alone, so a copy would pass here',
        '  PIN tries left  3',
        '  ATC             1  last online 1',
        '  Read            qPBOC, ARQC: 4 records, found without AFL',
        '  Payments: none yet',
        '  Loads: none yet',
      ],
    });
  });

  it('takes no money from any card of the tray, and sends nothing that could', async () => {
    const tray = freshTray();
    for (const { id, balanceMinor } of tray.list()) {
      const { instructions } = await look(tray, id);
      expect(instructions.filter((ins) => !['a4', 'b2', 'ca', 'a8', '88', 'c0'].includes(ins))).toEqual([]);
      expect(tray.list().find((card) => card.id === id)?.balanceMinor).toBe(balanceMinor);
      for (const { log } of tray.chip(id)?.stored().applications ?? []) expect(log).toEqual([]);
    }
  });

  it.each([
    ['expired', 'Valid           2020-01-01 to 2023-06-30  EXPIRED'],
    ['hides-balance', 'Cash            not told (at most ¥1,000.00'],
    ['no-ppse', 'Directory  none; applications were looked for by name'],
    ['no-ppse', 'JIANGDU CARD  A000000333010101 (PBOC debit)  not in the directory'],
    ['two-applications', 'JIANGDU CASH  A000000333010106 (PBOC electronic cash)'],
    ['foreign-scheme', 'FOREIGN CARD  A0000000031010 (Visa)'],
    ['application-blocked', 'JIANGDU CARD  A000000333010101 (PBOC debit)  BLOCKED'],
    ['application-blocked', 'GPO refused with 6985'],
    ['card-blocked', 'BLOCKED       its issuer has blocked the card'],
    ['contact-manners', 'Cash            ¥100.00'],
  ])('of %s: %s', async (id, line) => {
    expect((await look(freshTray(), id)).out.join('\n')).toContain(line);
  });

  describe('says what offline data authentication proves, and with which key', () => {
    it.each([
      ['wrong-ca', 'not checked: no CA key A000000333/F9; see --ca-keys'],
      ['rogue-ca', 'NOT GENUINE: issuer-certificate, length (CA key A000000333/F1)'],
      [
        'long-chain',
        'certificates genuine: CA key A000000333/F1, issuer RSA, card RSA; fDDA signs payments alone, so a copy would pass here',
      ],
      [
        'fdda-00',
        'certificates genuine: CA key A000000333/F2, issuer RSA, card RSA; fDDA signs payments alone, so a copy would pass here',
      ],
      [
        'application-blocked',
        'certificates genuine: CA key A000000333/F1, issuer RSA, card RSA; nothing was signed here, so a copy would pass',
      ],
      ['debit-contact', 'genuine by DDA: CA key A000000333/F1, issuer RSA, card RSA'],
      ['debit-contactless', 'genuine by DDA: CA key A000000333/F1, issuer RSA, card RSA'],
      ['cda-contact', 'genuine by DDA: CA key A000000333/F1, issuer RSA, card RSA'],
      ['sda-contact', 'genuine by SDA: CA key A000000333/F1, issuer RSA; a copy would pass'],
      ['sm2-contact', 'genuine by DDA: CA key A000000333/F3, issuer SM2, card SM2'],
      ['sm2-cda-contact', 'genuine by DDA: CA key A000000333/F3, issuer SM2, card SM2'],
      ['sm2-sda-contact', 'genuine by SDA: CA key A000000333/F3, issuer SM2; a copy would pass'],
      ['forged-static', 'NOT GENUINE: icc-certificate, hash (CA key A000000333/F1)'],
    ])('of %s: %s', async (id, verdict) => {
      expect((await look(freshTray(), id)).out).toContain(`  ODA             ${verdict}`);
    });

    it.each([
      ['debit-contact', changedExpiry, 'icc-certificate, hash (CA key A000000333/F1)'],
      ['sm2-contact', changedExpiry, 'icc-certificate, signature (CA key A000000333/F3)'],
      ['sda-contact', changedExpiry, 'static-signature, hash (CA key A000000333/F1)'],
      ['sm2-sda-contact', changedExpiry, 'static-signature, signature (CA key A000000333/F3)'],
      ['debit-contact', oldSignature, 'dynamic-signature, hash (CA key A000000333/F1)'],
      ['debit-contactless', oldSignature, 'dynamic-signature, hash (CA key A000000333/F1)'],
      ['sm2-contact', oldSignature, 'dynamic-signature, signature (CA key A000000333/F3)'],
      ['debit-contact', noSignature, 'dynamic-signature, missing (CA key A000000333/F1)'],
    ])('of %s with %o: %s', async (id, forgery, finding) => {
      const { out } = await look(freshTray(), id, [], [forgery]);
      expect(out).toContain(`  ODA             NOT GENUINE: ${finding}`);
    });

    it('to a terminal without SM keys, of the RSA chain', async () => {
      const { out } = await look(freshTray(), 'sm2-contact', ['--ca-keys', UNIONPAY_KEYS]);
      expect(out).toContain('  ODA             not checked: no CA key A000000333/F1; see --ca-keys');
    });

    it('of a card that leaves before it has signed: the certificates', async () => {
      const leaves: Behaviour = (command, _n, next) => (isInternalAuthenticate(command) ? 'gone' : next(command));
      const { exitCode, out } = await look(freshTray(), 'debit-contact', [], [leaves]);
      expect(exitCode).toBe(1);
      expect(out).toContain(
        '  ODA             certificates genuine: CA key A000000333/F1, issuer RSA, card RSA; nothing was signed here, so a copy would pass',
      );
    });

    it('in JSON, with its method and key', async () => {
      const authentication = async (id: string, ...faults: Behaviour[]) =>
        JSON.parse((await look(freshTray(), id, ['--json'], faults)).out.join('')).applications[0].authentication;
      expect(await authentication('debit-contact')).toEqual({
        kind: 'card-genuine',
        method: 'dda',
        caKeyIndex: 0xf1,
        issuerAlgorithm: 'rsa',
        cardAlgorithm: 'rsa',
        text: 'genuine by DDA: CA key A000000333/F1, issuer RSA, card RSA',
      });
      expect(await authentication('sm2-sda-contact')).toEqual({
        kind: 'data-genuine',
        method: 'sda',
        caKeyIndex: 0xf3,
        issuerAlgorithm: 'sm2',
        text: 'genuine by SDA: CA key A000000333/F3, issuer SM2; a copy would pass',
      });
      expect(await authentication('rich')).toMatchObject({ kind: 'certificates-genuine', method: 'fdda' });
      expect(await authentication('debit-contact', oldSignature)).toEqual({
        kind: 'failed',
        caKeyIndex: 0xf1,
        object: 'dynamic-signature',
        check: 'hash',
        text: 'NOT GENUINE: dynamic-signature, hash (CA key A000000333/F1)',
      });
    });
  });

  it('shows no PAN unless it is asked to, and all of it decoded as JSON', async () => {
    const pan = trayAccounts().find(({ cardId }) => cardId === 'rich')?.pan ?? 'none';
    const { out } = await look(freshTray(), 'rich', ['--json']);
    expect(out.join('')).not.toContain(pan);
    const card = JSON.parse(out.join(''));
    expect(card).toMatchObject({
      reader: 'Memory Reader',
      interface: 'contactless',
      atr: { value: '3B80800101' },
      directory: 'PPSE',
      blocked: false,
      torn: false,
      applications: [
        {
          aid: 'A000000333010101',
          pan: '629999*********0012',
          expiry: '2049-12-31',
          expired: false,
          electronicCash: { balanceMinor: 80_000, singleLimitMinor: 100_000 },
          atc: 1,
          pinTriesLeft: 3,
          authentication: { kind: 'certificates-genuine', caKeyIndex: 0xf1 },
          processing: { kind: 'qpboc', decision: 'arqc', aip: '7C00' },
          log: [],
        },
      ],
    });
    expect(
      card.applications[0].records.map(({ sfi, record }: { sfi: number; record: number }) => `${sfi}.${record}`),
    ).toEqual(['2.1', '2.2', '2.3', '3.1']);
    const shown = await look(freshTray(), 'rich', ['--json', '--show-pan']);
    expect(JSON.parse(shown.out.join('')).applications[0].pan).toBe(pan);
  });

  it('lists payments, newest first', async () => {
    const tray = freshTray();
    const chip = tray.chip('rich');
    if (chip === undefined) throw new Error('no card');
    chip.power();
    for (const amount of ['000000001280', '000000000500']) payWith(chip, amount);
    const { out } = await look(tray, 'rich');
    const log = out.slice(out.findIndex((line) => line.startsWith('  Payments')));
    expect(log.slice(0, 3)).toEqual([
      '  Payments, newest first',
      '     1  2025-06-01  00:00:00  ¥5.00  purchase  ATC 3',
      '     2  2025-06-01  00:00:00  ¥12.80  purchase  ATC 2',
    ]);
    expect(out.join('\n')).toContain('Cash            ¥782.20');
  });

  it('of a card that leaves says so', async () => {
    const { exitCode, out } = await look(freshTray(), 'rich', [], [tearAt(9, 'after-card')]);
    expect(exitCode).toBe(1);
    expect(out).toContain('Torn       the card left before everything was read');
    expect(out.join('\n')).toContain('JIANGDU CARD');
  });

  it('waits for a card, and finds its reader by a part of the name', async () => {
    const readers = memoryReaders({
      readers: [
        { name: 'ACME contact 00 00', role: 'contact' },
        { name: 'ACME tap 00 01', role: 'contactless' },
      ],
    });
    const chip = freshTray().chip('poor');
    if (chip === undefined) throw new Error('no card');
    const running = cli(['card', 'inspect', '--reader', 'tap', ...ALONE], {
      openReaders: async () => readers,
      sleep: () => new Promise(() => {}),
    });
    await new Promise((resolve) => setImmediate(resolve));
    await readers.field(1).place(chip);
    const { exitCode, out, err } = await running;
    expect(exitCode).toBe(0);
    expect(err).toEqual(['put a card on "ACME tap 00 01" (Ctrl-C ends)']);
    expect(out[0]).toBe('Reader     ACME tap 00 01: contactless');
    expect(out.join('\n')).toContain('not checked: no CA key A000000333/F1; see --ca-keys');
  });

  it('says which readers there are, and when none is or no card comes', async () => {
    const openReaders = async () => memoryReaders();
    const other = await cli(['card', 'inspect', '--reader', 'nosuch', ...ALONE], { openReaders });
    expect(other).toMatchObject({ exitCode: 1, out: [] });
    expect(other.err.join()).toContain('no reader is called "nosuch". There are: "Memory Reader".');
    const none = await cli(['card', 'inspect', ...ALONE], { openReaders: async () => memoryReaders({ readers: [] }) });
    expect(none.err.join()).toContain('there is no card reader. Plug one in, and check that pcscd runs.');
    const empty = await cli(['card', 'inspect', '--wait', '1', ...ALONE], { openReaders });
    expect(empty.err.join()).toContain('no card came');
    expect((await cli(['card', 'inspect', '--wait', 'long', ...ALONE], { openReaders })).exitCode).toBe(2);
  });

  it('leaves the readers of a daemon alone', async () => {
    const status = {
      terminal: 'T1',
      readers: [{ name: 'Memory Reader', role: 'contactless', state: 'empty' }],
      clearing: { reachable: true },
      queue: { unacknowledgedCount: 0, unacknowledgedSumMinor: 0 },
      hotlist: { version: 0 },
      limits: { floorMinor: 0, cvmMinor: 0, transactionMinor: 0 },
      openIntent: false,
    };
    const { exitCode, err } = await cli(['card', 'inspect'], {
      fetch: async () => Response.json(status),
      openReaders: async () => {
        throw new Error('opened');
      },
    });
    expect(exitCode).toBe(1);
    expect(err.join()).toContain(
      'the daemon at http://127.0.0.1:7400 uses the reader "Memory Reader". End the daemon, or name a reader',
    );
  });
});

/** A payment at another terminal, in literal commands. */
function payWith(chip: { transmit(command: Uint8Array): Uint8Array }, amount: string): void {
  const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(' ', ''), 'hex'));
  const select = '00A4040008 A000000333010101 00';
  const gpo = `80A8000023 8321 26000080 ${amount} 000000000000 0156 0000000000 0156 250601 00 11223344 00`;
  chip.transmit(bytes(select));
  const answer = Buffer.from(chip.transmit(bytes(gpo)))
    .toString('hex')
    .toUpperCase();
  const afl = /94([0-9A-F]{2})/.exec(answer);
  const entries = answer.slice((afl?.index ?? 0) + 4, (afl?.index ?? 0) + 4 + 2 * Number.parseInt(afl?.[1] ?? '0', 16));
  for (const [, file = '', first = '', last = ''] of entries.matchAll(/(..)(..)(..)../g)) {
    for (let record = Number.parseInt(first, 16); record <= Number.parseInt(last, 16); record++) {
      chip.transmit(Uint8Array.of(0x00, 0xb2, record, Number.parseInt(file, 16) | 0x04, 0x00));
    }
  }
}

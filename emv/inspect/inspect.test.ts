import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runStepSync } from '../kernel/index.ts';
import { CDA, DDA, SDA } from '../kernel/testing/debit-credit-cards.ts';
import { MODERN, type Script } from '../kernel/testing/golden-cards.ts';
import { INPUT } from '../kernel/testing/play.ts';
import { caKeysOf } from '../oda/index.ts';
import { hex, toHex } from '../values/index.ts';
import { type InspectInput, inspect } from './inspect.ts';

const TODAY = { year: 2025, month: 6, day: 1 };
const PSE = '00A404000E315041592E5359532E444446303100';
const PPSE = '00A404000E325041592E5359532E444446303100';
const SELECT = '00A4040008A00000033301010100';

const answerTo = (name: string): string => MODERN.find((one) => one.name === name)?.answer ?? '';

/** MODERN's files; a log of payments in SFI 11, one of loads in SFI 12. */
const FILES: Readonly<Record<string, string>> = {
  '00B2010C00': answerTo('record 1.1'),
  '00B2020C00': answerTo('record 1.2'),
  '00B2011400': answerTo('record 2.1'),
  '80CA9F3600': '9F360200079000',
  '80CA9F1300': '9F130200029000',
  '80CA9F1700': '9F1701039000',
  '80CA9F7900': answerTo('balance'),
  '80CA9F7700': '9F77060000001000009000',
  '80CA9F7800': '9F78060000000500009000',
  '80CA9F6D00': '9F6D060000000010009000',
  '80CADF4F00': 'DF4F0E9A039F21039F1A029F4E049F36029000',
  '00B2015C00': '25053112153000000000125000000000000001560156BDADB6BC000000000000000000000000000000000000069000',
  '00B2016400': '9F790000000010000000000060002505301011120156BDADB6BC00059000',
  '00B2026400': 'FFFF9000',
};
const FCI =
  '6F458408A000000333010101A53950074A49414E4744558701019F38189F66049F02069F03069F1A0295055F2A029A039C019F37045F2D027A68BF0C0A9F4D020B0ADF4D020C0A9000';
const CARD = { ...FILES, [SELECT]: FCI };

/** The full flow: AIP and AFL in format 1, whatever the PDOL's values. */
const DEBIT_CREDIT = '800A7C0008010200100101019000';

interface Asked {
  readonly commands: readonly string[];
  readonly report: ReturnType<typeof runInspection>['report'];
}

function runInspection(input: InspectInput, answer: (command: string) => string) {
  const commands: string[] = [];
  const report = runStepSync(inspect(input), (request) => {
    if (request.name !== 'exchange') throw new Error(request.name);
    const command = toHex(request.command);
    commands.push(command);
    const response = answer(command);
    return response === '' ? { kind: 'torn' } : { kind: 'answered', response: hex(response) };
  });
  return { commands, report };
}

/** Looks at a card that knows these commands; `gpo` answers GET PROCESSING OPTIONS, all else is 6A82. */
function look(
  card: Readonly<Record<string, string>>,
  gpo: string | ((command: string) => string),
  input: Partial<InspectInput> = {},
): Asked {
  const whole: InspectInput = { over: 'contactless', date: TODAY, caKeys: INPUT.caKeys, ...input };
  return runInspection(whole, (command) => {
    if (command.startsWith('80A8')) return typeof gpo === 'string' ? gpo : gpo(command);
    return card[command] ?? '6A82';
  });
}

/** SELECT, READ RECORD, GET DATA, GET PROCESSING OPTIONS, GET RESPONSE: none of them makes a card pay with amount 0. */
const HARMLESS = /^(00A4|00B2|80CA|80A8|00C0)/;

describe('an inspection', () => {
  it('of a card with the full flow reads who it is, its money, its logs and its certificates', () => {
    const { report, commands } = look(CARD, DEBIT_CREDIT);
    const [application, ...others] = report.applications;
    expect(others).toEqual([]);
    expect(application).toMatchObject({
      label: 'JIANGDU',
      foundBy: 'name',
      blocked: false,
      panSequence: 1,
      expiry: { year: 2030, month: 12, day: 31 },
      electronicCash: { balance: 5000, balanceLimit: 100_000, singleLimit: 50_000, resetThreshold: 1000 },
      atc: 7,
      lastOnlineAtc: 2,
      pinTriesLeft: 3,
      processing: { kind: 'debit-credit', aip: hex('7C00'), afl: hex('0801020010010101') },
      authentication: { kind: 'certificates-genuine', caKeyIndex: 0x80, issuerAlgorithm: 'rsa', cardAlgorithm: 'rsa' },
    });
    expect(application?.pan?.masked).toBe('629999*********4567');
    expect(application?.log).toHaveLength(1);
    expect(application?.log?.[0]?.fields.map(({ tag, value }) => `${tag.toString(16)} ${toHex(value)}`)).toEqual([
      '9a 250531',
      '9f21 121530',
      '9f02 000000001250',
      '9f03 000000000000',
      '9f1a 0156',
      '5f2a 0156',
      `9f4e ${'BDADB6BC'.padEnd(40, '0')}`,
      '9c 00',
      '9f36 0006',
    ]);
    expect(application?.loadLog).toMatchObject([{ record: 1, balances: { before: 1000, after: 6000 } }]);
    for (const command of commands) expect(command).toMatch(HARMLESS);
  });

  it('asks contact cards by their PSE, contactless ones by their PPSE', () => {
    const contact = look(
      {
        [PSE]: '6F15840E315041592E5359532E4444463031A5038801029000',
        '00B2011400': '700C610A4F08A0000003330101019000',
        [SELECT]: FCI,
      },
      DEBIT_CREDIT,
      { over: 'contact', names: [] },
    );
    expect(contact.report).toMatchObject({
      directory: 'PSE',
      applications: [{ foundBy: 'directory', label: 'JIANGDU' }],
    });
    const { report, commands } = look({ [PPSE]: answerTo('ppse'), [SELECT]: FCI }, DEBIT_CREDIT);
    expect(commands[0]).toBe(PPSE);
    expect(report).toMatchObject({ directory: 'PPSE', applications: [{ foundBy: 'directory' }] });
    expect(report.applications).toHaveLength(1);
  });

  it('says amount 0 and asks for an online cryptogram; a card that refuses the full flow is asked for qPBOC', () => {
    const { report, commands } = look(CARD, (command) => (command.includes('832140800000') ? '6985' : '6986'));
    const options = commands.filter((command) => command.startsWith('80A8'));
    expect(options).toEqual([
      '80A8000023832140800000000000000000000000000000015600000000000156250601310000000000',
      '80A8000023832120800080000000000000000000000000015600000000000156250601310000000000',
    ]);
    expect(commands.filter((command) => command === SELECT)).toHaveLength(2);
    expect(report.applications[0]?.processing).toEqual({ kind: 'refused', sw: 0x6986 });
  });

  it('never reads the last record after a TC', () => {
    const { report, commands } = look(CARD, answerTo('gpo'));
    expect(commands).not.toContain('00B2021400');
    expect(commands.filter((command) => command.startsWith('00B20')).slice(-3)).toEqual([
      '00B2010C00',
      '00B2020C00',
      '00B2011400',
    ]);
    expect(report.applications[0]).toMatchObject({
      processing: { kind: 'qpboc', decision: 'tc' },
      authentication: { kind: 'certificates-genuine' },
    });
  });

  it('takes an answer whose decision cannot be read for a TC', () => {
    const odd = '771E9F2608112233445566778882027C00940808010200100102019F36020007';
    const { commands } = look(CARD, `${odd}9000`);
    expect(commands).toContain('00B2011400');
    expect(commands).not.toContain('00B2021400');
  });

  it('finds records without an AFL, and what the certificate covers', () => {
    const arqc = answerTo('gpo').replace('0390000001', '03A0000001');
    const { report } = look(CARD, arqc);
    expect(report.applications[0]).toMatchObject({
      processing: { kind: 'qpboc', decision: 'arqc' },
      authentication: { kind: 'certificates-genuine', caKeyIndex: 0x80 },
    });
    expect(report.applications[0]?.records.map(({ sfi, record }) => [sfi, record])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
    ]);
  });

  it('says at which check the certificates fail', () => {
    const unknown = look(CARD, DEBIT_CREDIT, { caKeys: caKeysOf([]) });
    expect(unknown.report.applications[0]?.authentication).toEqual({
      kind: 'failed',
      caKeyIndex: 0x80,
      failure: { kind: 'failed', object: 'ca-key', check: 'unknown' },
    });
    const changed = { ...CARD, '00B2011400': answerTo('record 2.1').replace('5F2403301231', '5F2403311231') };
    expect(look(changed, DEBIT_CREDIT).report.applications[0]?.authentication).toMatchObject({
      failure: { object: 'icc-certificate', check: 'hash' },
    });
    expect(look(changed, '6985').report.applications[0]?.authentication).toEqual({
      kind: 'issuer-genuine',
      caKeyIndex: 0x80,
      issuerAlgorithm: 'rsa',
    });
    expect(look({ [SELECT]: FCI }, DEBIT_CREDIT).report.applications[0]?.authentication).toEqual({ kind: 'none' });
  });

  describe('of the full flow', () => {
    const GENUINE = { caKeyIndex: 0x82, issuerAlgorithm: 'rsa' } as const;
    const NUMBER = { unpredictableNumber: hex('11223344') };
    const lookAt = (script: Script, input: Partial<InspectInput>) =>
      look(
        Object.fromEntries(script.map(({ command, answer }) => [command, answer])),
        script.find(({ name }) => name === 'gpo')?.answer ?? '',
        { over: 'contact', ...input },
      );
    const verdictOf = ({ report }: Asked) => report.applications[0]?.authentication;
    const SIGN = '00880000041122334400';

    it('has the card sign the number of this inspection, by DDA', () => {
      const asked = lookAt(DDA, NUMBER);
      expect(asked.commands.filter((command) => command.startsWith('0088'))).toEqual([SIGN]);
      expect(verdictOf(asked)).toEqual({ kind: 'card-genuine', method: 'dda', ...GENUINE, cardAlgorithm: 'rsa' });
    });

    it('finds a signature over another number, and one that is not given', () => {
      const failure = (check: string) => ({
        kind: 'failed',
        caKeyIndex: 0x82,
        failure: { kind: 'failed', object: 'dynamic-signature', check },
      });
      const signed = DDA.find(({ name }) => name === 'internal authenticate')?.answer ?? '';
      const copy = [...DDA, { name: 'old signature', command: '00880000041122334500', answer: signed }];
      expect(verdictOf(lookAt(copy, { unpredictableNumber: hex('11223345') }))).toEqual(failure('hash'));
      const mute = DDA.filter(({ name }) => name !== 'internal authenticate');
      expect(verdictOf(lookAt(mute, NUMBER))).toEqual(failure('missing'));
    });

    it('leaves open what only a payment proves, and what was not asked', () => {
      const open = { kind: 'certificates-genuine', ...GENUINE, cardAlgorithm: 'rsa' };
      const combined = lookAt(CDA, NUMBER);
      expect(verdictOf(combined)).toEqual({ ...open, method: 'cda' });
      const unasked = lookAt(DDA, {});
      expect(verdictOf(unasked)).toEqual({ ...open, method: 'dda' });
      for (const command of [...combined.commands, ...unasked.commands]) expect(command).toMatch(HARMLESS);
    });

    it('verifies the issuer’s signature by SDA, and finds data that it does not cover', () => {
      expect(verdictOf(lookAt(SDA, NUMBER))).toEqual({ kind: 'data-genuine', method: 'sda', ...GENUINE });
      const changed = SDA.map((one) => ({ ...one, answer: one.answer.replace('5F2403301231', '5F2403311231') }));
      expect(verdictOf(lookAt(changed, NUMBER))).toMatchObject({
        failure: { object: 'static-signature', check: 'hash' },
      });
      const unread = SDA.filter(({ name }) => name !== 'record 1.3');
      expect(verdictOf(lookAt(unread, NUMBER))).toMatchObject({
        failure: { object: 'static-signature', check: 'missing' },
      });
      const cut = SDA.filter(({ name }) => name !== 'record 2.1');
      expect(verdictOf(lookAt(cut, NUMBER))).toEqual({ kind: 'none' });
    });
  });

  it('of a blocked application and a blocked card says so', () => {
    const blocked = { ...CARD, [SELECT]: FCI.replace(/9000$/, '6283') };
    expect(look(blocked, '6985').report.applications[0]).toMatchObject({ blocked: true });
    expect(runInspection({ over: 'contactless', date: TODAY, caKeys: INPUT.caKeys }, () => '6A81').report).toEqual({
      directory: undefined,
      applications: [],
      blocked: true,
      torn: false,
    });
  });

  it('of a card that leaves at any command reports what was read by then', () => {
    const { commands } = look(CARD, DEBIT_CREDIT);
    for (let last = 0; last < commands.length; last++) {
      let asked = 0;
      const { report } = look(
        new Proxy(CARD, { get: (card, command: string) => (asked++ >= last ? '' : Reflect.get(card, command)) }),
        () => (asked++ >= last ? '' : DEBIT_CREDIT),
      );
      expect(report.torn).toBe(true);
      expect(asked).toBe(last + 1);
    }
  });

  it('of any card ends, bounded, and sends nothing that pays', () => {
    const answers = fc.oneof(
      fc.constantFrom(
        '9000',
        '6A82',
        '6A83',
        '6985',
        '6283',
        '61FF',
        '6C00',
        FCI,
        DEBIT_CREDIT,
        answerTo('gpo'),
        answerTo('ppse'),
      ),
      fc.uint8Array({ minLength: 2, maxLength: 60 }).map(toHex),
    );
    fc.assert(
      fc.property(
        fc.array(answers, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('contact' as const, 'contactless' as const),
        (list, over) => {
          let at = 0;
          const { commands } = runInspection(
            { over, date: TODAY, caKeys: INPUT.caKeys },
            () => list[at++ % list.length] ?? '',
          );
          expect(commands.length).toBeLessThan(4_000);
          for (const command of commands) expect(command).toMatch(HARMLESS);
        },
      ),
      { numRuns: 300 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../../emv/values/index.ts';
import { debitCardOf, firstAc, goldenDebitCard, gpoWithCash, SELECT, secondAc } from './golden-debit-card.ts';

const SEED = 20_250_601;

const amount = fc.integer({ min: 0, max: 6000 }).map((fen) => String(fen).padStart(12, '0'));
const p1 = fc.constantFrom('40', '40', '40', '50', '00', '80', '90');
const arc = fc.constantFrom('3030', '3035', '5933', '5A33');
const gpo = fc.tuple(amount, fc.constantFrom('00', '01')).map(([fen, indicator]) => gpoWithCash(fen, indicator));
const first = fc.tuple(p1, amount).map(([kind, fen]) => firstAc(kind, fen));
const second = fc.tuple(p1, arc).map(([kind, code]) => secondAc(kind, code));
/** Right for the first transaction of the golden card that asks for an ARQC of ¥12.50. */
const ISSUER = [
  '008200000A 42756C1835A2F17D 3030',
  '04DA9F790A 000000008000 73EAEBEC',
  '04DA9F780A 000000001000 EF585B13',
  '841E000004 B72495B7',
  '8424000004 349ADC48',
  '8424000214 D65BFF8279300B54751E7E6360BBA25D EB632F33',
  '04DC010C09 7003570112 569077EA',
];
const OTHERS = [
  SELECT,
  '00A404000E 315041592E5359532E4444463031 00',
  '0020008008 26123456FFFFFFFF',
  '0020008008 26123457FFFFFFFF',
  '0084000000',
  '0088000004 11223344 00',
  '80CA9F3600',
  '00B2010C00',
  '00B2015C00',
  '00B2016400',
];
const anyCommand = fc.oneof(fc.constantFrom(...ISSUER, ...OTHERS), gpo, first, second);

type Step = { readonly kind: 'command'; readonly command: Uint8Array } | { readonly kind: 'power' };
const sends = (command: string): Step => ({ kind: 'command', command: hex(command) });

/** Transactions in their order; single commands; commands with one byte changed; bytes at random; the power switched off. */
const phrase: fc.Arbitrary<Step[]> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(gpo, first).map(([open, ac]) => [SELECT, open, ac].map(sends)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.shuffledSubarray(ISSUER), second)
      .map(([scripts, ac]) =>
        [SELECT, gpoWithCash('000000001250', '00'), firstAc('80'), ISSUER[0] ?? '', ac, ...scripts].map(sends),
      ),
  },
  { weight: 3, arbitrary: anyCommand.map((command) => [sends(command)]) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(anyCommand.map(hex), fc.nat(), fc.nat(255))
      .map(([command, at, value]): Step[] => [
        { kind: 'command', command: command.map((byte, here) => (here === at % command.length ? value : byte)) },
      ]),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((command): Step[] => [{ kind: 'command', command }]) },
  { weight: 1, arbitrary: fc.constant<Step[]>([{ kind: 'power' }]) },
);
const steps = fc.array(phrase, { maxLength: 12 }).map((phrases) => phrases.flat());

const CARDS = [
  ['T=1', { electronicCash: true }, 't1'],
  ['T=0', { electronicCash: true }, 't0'],
  ['format 80, CDA', { electronicCash: true, format: 0x80, authentication: ['dda', 'cda'] }, 't1'],
] as const;

/** What a wrong MAC must leave alone. */
const untouched = (card: ReturnType<typeof goldenDebitCard>): string =>
  JSON.stringify({ ...card.memory(), scriptFailed: 0, debitCredit: 0 });

describe.each(CARDS)('any commands at all: %s', (_, order, manners) => {
  it('are answered; counters rise; money moves by a TC of electronic cash or by a load alone', () => {
    const { profile } = goldenDebitCard(order, { chip: { manners } });
    const seen = { payments: 0, loads: 0, wrongMacs: 0 };
    fc.assert(
      fc.property(steps, (all) => {
        const card = debitCardOf(profile, {});
        for (const step of all) {
          if (step.kind === 'power') {
            card.card.power();
            continue;
          }
          const before = { ...card.memory(), untouched: untouched(card) };
          const command = toHex(step.command);
          const answer = toHex(card.card.transmit(step.command));
          const after = card.memory();
          expect(answer.length).toBeGreaterThanOrEqual(4);
          expect(after.balance).toBeGreaterThanOrEqual(0);
          expect(after.atc - before.atc).toBe(after.atc === before.atc ? 0 : 1);
          expect(after.lastOnlineAtc).toBeGreaterThanOrEqual(before.lastOnlineAtc);
          expect(after.lastOnlineAtc).toBeLessThanOrEqual(after.atc);
          const paid = before.balance - after.balance;
          if (paid > 0) {
            expect(command).toMatch(/^80AE[45]000/);
            expect(answer).toMatch(manners === 't0' ? /^61/ : /9F2701409F3602|^80..40/);
            expect(paid).toBe(Number(command.slice(10, 22)));
            seen.payments += 1;
          }
          if (paid < 0) {
            expect(command).toBe('04DA9F790A00000000800073EAEBEC');
            seen.loads += 1;
          }
          if (after.pin !== before.pin) expect(command.startsWith('84240002')).toBe(true);
          if (after.pinTries > before.pinTries) expect(command).toMatch(/^(00200080|8424)/);
          if (answer === '6988') {
            expect(untouched(card)).toBe(before.untouched);
            seen.wrongMacs += 1;
          }
        }
      }),
      { seed: SEED, numRuns: 200 },
    );
    // The commands do get that far, so the property says something.
    expect(seen.payments).toBeGreaterThan(10);
    expect(seen.wrongMacs).toBeGreaterThan(10);
    if (manners === 't1' && !('format' in order)) expect(seen.loads).toBeGreaterThan(0);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import { goldenCard, gpo, TAP } from './golden-card.ts';

const SEED = 20_250_601;

const amount = fc.integer({ min: 0, max: 6000 }).map((fen) => String(fen).padStart(12, '0'));
const ttq = fc.constantFrom('26000080', '26000000', '26400080', '26800080', '28000080', '46000000');
const options = fc.tuple(ttq, amount).map(([qualifiers, fen]) => gpo(qualifiers, fen));
const anyCommand = fc.oneof(
  fc.constantFrom(TAP.ppse, TAP.select, TAP.last, '00B2013416', '00B2023400', '00B2011C00', '00B2015C00', '80CA9F7900'),
  options,
);

type Step = { readonly kind: 'command'; readonly command: Uint8Array } | { readonly kind: 'power' };
const sends = (command: Uint8Array): Step => ({ kind: 'command', command });

/** Whole payments in their order; single commands; commands with one byte changed; bytes at random; the field switched off. */
const phrase: fc.Arbitrary<Step[]> = fc.oneof(
  { weight: 3, arbitrary: options.map((sent) => [TAP.select, sent, '00B2013416', '00B2023400'].map(hex).map(sends)) },
  { weight: 3, arbitrary: anyCommand.map((command) => [sends(hex(command))]) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(anyCommand.map(hex), fc.nat(), fc.nat(255))
      .map(([command, at, value]) => [
        sends(command.map((byte, here) => (here === at % command.length ? value : byte))),
      ]),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }).map((command) => [sends(command)]) },
  { weight: 1, arbitrary: fc.constant<Step[]>([{ kind: 'power' }]) },
);
const steps = fc.array(phrase, { maxLength: 15 }).map((phrases) => phrases.flat());

const CARDS = [
  ['signature beside the cryptogram', {}, {}, '00B20134'],
  ['signature in a record', { chain: { ca: 'F1', issuer: 'issuer-1408', card: 'icc-1152' } }, {}, '00B20234'],
  ['over the contacts', {}, { manners: 't0' }, '00B20134'],
] as const;

describe.each(CARDS)('any commands at all: %s', (_, unusual, chipUnusual, lastRecord) => {
  it('never throw, and move money only by the last record of an agreed payment', () => {
    let payments = 0;
    fc.assert(
      fc.property(steps, (all) => {
        const { card, memory } = goldenCard(unusual, chipUnusual);
        /** The amount of the payment that the card has agreed to and not made. */
        let agreed: number | undefined;
        for (const at of all) {
          const before = memory();
          if (at.kind === 'power') {
            card.power();
            agreed = undefined;
            continue;
          }
          const command = toHex(at.command);
          const answer = toHex(card.transmit(at.command));
          const after = memory();
          if (before === undefined || after === undefined) throw new Error('no application');
          expect(answer.length).toBeGreaterThanOrEqual(4);

          const paid = before.balance - after.balance;
          if (paid !== 0) {
            expect(command.startsWith(lastRecord)).toBe(true);
            expect(answer.slice(-4)).toBe('9000');
            expect(paid).toBe(agreed);
            expect(after.log[0]).toBeDefined();
            payments += 1;
            agreed = undefined;
          }
          const counted = after.atc - before.atc;
          expect(counted === 0 || (counted === 1 && command.startsWith('80A80000'))).toBe(true);
          if (command.startsWith('00A404') && /^6(F|1)/.test(answer)) agreed = undefined;
          if (counted === 1) agreed = after.balance >= 0 ? Number(command.slice(22, 34)) : undefined;
          expect(after.balance).toBeGreaterThanOrEqual(0);
          expect(after.log.length).toBeLessThanOrEqual(10);
        }
      }),
      { seed: SEED, numRuns: 120 },
    );
    // The commands do reach payments, so the property says something.
    expect(payments).toBeGreaterThan(10);
  });
});

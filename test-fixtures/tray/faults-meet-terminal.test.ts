import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex } from '../../emv/values/index.ts';
import {
  type Behaviour,
  duplicated,
  endlessMoreFrom,
  forgedSignature,
  garbageAt,
  lyingAfl,
  silentAt,
  statusAt,
  tearAt,
  truncatedAt,
  withheld,
  wrongCa,
} from '../card/index.ts';
import { buy } from './purchase-at-terminal.ts';

/** More commands than a purchase has. */
const MAX_COMMANDS = 12;
const AMOUNT = 1_280;

/** Whatever a faulty card did: what its chip has paid is told, and nothing is approved that it has not paid. */
function expectAccountedFor(faults: readonly Behaviour[]): string {
  const { outcome, paid, paidBeforeIntent } = buy('rich', AMOUNT, { faults });
  expect(paidBeforeIntent).toBe(false);
  if (outcome.kind === 'approved') expect([outcome.fundedBy, paid]).toEqual(['chip', AMOUNT]);
  else if (paid > 0)
    expect(outcome).toMatchObject(outcome.kind === 'torn' ? { at: 'after-intent' } : { debited: 'chip' });
  return outcome.kind;
}

const EACH_COMMAND = Array.from({ length: MAX_COMMANDS }, (_, at) => at + 1);

describe('a card that fails at one command', () => {
  it.each<[string, (n: number) => Behaviour]>([
    ['leaves before it', (n) => tearAt(n, 'before-card')],
    ['leaves after it', (n) => tearAt(n, 'after-card')],
    ['is silent', silentAt],
    ['says nothing but 6F00', (n) => statusAt(n, 0x6f00)],
    ['says nothing but 9000', (n) => statusAt(n, 0x9000)],
    ['ends its answer early', (n) => truncatedAt(n)],
    ['says 61xx without end', endlessMoreFrom],
    ['says garbage', (n) => garbageAt(n, hex('FFFFFFFFFFFF9000'))],
    ['answers one byte', (n) => garbageAt(n, hex('90'))],
  ])('%s: no fen is lost sight of', (_, fault) => {
    const kinds = EACH_COMMAND.map((n) => {
      const { outcome, paid } = buy('rich', AMOUNT, { faults: [fault(n)] });
      // A record that was never given is not taken for a payment: the card's balance is asked.
      if (outcome.kind === 'declined') expect(outcome.debited).toBe(paid > 0 ? 'chip' : 'none');
      return expectAccountedFor([fault(n)]);
    });
    expect(kinds[0]).not.toBe('approved');
    expect(kinds.at(-1)).toBe('approved');
  });
});

describe('a card that lies', () => {
  it.each<[string, Behaviour, string]>([
    ['about its AFL', lyingAfl(hex('10010300')), 'declined'],
    ['about its CA', wrongCa(0xf9), 'declined'],
    ['in its signature', forgedSignature(), 'declined'],
    ['about its number, twice', duplicated(0x5a), 'declined'],
    ['by leaving its certificate out', withheld(0x90), 'declined'],
  ])('%s', (_, fault, kind) => {
    expect(expectAccountedFor([fault])).toBe(kind);
  });

  it('with any bytes at any command', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: MAX_COMMANDS }), fc.uint8Array({ maxLength: 258 }), (n, answer) => {
        expectAccountedFor([garbageAt(n, answer)]);
      }),
      { seed: 20_250_601, numRuns: 40 },
    );
  });
});

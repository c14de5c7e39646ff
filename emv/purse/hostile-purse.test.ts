import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, hex, parseHex, Secret, toHex } from '../values/index.ts';
import { recoverPurseLoad } from './credit.ts';
import type { PurseIntent } from './intent.ts';
import { purseLoad } from './load.ts';
import { pursePurchase } from './purchase.ts';
import { recoverPursePurchase } from './recover-purchase.ts';
import { type PurseAnswer, type PurseRequest, type PurseStep, runPurseStepSync } from './requests.ts';
import {
  APPLICATION,
  BALANCE_BEFORE,
  COUNTER_7,
  LOAD,
  LOAD_INPUT,
  LOAD_RECOVERED,
  LOGGED,
  PROOF,
  PURCHASE,
  PURCHASE_INPUT,
  RECOVERED,
  type Script,
} from './testing/golden-purse.ts';

/** SELECT, files, PSAM, three PINs, INITIALIZE, DEBIT, proof, balance, log, counter, verdict: each within four rounds. */
const MAX_EXCHANGES = (3 + 3 + 3 + 1 + 1 + 1 + 1 + 1 + 10 + 1 + 1) * 4;

/** What a hostile card or PSAM may do with one answer. */
type Trick =
  | { readonly kind: 'genuine' | 'torn' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'flip'; readonly at: number; readonly mask: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'of-another-command'; readonly index: number };

const WORDS = [
  '9000',
  '9302',
  '9401',
  '9403',
  '9406',
  '6901',
  '6985',
  '6983',
  '63C2',
  '63C0',
  '6D00',
  '6108',
  '6C04',
  '6C00',
];

const tricks: fc.Arbitrary<Trick> = fc.oneof(
  { weight: 14, arbitrary: fc.constant({ kind: 'genuine' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'torn' } as const) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('bytes' as const),
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(...WORDS).map(hex),
        fc.uint8Array({ maxLength: 40 }).map((data) => concat(data, hex('9000'))),
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('flip' as const),
      at: fc.nat(40),
      mask: fc.integer({ min: 1, max: 255 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('of-another-command' as const), index: fc.nat(20) }) },
);

function play(trick: Trick, genuine: Uint8Array, script: Script): PurseAnswer {
  switch (trick.kind) {
    case 'torn':
      return { kind: 'torn' };
    case 'genuine':
      return { kind: 'answered', response: genuine };
    case 'bytes':
      return { kind: 'answered', response: trick.bytes };
    case 'flip': {
      const at = trick.at % Math.max(1, genuine.length - 2);
      return { kind: 'answered', response: genuine.with(at, (genuine[at] ?? 0) ^ trick.mask) };
    }
    case 'cut':
      return { kind: 'answered', response: concat(genuine.subarray(0, trick.at), hex('9000')) };
    case 'of-another-command':
      return { kind: 'answered', response: hex(script[trick.index % script.length]?.answer ?? '9000') };
  }
}

function against<T>(step: PurseStep<T>, script: Script, list: readonly Trick[]) {
  let exchanges = 0;
  const asked: PurseRequest[] = [];
  let genuineMac2 = 0;
  const result = runPurseStepSync(step, (request): PurseAnswer => {
    asked.push(request);
    switch (request.name) {
      case 'exchange': {
        const command = toHex(request.command);
        const known = script.find((one) => one.to === request.to && one.command === command);
        const trick = list[exchanges++ % list.length] ?? { kind: 'genuine' };
        // The PSAM is ours: it takes the true MAC2 alone for genuine, whatever the card plays.
        if (command.startsWith('80720000')) {
          const right = command === '8072000004D5BA4A53';
          if (right) genuineMac2++;
          return { kind: 'answered', response: hex(right ? '9000' : '9302') };
        }
        return play(trick, parseHex(known?.answer ?? '6A88') ?? hex('6F00'), script);
      }
      case 'save-intent':
        return { kind: 'saved' };
      case 'check-exception-file':
        return { listed: false };
      case 'check-offline-limits':
        return { kind: 'allowed' };
      case 'verify-cardholder':
        return { kind: 'entered', pin: new Secret(new TextEncoder().encode('123456')) };
      case 'authorise-load':
        return {
          kind: 'approved',
          mac2: hex('D753D841'),
          date: { year: 2025, month: 6, day: 1 },
          time: { hour: 12, minute: 31, second: 0 },
          authorisationId: 'L1',
        };
    }
  });
  return { result, exchanges, asked, genuineMac2 };
}

const lists = fc.array(tricks, { minLength: 1, maxLength: 24 });
const ENOUGH = { numRuns: 1_500 };
const EXTRA: Script = [PROOF, LOGGED, COUNTER_7, BALANCE_BEFORE];

const debits = (asked: readonly PurseRequest[]) =>
  asked.findIndex((one) => one.name === 'exchange' && toHex(one.command).startsWith('805401'));

describe('whatever card and PSAM answer', () => {
  it('a purchase ends in an outcome within its bound; approved is only what the PSAM found genuine', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const { result, exchanges, asked, genuineMac2 } = against(
          pursePurchase(PURCHASE_INPUT),
          [...PURCHASE, ...EXTRA],
          list,
        );
        expect(exchanges).toBeLessThanOrEqual(MAX_EXCHANGES);
        const debit = debits(asked);
        const intent = asked.findIndex(({ name }) => name === 'save-intent');
        if (debit >= 0) expect(intent).toBeGreaterThanOrEqual(0);
        if (debit >= 0) expect(intent).toBeLessThan(debit);
        if (result.kind === 'approved') expect([genuineMac2, result.debit.transactionCode?.length]).toEqual([1, 4]);
        if (result.kind === 'declined' && result.debited === 'chip') expect(debit).toBeGreaterThan(intent);
        if (result.kind === 'torn') expect(result.at).toBe(debit >= 0 ? 'after-intent' : 'before-intent');
      }),
      ENOUGH,
    );
  });

  it('a load ends in an outcome within its bound, and the host is asked behind the intent alone', () => {
    fc.assert(
      fc.property(lists, (list) => {
        const { result, exchanges, asked } = against(purseLoad(LOAD_INPUT), [...LOAD, ...LOAD_RECOVERED], list);
        expect(exchanges).toBeLessThanOrEqual(MAX_EXCHANGES);
        const host = asked.findIndex(({ name }) => name === 'authorise-load');
        if (host >= 0) expect(asked[host - 1]?.name).toBe('save-intent');
        // Once the host has taken the money it is loaded, to be reversed, or open.
        if (host >= 0 && result.kind === 'declined') expect(result).toHaveProperty('authorisationId', 'L1');
        if (host >= 0 && result.kind === 'torn') expect(result.at).toBe('after-intent');
        expect(host < 0 && result.kind === 'loaded').toBe(false);
      }),
      ENOUGH,
    );
  });

  it('a recovery ends within its bound, asks for no money, and approves only what the PSAM found genuine', () => {
    const intents: PurseIntent[] = [];
    for (const [step, script] of [
      [pursePurchase(PURCHASE_INPUT), PURCHASE],
      [purseLoad(LOAD_INPUT), LOAD],
    ] as const) {
      const { asked } = against<unknown>(step, script, [{ kind: 'genuine' }]);
      for (const one of asked) if (one.name === 'save-intent') intents.push(one.intent);
    }
    fc.assert(
      fc.property(fc.constantFrom(...intents), lists, (intent, list) => {
        const script = [...(intent.path === 'purse-load' ? LOAD_RECOVERED : RECOVERED), ...EXTRA];
        const step: PurseStep<{ readonly kind: string; readonly outcome?: { readonly kind: string } }> =
          intent.path === 'purse-load'
            ? recoverPurseLoad(intent, APPLICATION)
            : recoverPursePurchase(intent, APPLICATION);
        const { result, exchanges, asked, genuineMac2 } = against(step, script, list);
        expect(exchanges).toBeLessThanOrEqual(MAX_EXCHANGES);
        const commands = asked.map((one) => (one.name === 'exchange' ? toHex(one.command) : one.name));
        expect(commands.filter((command) => /^805[24]|authorise|save/.test(command))).toEqual([]);
        if (result.outcome?.kind === 'approved') expect(genuineMac2).toBe(1);
      }),
      ENOUGH,
    );
  });
});

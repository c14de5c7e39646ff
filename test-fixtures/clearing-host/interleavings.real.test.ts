import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BatchRequest } from '../../clearing/contract/index.ts';
import { cardToken } from '../../clearing/contract/record/index.ts';
import type { Chip } from './chip.ts';
import type { Purse } from './purse.ts';
import { HAPPENED, type Terminal } from './terminal.ts';
import { ACCOUNT_MINOR, startWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

/** What a terminal may do next. */
const step = fc.record({
  terminal: fc.nat(1),
  card: fc.nat(1),
  amount: fc.integer({ min: 1, max: 900 }),
  does: fc.constantFrom(
    'pay',
    'pay-twice',
    'torn-debited',
    'torn-not-debited',
    'after-debit',
    'forged',
    'online',
    'online-lost',
    'reversal-first',
    'refused',
    'card-alone',
    'unable-online',
    'on-trust',
    'on-trust-twice',
    'on-trust-asked',
    'load',
    'load-lost',
    'load-unknown',
    'load-refused',
    'purse',
    'purse-twice',
    'purse-after-debit',
    'seal',
  ),
  /** How often the batch is sent, and at once. */
  sends: fc.integer({ min: 1, max: 3 }),
});
type Step = (typeof step)['generate'] extends (...args: never) => { value: infer T } ? T : never;

/** What must come out, counted apart from the host. */
interface Book {
  merchant: number;
  chipSpent: number;
  forged: number;
  loaded: number;
  purseSpent: number;
  /** Paid or owed. */
  trusted: number;
}

interface Stage {
  readonly terminals: readonly Terminal[];
  readonly cards: readonly Chip[];
  readonly purses: readonly Purse[];
  readonly book: Book;
  /** Sent later, in whatever order. */
  readonly late: (() => Promise<unknown>)[];
}

type NumbersOf<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T];

async function playAll(stage: Stage, steps: readonly Step[]): Promise<void> {
  for (const taken of steps) await play(stage, taken);
}

async function play(stage: Stage, taken: Step): Promise<void> {
  const { terminals, cards, book } = stage;
  const terminal = terminals[taken.terminal] as Terminal;
  const card = cards[taken.card] as Chip;
  const { amount } = taken;
  switch (taken.does) {
    case 'pay':
    case 'pay-twice': {
      const chip = card.pay(amount);
      terminal.write(HAPPENED.approvedByChip, amount, { card, chip });
      if (taken.does === 'pay-twice') {
        terminal.write(HAPPENED.approvedByChip, amount, { card, chip });
        book.forged += amount;
      }
      book.merchant += amount;
      book.chipSpent += amount;
      return;
    }
    case 'torn-debited':
    case 'torn-not-debited': {
      const debited = taken.does === 'torn-debited';
      terminal.write(HAPPENED.undecided, amount, { card, chip: card.torn(amount, debited) });
      if (debited) book.chipSpent += amount;
      return;
    }
    case 'after-debit':
      terminal.write(HAPPENED.afterDebit, amount, { card, chip: card.pay(amount) });
      book.chipSpent += amount;
      return;
    case 'forged':
      terminal.write(HAPPENED.approvedByChip, amount, { card, chip: forged(card, amount) });
      book.forged += amount;
      return;
    case 'refused':
      terminal.write(HAPPENED.declined, amount, { card, chip: card.refuse(amount) });
      return;
    case 'online':
    case 'online-lost':
    case 'reversal-first':
      return playOnline(stage, taken, terminal, card);
    case 'card-alone': {
      terminal.write(HAPPENED.approvedByCard, amount, { card, chip: card.payFromAccount(amount) });
      book.merchant += amount;
      return;
    }
    case 'unable-online':
      return playUnable(stage, taken, terminal, card);
    case 'on-trust':
    case 'on-trust-twice':
    case 'on-trust-asked':
      return playOnTrust(stage, taken, terminal, card);
    case 'load':
    case 'load-lost':
    case 'load-unknown':
    case 'load-refused':
      return playLoad(stage, taken, terminal, card);
    case 'purse':
    case 'purse-twice':
    case 'purse-after-debit':
      return playPurse(stage, taken, terminal);
    case 'seal':
      return sealAndSend(terminal, taken.sends);
  }
}

/** A TC that somebody invents for the card's next transaction. */
function forged(card: Chip, amount: number): ReturnType<Chip['pay']> {
  const { atc } = card;
  const chip = { ...card.refuse(amount), cryptogramType: 'tc', cryptogram: '0011223344556677' } as const;
  card.atc = atc;
  return chip;
}

async function playOnline(
  { book, late }: Stage,
  { does, amount }: Step,
  terminal: Terminal,
  card: Chip,
): Promise<void> {
  const chip = card.askOnline(amount);
  const request = terminal.authorisationRequest(card, chip, amount);
  if (does === 'reversal-first') {
    await terminal.reverse(request.id);
    late.push(() => terminal.authorise(request));
    terminal.write(HAPPENED.declined, amount, { card, chip });
    return;
  }
  const [{ body }] = await Promise.all([terminal.authorise(request), terminal.authorise(request)]);
  if (does === 'online-lost') {
    const id = randomUUID();
    late.push(
      () => terminal.reverse(request.id, id),
      () => terminal.reverse(request.id, id),
    );
    return;
  }
  if (body['result'] !== 'approved') return;
  const authorisationId = String(body['authorisationId']);
  terminal.write({ ...HAPPENED.approvedByHost, authorisationId }, amount, { card, chip });
  book.merchant += amount;
}

/** The host approves, its answer is lost, and the card approves alone. */
async function playUnable({ book, late }: Stage, { amount }: Step, terminal: Terminal, card: Chip): Promise<void> {
  const arqc = card.askOnline(amount);
  const tc = card.approveUnable(arqc);
  const request = terminal.authorisationRequest(card, arqc, amount, { issuerData: true });
  await terminal.authorise(request);
  terminal.write(HAPPENED.approvedByCard, amount, { card, chip: tc });
  late.push(() => terminal.reverse(request.id));
  book.merchant += amount;
}

/** The host is away, or its answer is lost; the terminal approves on trust. The account pays or owes, once. */
async function playOnTrust(
  { book, late }: Stage,
  { does, amount }: Step,
  terminal: Terminal,
  card: Chip,
): Promise<void> {
  const chip = card.askOnline(amount);
  if (does === 'on-trust-asked') {
    const request = terminal.authorisationRequest(card, chip, amount);
    await terminal.authorise(request);
    late.push(() => terminal.reverse(request.id));
  }
  terminal.write(HAPPENED.approvedOnTrust, amount, { card, chip });
  book.trusted += amount;
  if (does !== 'on-trust-twice') return;
  terminal.write(HAPPENED.approvedOnTrust, amount, { card, chip });
  book.forged += amount;
}

/**
 * The chip takes a load or it does not, as when it has been taken to the other terminal meanwhile; and the terminal comes to know
 * of it or does not.
 */
async function playLoad({ book, late }: Stage, { does, amount }: Step, terminal: Terminal, card: Chip): Promise<void> {
  const chip = card.askOnline(amount);
  const request = terminal.authorisationRequest(card, chip, amount, { purpose: 'load', issuerData: true });
  const [{ body }] = await Promise.all([terminal.authorise(request), terminal.authorise(request)]);
  const [script = ''] = (body['issuer'] as { scripts?: readonly string[] } | undefined)?.scripts ?? [];
  const taken = does !== 'load-refused' && card.atc === Number.parseInt(chip.atc, 16) && card.takeLoad(chip, script);
  if (taken) book.loaded += amount;
  if (body['result'] !== 'approved') return;
  const authorisationId = String(body['authorisationId']);
  const write = (happened: typeof HAPPENED.loaded | typeof HAPPENED.notLoaded | typeof HAPPENED.loadUndecided) =>
    terminal.write({ ...happened, authorisationId }, amount, { card, chip });
  if (does === 'load-unknown') write(HAPPENED.loadUndecided);
  else if (does === 'load-lost') late.push(() => terminal.reverse(request.id));
  else write(taken ? HAPPENED.loaded : HAPPENED.notLoaded);
}

function playPurse({ book, purses }: Stage, { does, amount, card: which }: Step, terminal: Terminal): void {
  const card = purses[which] as Purse;
  const purse = card.pay(amount);
  book.purseSpent += amount;
  if (does === 'purse-after-debit') {
    terminal.write({ ...HAPPENED.afterDebit, purse }, amount, { card });
    return;
  }
  terminal.write({ ...HAPPENED.approvedByChip, purse }, amount, { card });
  book.merchant += amount;
  if (does === 'purse') return;
  terminal.write({ ...HAPPENED.approvedByChip, purse }, amount, { card });
  book.forged += amount;
}

async function sealAndSend(terminal: Terminal, sends: number): Promise<void> {
  if (terminal.unsealed.length === 0) return;
  const batch: BatchRequest = terminal.seal();
  const answers = await Promise.all(Array.from({ length: sends }, () => terminal.submit(batch)));
  for (const { status, body } of answers) expect([status, body]).toEqual([200, answers[0]?.body]);
}

/** The last word on each card, so that nothing stays undecided. */
async function closeAll({ terminals, cards, late }: Stage): Promise<void> {
  for (const one of late) await one();
  const [terminal] = terminals as [Terminal];
  for (const card of cards) terminal.write(HAPPENED.declined, 1, { card, chip: card.refuse(1) });
  for (const one of terminals) await sealAndSend(one, 1);
}

/** Operators decide of every claim, two at once of each and not alike: one counts, and only merchants have more than before. */
async function settleEverything(): Promise<void> {
  const before = await world.host.admin.audit();
  const { items } = (await world.operator('/suspense?limit=500')).body as {
    items: { id: string; amountMinor: number }[];
  };
  const decide = (id: string, decision: string) => world.operator(`/suspense/${id}/settle`, { decision, note: 'test' });
  const decided = await Promise.all(
    items.map(async ({ id, amountMinor }) => {
      const [paid, rejected] = await Promise.all([decide(id, 'paid'), decide(id, 'rejected')]);
      expect([paid.status, rejected.status].sort()).toEqual([200, 409]);
      return paid.status === 200 ? amountMinor : 0;
    }),
  );
  const paidMinor = decided.reduce((sum, amountMinor) => sum + amountMinor, 0);
  const { faults, ...after } = await world.host.admin.audit();
  expect([faults, after.suspenseMinor, after.claimsPaidMinor]).toEqual([[], 0, before.claimsPaidMinor + paidMinor]);
  expect(after.merchantsMinor).toBe(before.merchantsMinor + paidMinor);
}

/** So little that accounts run out. */
const CARD_ACCOUNT_MINOR = 2_000;
const card = () => world.card({ balance: 50_000, accountBalanceMinor: CARD_ACCOUNT_MINOR });

it('whatever happens in whatever order, everybody has what is theirs', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
      const before = await world.host.admin.audit();
      const stage: Stage = {
        terminals: [await world.terminal(), await world.terminal()],
        cards: [await card(), await card()],
        purses: [await world.purse({ balance: 50_000 }), await world.purse({ balance: 50_000 })],
        book: { merchant: 0, chipSpent: 0, forged: 0, loaded: 0, purseSpent: 0, trusted: 0 },
        late: [],
      };
      // Both terminals at once, each in its own order.
      await Promise.all(
        [0, 1].map((terminal) =>
          playAll(
            stage,
            steps.filter((taken) => taken.terminal === terminal),
          ),
        ),
      );
      await closeAll(stage);
      const tokenKey = (stage.terminals[0] as Terminal).cardTokenKey;

      const after = await world.host.admin.audit();
      expect(after.faults).toEqual([]);
      const paidOrOwed = after.merchantsMinor + after.debtsMinor - before.merchantsMinor - before.debtsMinor;
      expect(paidOrOwed).toBe(stage.book.merchant + stage.book.trusted);
      expect(after.chipDebitsMinor - before.chipDebitsMinor).toBe(stage.book.chipSpent);
      expect(after.suspenseMinor - before.suspenseMinor).toBe(stage.book.forged);
      expect([after.heldMinor, after.undecidedOpen, after.loadsWaiting]).toEqual([0, 0, 0]);
      const grown = (sum: NumbersOf<typeof after>): number => after[sum] - before[sum];
      expect(grown('loadedMinor')).toBe(stage.book.loaded);
      const pursesSpent = grown('pursePurchasesMinor') + grown('purseGivenBackMinor');
      expect(pursesSpent).toBe(stage.book.purseSpent);
      const rows = await world.query('select sum(balance_minor)::int as accounts from cards where token = any($1)', [
        [...stage.cards, ...stage.purses].map(({ pan }) => cardToken(tokenKey, pan)),
      ]);
      const givenBack = grown('givenBackMinor') + grown('purseGivenBackMinor');
      const spent = grown('accountPurchasesMinor') + grown('collectedMinor') + stage.book.loaded;
      expect(Number(rows[0]?.['accounts'])).toBe(2 * ACCOUNT_MINOR + 2 * CARD_ACCOUNT_MINOR + givenBack - spent);
      const chips = stage.cards.reduce((sum, { balance }) => sum + balance, 0);
      expect(100_000 + stage.book.loaded - chips).toBe(grown('chipDebitsMinor'));
      const purses = stage.purses.reduce((sum, { balance }) => sum + balance, 0);
      expect(100_000 - purses).toBe(pursesSpent);
      await settleEverything();
    }),
    { numRuns: 12, endOnFailure: true },
  );
}, 300_000);

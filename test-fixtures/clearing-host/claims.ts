import { expect } from 'vitest';
import type { Collection } from '../../clearing/contract/central.ts';
import { cardToken } from '../../clearing/contract/record/index.ts';
import type { Chip } from './chip.ts';
import { HAPPENED, type Terminal } from './terminal.ts';
import { ACCOUNT_MINOR, type World } from './world.ts';

/** 9F26 of no card. */
export const FORGED = '0011223344556677';
/** No authorisation of this host has the name, as after its database was put back from a copy. */
export const LOST = 'A999999999';
/** `pots` of a card with 5,000 fen on its chip while nothing has moved. */
export const UNTOUCHED = { account: ACCOUNT_MINOR, held: 0, chip: 5_000 };

export interface Claim {
  readonly id: string;
  readonly sequence: number;
  readonly [name: string]: unknown;
}

/** What a terminal claims in vain, and what operators decide of it. */
export function claimsOf(world: World, terminal: Terminal) {
  const open = async () => (await world.operator('/suspense?limit=500')).body['items'] as Claim[];

  /** The last record of the terminal, or of another one, which is in suspense for this reason. */
  const claimed = async (reason: string, from = terminal): Promise<Claim> => {
    expect((await from.settleUp()).at(-1)).toBe(reason);
    const found = (await open()).find(
      ({ terminal: name, sequence }) => name === from.enrolment.terminal && sequence === from.sequence,
    );
    if (found === undefined) throw new Error('it is not in suspense');
    return found;
  };

  const settle = (id: string, decision: string, note = 'seen the slip', by = 'Li') =>
    world.operator(`/suspense/${id}/settle`, { decision, note }, { 'jdpos-operator': by });

  const tokenOf = (card: Chip): string => cardToken(terminal.cardTokenKey, card.pan);

  return {
    open,
    claimed,
    settle,
    tokenOf,

    /** Gives who has paid. */
    async settled({ id }: Claim, decision: 'paid' | 'rejected'): Promise<unknown> {
      const { status, body } = await settle(id, decision);
      expect([status, body]).toMatchObject([200, { state: decision }]);
      return body['paidBy'];
    },

    /** What the card has on its account, what of it is held, and what its chip's pot has in the books. */
    async pots(card: Chip) {
      const [row] = await world.query(
        `select balance_minor::int as account, held_minor::int as held,
           (select coalesce(sum(amount_minor), 0)::int from postings where account = 'chip:' || token) as chip
         from cards where token = $1`,
        [tokenOf(card)],
      );
      return row;
    },

    /** What all merchants have. */
    merchant: async () => (await world.host.admin.audit()).merchantsMinor,

    collected: async () => (await world.get('/central/v1/collections?limit=500')).body['items'] as Collection[],

    async forged(amount = 300): Promise<{ card: Chip; claim: Claim }> {
      const card = await world.card({ balance: 5_000 });
      terminal.write(HAPPENED.approvedByChip, amount, { card, chip: { ...card.pay(amount), cryptogram: FORGED } });
      return { card, claim: await claimed('wrong-cryptogram') };
    },

    async authorised(amount: number, purpose: 'authorise' | 'load' = 'authorise') {
      const card = await world.card({ balance: 5_000 });
      const chip = card.askOnline(amount);
      const more = purpose === 'load' ? ({ purpose, issuerData: true } as const) : {};
      const { body } = await terminal.authorise(terminal.authorisationRequest(card, chip, amount, more));
      expect(body).toMatchObject({ result: 'approved' });
      return { card, chip, authorisationId: String(body['authorisationId']) };
    },
  };
}

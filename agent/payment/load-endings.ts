import type { CardSeen, LoadIntent } from '../../emv/kernel/index.ts';
import { present } from '../present.ts';
import { cardDetail, type Decision, decide, type Ending, type TapEnd } from './decide.ts';
import type { Reason } from './reason.ts';
import type { RecordFacts } from './record-draft.ts';

/**
 * The same as of a purchase, but for two things. A declined load names what the host had granted, so that the record alone
 * takes it back. And the balance has proved an approved one: a card that has taken the script and refused in the end has
 * the money, and its AAC confirms nothing.
 */
export function decideLoad(end: TapEnd): Decision {
  const decision = decide(end);
  if (decision.kind !== 'ending' || decision.record === undefined) return decision;
  const { outcome } = end;
  const { completion, ...facts } = decision.record;
  if (outcome.kind === 'approved') {
    const { chip, ...rest } = completion ?? { scriptResults: new Uint8Array() };
    const told = chip?.cryptogramType === 'tc' ? completion : rest;
    return { ...decision, record: present({ ...facts, completion: told }) };
  }
  const authorisationId = outcome.kind === 'declined' ? outcome.authorisationToReverse : undefined;
  return { ...decision, record: present({ ...decision.record, authorisationId }) };
}

/** What a record says of a load that was granted, whatever became of it. */
const granted = ({ chip, authorisationId, cardInterface }: LoadIntent) =>
  ({ fundedBy: 'none', offline: false, chip, authorisationId, interface: cardInterface }) as const;

type EndingWithRecord = Ending & { readonly record: RecordFacts };

/** The card has shown that its chip has the load. `reason`: it was told otherwise before. */
export function foundLoaded(intent: LoadIntent, card: CardSeen, reason?: Reason): EndingWithRecord {
  return {
    kind: 'ending',
    state: 'approved',
    detail: present({
      reason,
      card: cardDetail(card, card.balanceAfter),
      offline: false,
      fundedBy: 'account' as const,
      debited: 'account' as const,
    }),
    record: { ...granted(intent), outcome: 'approved', fundedBy: 'account', debited: 'account', card },
    pan: intent.pan,
  };
}

/** The card has shown that its chip has nothing of the load. */
export function foundNotLoaded(
  intent: LoadIntent,
  card: CardSeen | undefined,
  as: { readonly state: 'declined' | 'cancelled'; readonly reason: Reason },
): EndingWithRecord {
  const { state, reason } = as;
  return {
    kind: 'ending',
    state,
    detail: present({ reason, debited: 'none' as const, card: cardDetail(card, card?.balanceBefore) }),
    record: present({ ...granted(intent), outcome: 'declined' as const, reason, debited: 'none' as const, card }),
    pan: intent.pan,
  };
}

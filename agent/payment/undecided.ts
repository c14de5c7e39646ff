import type { Intent, Recovery } from '../../emv/kernel/index.ts';
import type { StoredIntent, StoredPayment } from '../../offline-queue/index.ts';
import { present } from '../present.ts';
import { cardDetail, type Ending } from './decide.ts';
import type { Reason } from './sentences.ts';
import type { Kernel } from './tools.ts';

/** A payment that cannot be decided here. Its record carries card and TC as the intent has them, so that the centre can. */
export function undecided(intent: Intent | undefined, reason: Reason, kernel: Pick<Kernel, 'describeIntent'>): Ending {
  const seen = intent && kernel.describeIntent(intent);
  return present({
    kind: 'ending' as const,
    state: 'undecided' as const,
    detail: present({ reason, debited: 'unknown' as const, card: cardDetail(seen?.card, seen?.card.balanceBefore) }),
    record: {
      outcome: 'undecided' as const,
      reason,
      fundedBy: 'none' as const,
      debited: 'unknown' as const,
      offline: true,
      ...seen,
    },
    pan: intent?.pan,
  });
}

/** An undecided payment whose card came by and told. */
interface FoundLater {
  readonly earlier: StoredPayment;
  readonly stored: StoredIntent;
  readonly intent: Intent;
  readonly recovery: Extract<Recovery, { kind: 'debited' | 'not-debited' }>;
  readonly hostAsked: boolean;
  /** The terminal's epoch now. */
  readonly epoch: number;
  readonly kernel: Pick<Kernel, 'describeIntent'>;
}

/** Never approved, whatever the card says now: the cashier was told that the payment does not hold (design 4.1). */
export function foundLater(found: FoundLater): Ending {
  const { stored, epoch } = found;
  // A sequence means something within its epoch only.
  const resolvesSequence = stored.recordEpoch === epoch ? stored.recordSequence : undefined;
  const ending = found.recovery.kind === 'debited' ? foundDebited(found, found.recovery) : foundNotDebited(found);
  return { ...ending, record: present({ ...ending.record, resolvesSequence }), pan: found.intent.pan };
}

type EndingWithRecord = Ending & Required<Pick<Ending, 'record'>>;

function foundDebited(
  { earlier, hostAsked }: FoundLater,
  { outcome }: Extract<Recovery, { kind: 'debited' }>,
): EndingWithRecord {
  const reason = outcome.kind === 'declined' ? outcome.reason : (earlier.detail.reason ?? 'cancelled');
  const { card, chip } = outcome;
  return {
    kind: 'ending',
    state: 'declined',
    detail: present({ reason, debited: 'chip' as const, card: cardDetail(card, card?.balanceAfter) }),
    record: present({
      outcome: 'declined-after-debit' as const,
      reason,
      fundedBy: 'none' as const,
      debited: 'chip' as const,
      offline: !hostAsked,
      card,
      chip,
      offlineAuthentication: outcome.kind === 'approved' ? outcome.offlineAuthentication : undefined,
    }),
  };
}

function foundNotDebited({ intent, kernel }: FoundLater): EndingWithRecord {
  const reason: Reason = 'found-not-debited';
  const seen = kernel.describeIntent(intent);
  return {
    kind: 'ending',
    state: 'cancelled',
    detail: present({ reason, debited: 'none' as const, card: cardDetail(seen?.card, seen?.card.balanceBefore) }),
    // Without the TC: the card gave it and took it back by leaving, so nobody may be paid for it.
    record: present({
      outcome: 'declined' as const,
      reason,
      fundedBy: 'none' as const,
      debited: 'none' as const,
      offline: true,
      card: seen?.card,
    }),
  };
}

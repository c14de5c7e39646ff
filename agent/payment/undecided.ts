import type { Intent, LoadIntent, Recovery } from '../../emv/kernel/index.ts';
import type { StoredIntent, StoredPayment } from '../../offline-queue/index.ts';
import { present } from '../present.ts';
import { cardDetail, type Ending } from './decide.ts';
import { foundLoaded, foundNotLoaded } from './load-endings.ts';
import type { Reason } from './reason.ts';
import type { Kernel } from './tools.ts';

/** A payment that cannot be decided here. Its record carries card and TC as the intent has them, so that the centre can. */
export function undecided(intent: Intent | undefined, reason: Reason, kernel: Pick<Kernel, 'describeIntent'>): Ending {
  const seen = intent && kernel.describeIntent(intent);
  const load = intent?.path === 'load' ? intent : undefined;
  return present({
    kind: 'ending' as const,
    state: 'undecided' as const,
    detail: present({ reason, debited: 'unknown' as const, card: cardDetail(seen?.card, seen?.card.balanceBefore) }),
    record: present({
      outcome: 'undecided' as const,
      reason,
      fundedBy: 'none' as const,
      debited: 'unknown' as const,
      // A load is granted by the host, or there is no intent.
      offline: load === undefined,
      authorisationId: load?.authorisationId,
      interface: load?.cardInterface,
      ...seen,
    }),
    pan: intent?.pan,
  });
}

/** An undecided payment whose card came by and told. */
interface FoundLater {
  readonly earlier: StoredPayment;
  readonly stored: StoredIntent;
  readonly intent: Intent;
  readonly recovery: Extract<Recovery, { kind: 'debited' | 'not-debited' | 'loaded' | 'not-loaded' }>;
  readonly hostAsked: boolean;
  /** The terminal's epoch now. */
  readonly epoch: number;
  readonly kernel: Pick<Kernel, 'describeIntent'>;
}

/**
 * A payment is never approved, whatever the card says now: the cashier was told that it does not hold (design 4.1). A load is:
 * its cardholder has the money on the chip, and nobody has handed over goods for it.
 */
export function foundLater(found: FoundLater): Ending {
  const { stored, epoch } = found;
  // A sequence means something within its epoch only.
  const resolvesSequence = stored.recordEpoch === epoch ? stored.recordSequence : undefined;
  const ending = endingOf(found);
  return { ...ending, record: present({ ...ending.record, resolvesSequence }), pan: found.intent.pan };
}

function endingOf(found: FoundLater): EndingWithRecord {
  const { recovery, intent, kernel } = found;
  switch (recovery.kind) {
    case 'debited':
      return foundDebited(found, recovery);
    case 'not-debited':
      return foundNotDebited(found);
    case 'loaded':
      return foundLoaded(loadOf(intent), recovery.card, 'found-loaded');
    case 'not-loaded': {
      const card = kernel.describeIntent(intent)?.card;
      return foundNotLoaded(loadOf(intent), card, { state: 'cancelled', reason: 'found-not-loaded' });
    }
  }
}

/** The intent of what a recovery has found to be a load. */
export function loadOf(intent: Intent): LoadIntent {
  if (intent.path !== 'load') throw new Error('the card tells of a load that was none');
  return intent;
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

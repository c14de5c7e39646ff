import { cardToken } from '../../../clearing/contract/record/index.ts';
import type { PurseCard, PurseHandlers, PurseRequests, SamUse } from '../../../emv/purse/index.ts';
import { fen, toHex } from '../../../emv/values/index.ts';
import { type Queue, QueueError } from '../../../offline-queue/index.ts';
import { utc } from '../../clock.ts';
import type { CardSession } from '../card-session.ts';
import { isRecordable } from '../commit.ts';
import type { TapInProgress } from '../tap-in-progress.ts';
import { typed } from '../verify-cardholder.ts';
import { undecidedPurse } from './endings.ts';
import { encodeStoredPurse } from './stored-intent.ts';
import type { PurseTerms } from './terms.ts';

/** One tap of a purse, as those see it who answer the core. */
export interface PurseInProgress
  extends Omit<TapInProgress, 'floor' | 'deferring' | 'gone' | 'onlineCapable' | 'debts'> {
  readonly terms: PurseTerms;
  readonly sam: CardSession;
}

type Ask<N extends keyof PurseRequests> = PurseRequests[N]['ask'];
type Answer<N extends keyof PurseRequests> = PurseRequests[N]['answer'];

/** Answers what the core asks during one purchase. Commands reach no log, those with a PIN or any other. */
export function purseHandlers(tap: PurseInProgress): PurseHandlers {
  const { queue, standing } = tap.tools;
  const limit = fen(tap.terms.limitMinor);
  const tokenOf = ({ serial }: PurseCard): string => cardToken(tap.identity.cardTokenKey, serial);
  return {
    exchange: (question) => exchange(tap, question),
    'save-intent': (question) => saveIntent(tap, question),
    'check-exception-file': ({ card }) => ({ listed: queue.hotlist.contains(tokenOf(card)) }),
    'check-offline-limits': ({ card, amount }) =>
      amount > limit
        ? { kind: 'refused', reason: 'transaction-limit' }
        : standing.offline(amount, limit, tokenOf(card)),
    'verify-cardholder': (question) => cardholdersPin(tap, question),
    'authorise-load': () => ({ kind: 'no-answer' }),
  };
}

async function exchange(tap: PurseInProgress, { to, command }: Ask<'exchange'>): Promise<Answer<'exchange'>> {
  const answer = await (to === 'card' ? tap.session : tap.sam).exchange(command);
  if (answer.kind === 'torn') tap.sale.log.info({ cause: answer.cause }, `the ${to} left`);
  return answer;
}

/** Intent and PSAM number are on disk before the card can pay; what the disk refuses is refused before the debit. */
async function saveIntent(tap: PurseInProgress, { intent }: Ask<'save-intent'>): Promise<Answer<'save-intent'>> {
  const { sale, tools, notes, terms } = tap;
  if (intent.path !== 'purse-purchase') return { kind: 'refused', reason: 'card-error' };
  const { record } = undecidedPurse({ intent, terms }, 'cancelled');
  if (!isRecordable(record, sale, tools)) return { kind: 'refused', reason: 'card-error' };
  try {
    noteSam(tools.queue, intent.sam);
    const content = encodeStoredPurse({ intent, terms });
    tools.queue.intents.save({ paymentId: sale.id, content, at: utc(tools.clock.now()) });
  } catch (error) {
    if (!(error instanceof QueueError)) throw error;
    sale.log.error({ err: error }, 'the intent cannot be stored; the payment is refused before the debit');
    return { kind: 'refused', reason: 'storage-unavailable' };
  }
  notes.intentOpen = true;
  tools.sam.hasBegun(intent.sam);
  await tools.step('intent-saved', sale.id);
  return { kind: 'saved' };
}

const settingOf = (serial: Uint8Array): string => `psam-${toHex(serial)}`;

/** The last number that this PSAM is known to have given. */
export function lastTerminalSequence({ identity }: Pick<Queue, 'identity'>, serial: Uint8Array): number | undefined {
  const last = identity.setting(settingOf(serial));
  return last === undefined ? undefined : Number(last);
}

/** A number that has not risen leaves the one before. */
export function noteSam({ identity }: Pick<Queue, 'identity'>, { serial, terminalSequence }: SamUse): void {
  const last = lastTerminalSequence({ identity }, serial) ?? -1;
  if (terminalSequence > last) identity.setSetting(settingOf(serial), String(terminalSequence));
}

async function cardholdersPin(
  tap: PurseInProgress,
  { card, amount, triesLeft }: Ask<'verify-cardholder'>,
): Promise<Answer<'verify-cardholder'>> {
  const { pinEntry, limits } = tap.tools;
  const verifyOnCard = pinEntry?.verifyOnCard?.bind(pinEntry);
  if (verifyOnCard === undefined) return { kind: 'unavailable' };
  const tries = triesLeft === undefined ? {} : { triesLeft };
  // A purse has no way on without its PIN.
  const shown = { kind: 'pin', checkedBy: 'card', mayBypass: false, ...tries } as const;
  const entry = await typed(tap, shown, (signal) =>
    verifyOnCard({ pan: card.serial, amount, ...tries, timeoutMs: limits.pinEntryMs, signal }),
  );
  // A pad that talks to the card itself does so in another format than a purse's.
  if (entry.kind === 'entered') return entry;
  return entry.kind === 'verified-on-reader' || entry.kind === 'torn' ? { kind: 'unavailable' } : { kind: entry.kind };
}

import { concludeDebit } from './conclude-debit.ts';

import { judgeDebit } from './evidence.ts';

import { SECTION } from './explain.ts';

import { readAtc, readBalance } from './get-data.ts';
import type { QpbocIntent } from './intent.ts';
import type { Outcome } from './outcome.ts';
import type { PreparedDebit } from './prepare-debit.ts';
import { templateOf } from './read-application-data.ts';
import type { Step } from './requests.ts';
import { refuse } from './tap.ts';
import { type CardReply, SUCCESS } from './transceive.ts';

const OPEN: Outcome = { kind: 'torn', at: 'after-intent' };

/** Is this a record, whatever is in it? Then the card has paid. */
export function isRecord(reply: CardReply): boolean {
  return reply.kind === 'answered' && reply.sw === SUCCESS && templateOf(reply.data) !== undefined;
}

/**
 * The card has kept its last record back. It pays only when that is read, so it may have paid or not: its counter and
 * balance say (annex F), while it is still there. What they leave open stays an open intent, never a guess.
 */
export function* concludeKeptBack(
  prepared: PreparedDebit,
  intent: QpbocIntent,
  reply: Exclude<CardReply, { kind: 'torn' }>,
): Step<Outcome> {
  const atc = yield* readAtc();
  if (atc.kind === 'torn') return OPEN;
  const balance = yield* readBalance();
  if (balance.kind === 'torn') return OPEN;
  const verdict = judgeDebit(intent, { atc: atc.value, balance: balance.value });
  prepared.tap.input.explain?.({
    section: SECTION.recovery,
    text: `The card kept its last record back; by its counter and balance: ${verdict}`,
  });
  if (verdict === 'not-moved') return refuse(prepared.tap, 'card-error');
  return verdict === 'moved' ? yield* concludeDebit(prepared, reply) : OPEN;
}

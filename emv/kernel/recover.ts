import { readRecord, selectByName } from '../apdu/index.ts';
import { TAG } from '../dictionary/index.ts';
import { equalBytes } from '../values/index.ts';
import { parseAfl } from './afl.ts';
import { names } from './card-identity.ts';
import { concludeDebit } from './conclude-debit.ts';

import { recoverDebitCredit, recoverLoad } from './debit-credit/recover.ts';
import { type Evidence, judgeDebit } from './evidence.ts';

import { SECTION } from './explain.ts';

import { readAtc, readBalance } from './get-data.ts';
import type { Intent, QpbocIntent, ReadRecord } from './intent.ts';
import type { Recovery } from './outcome.ts';
import { prepareDebit } from './prepare-debit.ts';
import { templateOf } from './read-application-data.ts';
import { reopenIntent } from './reopen-intent.ts';
import type { Step } from './requests.ts';
import { cardSeen, chipData, tapOf } from './tap.ts';
import type { TransactionInput } from './transaction.ts';
import { type CardReply, SUCCESS, transceive } from './transceive.ts';

const OTHER_CARD: Recovery = { kind: 'other-card' };
const TORN: Recovery = { kind: 'torn' };

/** These come into being with a payment: a record that holds one is another at each, and says nothing about the card. */
const OF_ONE_PAYMENT: readonly number[] = [TAG.sdad, TAG.cardAuthenticationData, TAG.ecAuthorisationCode];
/** These belong to one card alone. */
const OF_ONE_CARD: readonly number[] = [TAG.pan, TAG.track2, TAG.iccCertificate];

const holds = (record: Uint8Array, tags: readonly number[]): boolean =>
  templateOf(record)?.some(({ tag }) => tags.includes(tag)) === true;

/** Reads these records again: are they the same bytes? */
function* readsTheSame(records: readonly ReadRecord[]): Step<'same' | 'other' | 'torn'> {
  for (const { sfi, record, data } of records) {
    const reply = yield* transceive(readRecord(sfi, record));
    if (reply.kind === 'torn') return 'torn';
    if (reply.kind === 'faulty' || reply.sw !== SUCCESS || !equalBytes(reply.data, data)) return 'other';
  }
  return 'same';
}

function* finish(
  intent: QpbocIntent,
  input: TransactionInput,
  evidence: Evidence,
  lastReply: CardReply | undefined,
): Step<Recovery> {
  const verdict = judgeDebit(intent, evidence);
  input.explain?.({
    section: SECTION.recovery,
    text: `The card of the intent, by its counter and balance: ${verdict}`,
  });
  if (verdict === 'not-moved') return { kind: 'not-debited' };
  const { atc, balance } = evidence;
  const seen = { ...(atc !== undefined && { atcNow: atc }), ...(balance !== undefined && { balanceNow: balance }) };
  if (verdict !== 'moved') return { kind: 'undecided', why: verdict, ...seen };
  const facts = reopenIntent(intent);
  const plan = parseAfl(intent.afl);
  if (facts === undefined || plan === undefined) return { kind: 'undecided', why: 'no-evidence', ...seen };
  const prepared = prepareDebit(tapOf(facts, input), plan, intent.records);
  if (prepared.kind === 'refused') {
    // It was right when the intent was written, and no longer is: a CA key has been withdrawn, say.
    const { reason } = prepared;
    const card = cardSeen(facts, balance);
    return { kind: 'debited', outcome: { kind: 'declined', reason, debited: 'chip', card, chip: chipData(facts) } };
  }
  const { sfi, record } = plan.last;
  const reply = lastReply ?? (yield* transceive(readRecord(sfi, record)));
  if (reply.kind === 'torn') return TORN;
  return { kind: 'debited', outcome: yield* concludeDebit(prepared, reply) };
}

/**
 * Holds an open intent against the card in the field (flash-card recovery, JR/T 0025.12-2018 annex F): is it that card,
 * and has it paid? No GPO: that would destroy the evidence. A card that has paid still gives its last record, and the
 * payment ends as it would have ended. An intent of full debit/credit: `debit-credit/recover.ts`.
 */
export function* recover(intent: Intent, input: TransactionInput): Step<Recovery> {
  switch (intent.path) {
    case 'qpboc':
      return yield* recoverTap(intent, input);
    case 'debit-credit':
      return yield* recoverDebitCredit(intent);
    case 'load':
      return yield* recoverLoad(intent);
  }
}

function* recoverTap(intent: QpbocIntent, input: TransactionInput): Step<Recovery> {
  const selected = yield* transceive(selectByName(intent.aid));
  if (selected.kind === 'torn') return TORN;
  if (selected.kind === 'faulty' || selected.sw !== SUCCESS) return OTHER_CARD;
  const atc = yield* readAtc();
  if (atc.kind === 'torn') return TORN;
  const balance = yield* readBalance();
  if (balance.kind === 'torn') return TORN;

  const lasting = intent.records.filter(({ data }) => !holds(data, OF_ONE_PAYMENT));
  const identity = yield* readsTheSame(lasting);
  if (identity === 'torn') return TORN;
  if (identity === 'other') return OTHER_CARD;
  const evidence = { atc: atc.value, balance: balance.value };
  if (lasting.some(({ data }) => holds(data, OF_ONE_CARD))) return yield* finish(intent, input, evidence, undefined);

  // Nothing that was read before names the card: then its last record must.
  const last = parseAfl(intent.afl)?.last;
  if (last === undefined) return OTHER_CARD;
  const reply = yield* transceive(readRecord(last.sfi, last.record));
  if (reply.kind === 'torn') return TORN;
  if (reply.kind === 'faulty' || reply.sw !== SUCCESS || !names(reply.data, intent.pan)) return OTHER_CARD;
  return yield* finish(intent, input, evidence, reply);
}

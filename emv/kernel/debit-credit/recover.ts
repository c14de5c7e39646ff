import { readRecord, selectByName } from '../../apdu/index.ts';
import { TAG } from '../../dictionary/index.ts';
import { parseDate } from '../../values/index.ts';
import { CardData } from '../card-data.ts';
import { names } from '../card-identity.ts';
import { type Evidence, judgeDebit, judgeLoad } from '../evidence.ts';
import { readAtc, readBalance } from '../get-data.ts';
import type { DebitCreditIntent, LoadIntent } from '../intent.ts';
import type { CardSeen, Recovery } from '../outcome.ts';
import { templateOf } from '../read-application-data.ts';
import type { Step } from '../requests.ts';
import { SUCCESS, transceive } from '../transceive.ts';

type DialogueIntent = DebitCreditIntent | LoadIntent;

/** Is the card in the field that of the intent? One of its records names the PAN. */
function* isSameCard({ aid, pan, records }: DialogueIntent): Step<'same' | 'other' | 'torn'> {
  const selected = yield* transceive(selectByName(aid));
  if (selected.kind === 'torn') return 'torn';
  const naming = records.find(({ data }) => names(data, pan));
  if (selected.kind === 'faulty' || selected.sw !== SUCCESS || naming === undefined) return 'other';
  const reply = yield* transceive(readRecord(naming.sfi, naming.record));
  if (reply.kind === 'torn') return 'torn';
  return reply.kind === 'answered' && reply.sw === SUCCESS && names(reply.data, pan) ? 'same' : 'other';
}

function* readEvidence(): Step<Evidence | 'torn'> {
  const atc = yield* readAtc();
  if (atc.kind === 'torn') return 'torn';
  const balance = yield* readBalance();
  return balance.kind === 'torn' ? 'torn' : { atc: atc.value, balance: balance.value };
}

const seenNow = ({ atc, balance }: Evidence) => ({
  ...(atc !== undefined && { atcNow: atc }),
  ...(balance !== undefined && { balanceNow: balance }),
});

/** The card as an intent of full debit/credit has it; undefined when its records are none of this kernel's. */
export function cardOf(intent: DialogueIntent, balanceAfter?: CardSeen['balanceAfter']): CardSeen | undefined {
  const data = new CardData();
  for (const { data: record } of intent.records) data.addRecord(templateOf(record) ?? []);
  const expiry = parseDate(data.get(TAG.expiryDate) ?? new Uint8Array());
  if (expiry === undefined) return undefined;
  const { pan, panSequence, aid, label, balanceBefore } = intent;
  // A chip that may have paid is found again by its counter: there is no cryptogram that has it.
  const atc = intent.path === 'debit-credit' && intent.electronicCash ? intent.atc : undefined;
  return {
    pan,
    panSequence,
    expiry,
    aid,
    label,
    ...(balanceBefore !== undefined && { balanceBefore }),
    ...(balanceAfter !== undefined && { balanceAfter }),
    ...(atc !== undefined && { atc }),
  };
}

/**
 * Holds an open intent of full debit/credit against the card in the field. An account has not paid, whatever the card did:
 * it pays by a record that names an authorisation or brings a TC, and there is none. Electronic cash has paid if counter and
 * balance say so; its TC is lost for good, so the payment is declined after debit, never approved.
 */
export function* recoverDebitCredit(intent: DebitCreditIntent): Step<Recovery> {
  const identity = yield* isSameCard(intent);
  if (identity === 'torn') return { kind: 'torn' };
  if (identity === 'other') return { kind: 'other-card' };
  if (!intent.electronicCash) return { kind: 'not-debited' };
  const evidence = yield* readEvidence();
  if (evidence === 'torn') return { kind: 'torn' };
  const verdict = judgeDebit(intent, evidence);
  if (verdict === 'not-moved') return { kind: 'not-debited' };
  if (verdict !== 'moved') return { kind: 'undecided', why: verdict, ...seenNow(evidence) };
  const card = cardOf(intent, evidence.balance);
  return {
    kind: 'debited',
    outcome: { kind: 'declined', reason: 'card-error', debited: 'chip', ...(card && { card }) },
  };
}

/**
 * Holds the open intent of a load against the card in the field: has its chip been loaded? Counter and balance say; a card
 * that has moved on since is for the centre. Only then may the load's reversal go (design: it waits until this is known).
 */
export function* recoverLoad(intent: LoadIntent): Step<Recovery> {
  const identity = yield* isSameCard(intent);
  if (identity === 'torn') return { kind: 'torn' };
  if (identity === 'other') return { kind: 'other-card' };
  const evidence = yield* readEvidence();
  if (evidence === 'torn') return { kind: 'torn' };
  const verdict = judgeLoad(intent, evidence);
  if (verdict === 'not-moved') return { kind: 'not-loaded' };
  if (verdict !== 'moved') return { kind: 'undecided', why: verdict, ...seenNow(evidence) };
  const card = cardOf(intent, evidence.balance);
  return card === undefined
    ? { kind: 'undecided', why: 'no-evidence', ...seenNow(evidence) }
    : { kind: 'loaded', card };
}

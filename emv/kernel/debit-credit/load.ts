import { TAG } from '../../dictionary/index.ts';
import { type Fen, parseAmount, readUint } from '../../values/index.ts';
import { declined, type Ended, TORN } from '../ending.ts';
import { judgeLoad } from '../evidence.ts';
import { readAtc, readBalance, readObject } from '../get-data.ts';
import type { LoadIntent } from '../intent.ts';
import type { ChipData, Completion, DeclineReason, Outcome } from '../outcome.ts';
import { ask, type OnlineAnswer, type OnlinePin, type Step } from '../requests.ts';
import type { TransactionInput } from '../transaction.ts';
import { type CardholderVerified, verify } from './cardholder.ts';
import { chipDataOf, toldValues } from './chip-data.ts';
import { complete } from './complete.ts';
import { type CardInterface, note } from './dialogue.ts';
import { checkExceptionFile } from './exception-file.ts';
import { type Cryptogram, cdolValues, generateCryptogram } from './generate-ac.ts';
import { authenticateOffline, type OfflineAuthenticated } from './offline-authentication.ts';
import { intentFacts } from './payment.ts';
import { presentCard } from './present-card.ts';
import { type CardRead, cardSeen, readCard, refuse } from './read-card.ts';
import { reasonOf } from './reason.ts';
import { restrict } from './restrictions.ts';

const OPEN: Outcome = { kind: 'torn', at: 'after-intent' };

/** A card that may be loaded, and what its chip holds before. */
interface Loadable {
  readonly kind: 'loadable';
  readonly card: CardRead;
  readonly genuine: OfflineAuthenticated;
  readonly cardholder: CardholderVerified;
  readonly atc: number;
  readonly balance: Fen;
}

/** Counter and balance before: without them nobody could tell afterwards whether the card was loaded. */
function* readChip(card: CardRead): Step<{ kind: 'chip'; atc: number; balance: Fen } | Ended> {
  const atc = yield* readObject(TAG.atc);
  if (atc.kind === 'torn') return TORN;
  const balance = yield* readBalance();
  if (balance.kind === 'torn') return TORN;
  const limit = yield* readObject(TAG.ecBalanceLimit);
  if (limit.kind === 'torn') return TORN;
  if (atc.value?.length !== 2 || balance.value === undefined) return refuse(card, 'card-error');
  const most = limit.value && parseAmount(limit.value);
  if (most !== undefined && balance.value + card.input.amount > most) return refuse(card, 'transaction-limit');
  return { kind: 'chip', atc: readUint(atc.value), balance: balance.value };
}

function* prepare(card: CardRead): Step<Loadable | Ended> {
  const { listed } = yield* checkExceptionFile(card);
  if (listed) return refuse(card, 'hotlisted');
  const genuine = yield* authenticateOffline(card);
  if (genuine.kind !== 'authenticated') return genuine;
  restrict(card);
  if (card.tvr.has('expired-application')) return refuse(card, 'expired');
  const chip = yield* readChip(card);
  if (chip.kind !== 'chip') return chip;
  const cardholder = yield* verify(card);
  if (cardholder.kind !== 'verified') return cardholder;
  return { ...chip, kind: 'loadable', card, genuine, cardholder };
}

/** What came of the dialogue with host and card, before the chip is asked what it holds. */
interface Attempt {
  readonly loadable: Loadable;
  readonly chip: ChipData;
  readonly host: OnlineAnswer;
  readonly completion: Completion;
  readonly signed: boolean;
}

/** Why nothing was loaded. */
function failure(host: OnlineAnswer): DeclineReason {
  if (host.kind === 'declined') return host.reason;
  return host.kind === 'no-answer' ? 'host-unreachable' : 'card-error';
}

/** Only the balance proves a load; what it leaves open is for the next probe, and until then nothing may be reversed. */
function* conclude(attempt: Attempt): Step<Outcome> {
  const { loadable, chip, host, completion, signed } = attempt;
  const { card, genuine, cardholder, atc, balance } = loadable;
  const atcNow = yield* readAtc();
  if (atcNow.kind === 'torn') return OPEN;
  const balanceNow = yield* readBalance();
  if (balanceNow.kind === 'torn') return OPEN;
  const evidence = { atc: atcNow.value, balance: balanceNow.value };
  const verdict = judgeLoad({ atc, balanceBefore: balance, amount: card.input.amount }, evidence);
  const seen = cardSeen(card, { before: balance, after: balanceNow.value });
  if (verdict === 'not-moved') {
    const reversed = host.kind === 'approved' ? { authorisationToReverse: host.authorisationId } : {};
    return { kind: 'declined', reason: failure(host), debited: 'none', card: seen, chip, completion, ...reversed };
  }
  if (verdict !== 'moved' || host.kind !== 'approved') return OPEN;
  return {
    kind: 'approved',
    fundedBy: 'account',
    offline: false,
    card: seen,
    chip,
    cardholderVerification: cardholder.method,
    offlineAuthentication: signed ? 'cda' : genuine.method,
    authorisationId: host.authorisationId,
    completion,
  };
}

function* askHost(loadable: Loadable, chip: ChipData, pin: OnlinePin | undefined): Step<OnlineAnswer> {
  const card = cardSeen(loadable.card, { before: loadable.balance });
  return yield* ask('authorise-online', { purpose: 'authorise', card, chip, ...(pin && { pin }) });
}

/** From the ARQC on: the host's word, the card's issuer and its script, then the balance. */
function* loadOnline(loadable: Loadable, arqc: Cryptogram, cdol1Values: Uint8Array): Step<Outcome> {
  const { card, genuine, cardholder } = loadable;
  const chip = chipDataOf(card, arqc, toldValues(card, [card.cdol1, cdol1Values]));
  const host = yield* askHost(loadable, chip, cardholder.onlinePin);
  const { kind, completion, signed } = yield* complete(card, {
    host,
    cdol1Values,
    algorithms: arqc.algorithms,
    iccKey: genuine.cda ? genuine.iccKey : undefined,
    // biome-ignore lint/correctness/useYield: a load is never approved without the host, and nobody need be asked.
    mayApproveAlone: function* () {
      return false;
    },
  });
  const granted = host.kind === 'approved' || (host.kind === 'declined' && host.issuer?.scripts !== undefined);
  // Only a script changes the chip: without one, a card that has gone has not been loaded.
  if (kind === 'left' && !granted) {
    const seen = cardSeen(card, { before: loadable.balance, after: loadable.balance });
    return { kind: 'declined', reason: failure(host), debited: 'none', card: seen, chip, completion };
  }
  if (kind === 'left') return OPEN;
  return yield* conclude({ loadable, chip, host, completion, signed: signed || arqc.signed });
}

/** The ARQC, behind a durable intent that keeps counter and balance. */
function* firstCryptogram(loadable: Loadable): Step<Outcome> {
  const { card, genuine, atc, balance } = loadable;
  const cdol1Values = cdolValues(card, card.cdol1);
  const facts = intentFacts(card, { atc, request: 'arqc', cdol1Values });
  const intent: LoadIntent = { ...facts, path: 'load', balanceBefore: balance };
  const saved = yield* ask('save-intent', { intent });
  if (saved.kind === 'refused') return refuse(card, saved.reason);
  const iccKey = genuine.cda ? genuine.iccKey : undefined;
  const algorithms = { chain: genuine.chain };
  const reply = yield* generateCryptogram(card, { type: 'arqc', values: cdol1Values, iccKey, algorithms });
  if (reply.kind === 'torn') return OPEN;
  const seen = cardSeen(card, { before: balance, after: balance });
  // The host has not been asked: no script can have reached the card.
  if (reply.kind !== 'cryptogram') {
    return declined(reply.kind === 'not-genuine' ? 'not-genuine' : 'card-error', seen);
  }
  const { cryptogram } = reply;
  note(card, { tsi: ['card-risk-management-performed'] });
  if (cryptogram.type === 'arqc') return yield* loadOnline(loadable, cryptogram, cdol1Values);
  const chip = chipDataOf(card, cryptogram, toldValues(card, [card.cdol1, cdol1Values]));
  return declined(cryptogram.type === 'tc' ? 'card-error' : reasonOf(card), seen, chip);
}

/**
 * A load of electronic cash from the card's account (圈存; JR/T 0025.13, and full debit/credit for its dialogue): an ARQC with
 * `input.transactionType` (60 in PBOC) and `input.amount`, the host's word with the ARPC, a second GENERATE AC, and the issuer's
 * script that puts the new balance (9F79). Approved only when the chip shows the new balance; `declined` with
 * `authorisationToReverse` when the host has granted what the chip did not get; `torn` after the intent while that is not
 * known, until `recover` says `loaded` or `not-loaded`. Over the air the TTQ offers full debit/credit alone.
 */
export function* load(input: TransactionInput, cardInterface: CardInterface): Step<Outcome> {
  if (!input.terminal.onlineCapable) return declined('host-unreachable');
  const presented = yield* presentCard(input, cardInterface);
  if (presented.kind !== 'initiated') return presented;
  const card = yield* readCard(presented.dialogue);
  if (card.kind !== 'read') return card;
  const loadable = yield* prepare(card);
  if (loadable.kind !== 'loadable') return loadable;
  try {
    return yield* firstCryptogram(loadable);
  } finally {
    loadable.cardholder.onlinePin?.block.wipe();
  }
}

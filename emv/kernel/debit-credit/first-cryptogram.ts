import { TAG } from '../../dictionary/index.ts';
import { balanceOf, parseIssuerApplicationData } from '../../issuer/index.ts';
import { type Fen, hex, isFen } from '../../values/index.ts';
import { declined } from '../ending.ts';
import { judgeDebit } from '../evidence.ts';
import { readAtc, readBalance } from '../get-data.ts';
import type { DebitCreditIntent } from '../intent.ts';
import type { DeclineReason, Outcome } from '../outcome.ts';
import { ask, type Step } from '../requests.ts';
import { deniesOfflinePin } from './card-verification.ts';
import { chipDataOf, toldValues } from './chip-data.ts';
import { note } from './dialogue.ts';
import { type Cryptogram, type CryptogramReply, cdolValues, generateCryptogram } from './generate-ac.ts';
import { processOnline } from './online-processing.ts';
import { intentFacts, lacksFunds, type Payment, seenOf } from './payment.ts';
import { cardSeen, refuse } from './read-card.ts';
import { reasonOf } from './reason.ts';

const OPEN: Outcome = { kind: 'torn', at: 'after-intent' };

/** A card may give less than it is asked for, never more (EMV Book 3, §10.8). */
const RANK = { aac: 0, arqc: 1, tc: 2 } as const;
/** The reason in the CID (EMV Book 3, table 14): PIN try limit exceeded. */
const REASON_CODE = 0x07;
const PIN_TRY_LIMIT = 0x02;
const DECLINED_OFFLINE = hex('5A31');

/**
 * The card has been asked, and gave nothing that can be believed. Electronic cash may have been spent all the same: counter
 * and balance say, and what they leave open stays an open intent. An account pays only with a cryptogram.
 */
function* concludeUnproved(payment: Payment, reason: DeclineReason): Step<Outcome> {
  const { card, electronicCash, atc, balance } = payment;
  if (!electronicCash) return declined(reason, seenOf(payment));
  const atcNow = yield* readAtc();
  if (atcNow.kind === 'torn') return OPEN;
  const balanceNow = yield* readBalance();
  if (balanceNow.kind === 'torn') return OPEN;
  const before = {
    amount: card.input.amount,
    ...(atc !== undefined && { atc }),
    ...(balance !== undefined && { balanceBefore: balance }),
  };
  const verdict = judgeDebit(before, { atc: atcNow.value, balance: balanceNow.value });
  if (verdict === 'not-moved') return declined(reason, seenOf(payment));
  if (verdict !== 'moved') return OPEN;
  const seen = cardSeen(card, { before: balance, after: balanceNow.value });
  return { kind: 'declined', reason, debited: 'chip', card: { ...seen, ...(atc !== undefined && { atc }) } };
}

/** JR/T 0025.13 §7.4.6: what the card says to its issuer of its balance, else GET DATA, else what must be left. */
function* balanceAfter({ card, balance }: Payment, cryptogram: Cryptogram): Step<Fen | undefined> {
  const parsed = parseIssuerApplicationData(cryptogram.issuerApplicationData);
  const discretionary = parsed.kind === 'parsed' ? parsed.iad.discretionaryData : undefined;
  const reported = discretionary && balanceOf(discretionary);
  if (reported !== undefined) return reported;
  const told = yield* readBalance();
  if (told.kind === 'told' && told.value !== undefined) return told.value;
  const left = balance === undefined ? undefined : balance - card.input.amount;
  return left !== undefined && isFen(left) ? left : undefined;
}

/** A TC: the chip has paid from its electronic cash, or the account will when the centre has this record. */
function* approve(payment: Payment, cryptogram: Cryptogram, cdol1Values: Uint8Array): Step<Outcome> {
  const { card, genuine, verification, electronicCash, balance } = payment;
  const chip = chipDataOf(card, cryptogram, toldValues(card, [card.cdol1, cdol1Values]));
  const after = electronicCash ? yield* balanceAfter(payment, cryptogram) : balance;
  return {
    kind: 'approved',
    fundedBy: electronicCash ? 'chip' : 'account',
    offline: true,
    card: cardSeen(card, { before: balance, after }),
    chip,
    cardholderVerification: verification,
    offlineAuthentication: cryptogram.signed ? 'cda' : genuine.method,
  };
}

/** An AAC: the card's own wish, or the terminal's. */
function refused(payment: Payment, cryptogram: Cryptogram, cdol1Values: Uint8Array): Outcome {
  const { card, action } = payment;
  const blocked = cryptogram.type === 'aac' && (cryptogram.cid & REASON_CODE) === PIN_TRY_LIMIT;
  const own = lacksFunds(payment) ? 'insufficient-funds' : blocked ? 'pin-tries-exceeded' : reasonOf(card);
  const chip = chipDataOf(card, cryptogram, toldValues(card, [card.cdol1, cdol1Values]));
  return declined(action.reason ?? own, seenOf(payment), chip);
}

/** EMV Book 2, §6.6.2: the signature over the cryptogram has failed. An ARQC is answered with an AAC, a TC cannot be. */
function* concludeNotGenuine(
  payment: Payment,
  { type }: Extract<CryptogramReply, { kind: 'not-genuine' }>,
): Step<Outcome> {
  const { card } = payment;
  note(card, { tvr: ['cda-failed'], tsi: ['offline-data-authentication-performed'] });
  if (type === 'arqc') {
    card.terminal.set(TAG.authorisationResponseCode, DECLINED_OFFLINE);
    const values = cdolValues(card, card.cdol2);
    yield* generateCryptogram(card, { type: 'aac', values, iccKey: undefined, algorithms: {} });
  }
  return yield* concludeUnproved(payment, 'not-genuine');
}

function* conclude(payment: Payment, reply: CryptogramReply, cdol1Values: Uint8Array): Step<Outcome> {
  const { card, action } = payment;
  if (reply.kind === 'torn') return OPEN;
  if (reply.kind === 'refused') return yield* concludeUnproved(payment, 'card-error');
  if (reply.kind === 'not-genuine') return yield* concludeNotGenuine(payment, reply);
  const { cryptogram } = reply;
  const { type } = cryptogram;
  note(card, { tsi: ['card-risk-management-performed'] });
  if (cryptogram.signed) note(card, { tsi: ['offline-data-authentication-performed'] });
  // A referral is no word of this card's kind: who calls a TC one would hide that the chip has paid.
  if (type === 'aar' && payment.electronicCash) return yield* concludeUnproved(payment, 'card-declined');
  if (type === 'aac' || type === 'aar') return refused(payment, cryptogram, cdol1Values);
  if (RANK[type] > RANK[action.request]) return yield* concludeUnproved(payment, 'card-error');
  if (type === 'tc' && deniesOfflinePin(cryptogram.issuerApplicationData, payment.verification)) {
    return yield* concludeUnproved(payment, 'not-genuine');
  }
  return type === 'tc'
    ? yield* approve(payment, cryptogram, cdol1Values)
    : yield* processOnline(payment, cryptogram, cdol1Values);
}

/**
 * The first GENERATE AC (EMV Book 3, §10.8), behind a durable intent: on the electronic-cash path the card pays with its TC.
 */
export function* firstCryptogram(payment: Payment): Step<Outcome> {
  const { card, genuine, electronicCash, atc, balance, action } = payment;
  const cdol1Values = cdolValues(card, card.cdol1);
  const { request } = action;
  const intent: DebitCreditIntent = {
    ...intentFacts(card, { atc, request, cdol1Values }),
    path: 'debit-credit',
    electronicCash,
    ...(balance !== undefined && { balanceBefore: balance }),
  };
  const saved = yield* ask('save-intent', { intent });
  if (saved.kind === 'refused') return refuse(card, saved.reason);
  const iccKey = genuine.cda ? genuine.iccKey : undefined;
  const algorithms = { chain: genuine.chain };
  const reply = yield* generateCryptogram(card, { type: request, values: cdol1Values, iccKey, algorithms });
  return yield* conclude(payment, reply, cdol1Values);
}

import { TAG } from '../../dictionary/index.ts';
import { type Fen, parseAmount, readUint } from '../../values/index.ts';
import { declined, type Ended, TORN } from '../ending.ts';
import { judgeLoad } from '../evidence.ts';
import { readAtc, readBalance, readObject } from '../get-data.ts';
import type { LoadIntent } from '../intent.ts';
import type { CardSeen, ChipData, DeclineReason, Outcome } from '../outcome.ts';
import { ask, type OnlineAnswer, type Step } from '../requests.ts';
import type { TransactionInput } from '../transaction.ts';
import { type CardholderVerified, verify } from './cardholder.ts';
import { chipDataOf, toldValues } from './chip-data.ts';
import { type Completed, complete } from './complete.ts';
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
  if (most !== undefined && balance.value + card.input.amount > most) return refuse(card, 'balance-limit');
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

/** The card's ARQC, and what it covers. */
interface Asked {
  readonly loadable: Loadable;
  readonly arqc: Cryptogram;
  readonly cdol1Values: Uint8Array;
  readonly chip: ChipData;
}

/** The card as it was: nothing has reached its chip. */
const unmoved = ({ card, balance }: Loadable): CardSeen => cardSeen(card, { before: balance, after: balance });

function refusedLoad({ loadable, chip }: Asked, reason: DeclineReason): Extract<Outcome, { kind: 'declined' }> {
  return { kind: 'declined', reason, debited: 'none', card: unmoved(loadable), chip };
}

/** The host's word goes to the card. The host approves a load or nobody does. */
const tellCard = ({ loadable, arqc, cdol1Values }: Asked, host: OnlineAnswer): Step<Completed> =>
  complete(loadable.card, {
    host,
    cdol1Values,
    algorithms: arqc.algorithms,
    iccKey: loadable.genuine.cda ? loadable.genuine.iccKey : undefined,
    // biome-ignore lint/correctness/useYield: nobody need be asked.
    mayApproveAlone: function* () {
      return false;
    },
  });

/** Without a grant there is no script that could change the balance, whatever becomes of the card. */
function* notGranted(asked: Asked, host: Exclude<OnlineAnswer, { kind: 'approved' }>): Step<Outcome> {
  const { completion } = yield* tellCard(asked, host);
  const reason = host.kind === 'declined' ? host.reason : 'host-unreachable';
  return { ...refusedLoad(asked, reason), completion };
}

/** Behind a durable intent with all that a record needs: from here on the script may reach the chip. */
function* granted(asked: Asked, host: Extract<OnlineAnswer, { kind: 'approved' }>): Step<Outcome> {
  const { loadable, cdol1Values, chip } = asked;
  const { card, atc, balance } = loadable;
  const { authorisationId } = host;
  const facts = intentFacts(card, { atc, request: 'arqc', cdol1Values });
  const intent: LoadIntent = { ...facts, path: 'load', balanceBefore: balance, chip, authorisationId };
  const saved = yield* ask('save-intent', { intent });
  if (saved.kind === 'refused') {
    return { ...refusedLoad(asked, saved.reason), authorisationToReverse: authorisationId };
  }
  const completed = yield* tellCard(asked, host);
  return completed.kind === 'left' ? OPEN : yield* conclude(asked, authorisationId, completed);
}

/** Only the balance proves a load; what it leaves open is for the next probe, and until then nothing may be reversed. */
function* conclude(asked: Asked, authorisationId: string, { completion, signed }: Completed): Step<Outcome> {
  const { loadable, arqc, chip } = asked;
  const { card, genuine, cardholder, atc, balance } = loadable;
  const atcNow = yield* readAtc();
  if (atcNow.kind === 'torn') return OPEN;
  const balanceNow = yield* readBalance();
  if (balanceNow.kind === 'torn') return OPEN;
  const evidence = { atc: atcNow.value, balance: balanceNow.value };
  const verdict = judgeLoad({ atc, balanceBefore: balance, amount: card.input.amount }, evidence);
  if (verdict === 'not-moved') {
    return { ...refusedLoad(asked, 'card-error'), completion, authorisationToReverse: authorisationId };
  }
  if (verdict !== 'moved') return OPEN;
  return {
    kind: 'approved',
    fundedBy: 'account',
    offline: false,
    card: cardSeen(card, { before: balance, after: balanceNow.value }),
    chip,
    cardholderVerification: cardholder.method,
    offlineAuthentication: signed || arqc.signed ? 'cda' : genuine.method,
    authorisationId,
    completion,
  };
}

/** The ARQC, then the host's word. No intent stands before it: nothing but the issuer's script can load a chip. */
function* firstCryptogram(loadable: Loadable): Step<Outcome> {
  const { card, genuine, cardholder } = loadable;
  const cdol1Values = cdolValues(card, card.cdol1);
  const iccKey = genuine.cda ? genuine.iccKey : undefined;
  const algorithms = { chain: genuine.chain };
  const reply = yield* generateCryptogram(card, { type: 'arqc', values: cdol1Values, iccKey, algorithms });
  if (reply.kind === 'torn') return TORN;
  if (reply.kind !== 'cryptogram') {
    return declined(reply.kind === 'not-genuine' ? 'not-genuine' : 'card-error', unmoved(loadable));
  }
  const { cryptogram: arqc } = reply;
  note(card, { tsi: ['card-risk-management-performed'] });
  const chip = chipDataOf(card, arqc, toldValues(card, [card.cdol1, cdol1Values]));
  const asked: Asked = { loadable, arqc, cdol1Values, chip };
  if (arqc.type !== 'arqc') return refusedLoad(asked, arqc.type === 'tc' ? 'card-error' : reasonOf(card));
  const { onlinePin: pin } = cardholder;
  const seen = cardSeen(card, { before: loadable.balance });
  const host = yield* ask('authorise-online', { purpose: 'load', card: seen, chip, ...(pin && { pin }) });
  return host.kind === 'approved' ? yield* granted(asked, host) : yield* notGranted(asked, host);
}

/**
 * A load of electronic cash from the card's account (圈存; JR/T 0025.13, and full debit/credit for its dialogue): an ARQC with
 * `input.transactionType` (60 in PBOC) and `input.amount`, the host's word with the ARPC, a second GENERATE AC, and the issuer's
 * script that puts the new balance (9F79). The intent is asked for once the host has granted the load, before its script can
 * go. Approved only when the chip shows the new balance; `declined`: the chip has not got it, for certain, and with
 * `authorisationToReverse` the host has granted it in vain; `torn` after the intent: not known, until `recover` says `loaded`
 * or `not-loaded`. Over the air the TTQ offers full debit/credit alone.
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

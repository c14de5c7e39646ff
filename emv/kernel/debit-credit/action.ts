import { electronicCashAction, firstAction, isAttended } from '../../debit-credit/index.ts';
import { isBitSet, TAG } from '../../dictionary/index.ts';
import { amountBytes, type Fen, hex } from '../../values/index.ts';
import { declined, type Ended, TORN } from '../ending.ts';
import { readObject } from '../get-data.ts';
import type { CardholderVerification, DeclineReason } from '../outcome.ts';
import { askCardholder, type OnlinePin, type Step } from '../requests.ts';
import { mayApproveAlone } from './approve-alone.ts';
import { note } from './dialogue.ts';
import type { CryptogramType } from './generate-ac.ts';
import type { OfflineAuthenticated } from './offline-authentication.ts';
import { type CardRead, cardSeen } from './read-card.ts';
import { reasonOf } from './reason.ts';

/** What the first GENERATE AC asks for; `reason`: why an AAC. */
export interface Action {
  readonly kind: 'action';
  readonly request: CryptogramType;
  readonly reason?: DeclineReason;
  /** The PIN that electronic cash asked for on its way to the host; to be wiped by whoever holds it. */
  readonly onlinePin?: OnlinePin;
}

interface Known {
  readonly electronicCash: boolean;
  readonly balance: Fen | undefined;
  readonly verification: CardholderVerification;
  readonly listed: boolean;
  /** How the card has shown to be genuine, or will with its cryptogram. */
  readonly proof: Pick<OfflineAuthenticated, 'method' | 'cda'>;
}

const action = (request: CryptogramType, rest: Omit<Action, 'kind' | 'request'> = {}): Action => ({
  kind: 'action',
  request,
  ...rest,
});
const refusal = (reason: DeclineReason): Action => action('aac', { reason });

/** 8A as the terminal sets it before the host is asked (EMV Book 4, annex A6); an ARQC has none yet. */
const RESPONSE_CODE: Readonly<Record<CryptogramType, Uint8Array>> = {
  tc: hex('5931'),
  aac: hex('5A31'),
  arqc: hex('0000'),
};
/** Online PIN, always, result unknown. */
const ONLINE_PIN_RESULTS = hex('020000');

/** JR/T 0025.13 §7.4.4: may the chip pay, or does it want the host? */
function* electronicCash(card: CardRead, balance: Fen | undefined): Step<Action | Ended> {
  const threshold = yield* readObject(TAG.ecResetThreshold);
  if (threshold.kind === 'torn') return TORN;
  const { terminal, amount } = card.input;
  const wanted = electronicCashAction({
    amount,
    balance: balance === undefined ? undefined : amountBytes(balance),
    resetThreshold: threshold.value,
    terminalType: terminal.terminalType,
    onlinePin: terminal.onlinePin && terminal.onlineCapable,
  });
  switch (wanted) {
    case 'offline':
      return action('tc');
    case 'online':
      return action('arqc');
    case 'declined':
      return refusal('insufficient-funds');
    case 'malformed':
      return declined('card-error', cardSeen(card));
    case 'online-with-pin':
      return yield* withPin(card);
  }
}

function* withPin(card: CardRead): Step<Action | Ended> {
  const { pan, input } = card;
  const mayBypass = isAttended(input.terminal.terminalType);
  const entered = yield* askCardholder('online-pin', { pan, amount: input.amount, mayBypass });
  switch (entered.kind) {
    case 'entered':
      note(card, { tvr: ['online-pin-entered'], tsi: ['cardholder-verification-performed'] });
      card.terminal.set(TAG.cvmResults, ONLINE_PIN_RESULTS);
      return action('arqc', { onlinePin: entered.pin });
    case 'cancelled':
      return { kind: 'cancelled', reason: 'pin-cancelled', card: cardSeen(card) };
    case 'timed-out':
      return { kind: 'cancelled', reason: 'pin-timed-out', card: cardSeen(card) };
    case 'bypassed':
    case 'unavailable':
      return action('tc');
  }
}

/** A TC, if the terminal may approve alone; else the host, where it can be asked. */
function* withinLimits(card: CardRead, proof: Known['proof']): Step<Action> {
  const alone = yield* mayApproveAlone(card, proof, TAG.cdol1);
  if (alone.kind === 'allowed') return action('tc');
  return card.input.terminal.onlineCapable ? action('arqc') : refusal(alone.reason);
}

function* decide(card: CardRead, known: Known): Step<Action | Ended> {
  if (known.listed) return refusal('hotlisted');
  const ttq = card.terminal.get(TAG.ttq) ?? new Uint8Array();
  if (isBitSet(ttq, 2, 7) && known.verification === 'none') return refusal('online-pin-required');
  const { request } = firstAction(card.data, {
    terminalType: card.input.terminal.terminalType,
    terminalActionCodes: card.parameters.debitCredit?.actionCodes ?? {},
    tvr: card.tvr.bytes,
  });
  if (request === 'aac') return refusal(reasonOf(card));
  if (request === 'arqc') return action('arqc');
  const chip = known.electronicCash ? yield* electronicCash(card, known.balance) : action('tc');
  return chip.kind === 'action' && chip.request === 'tc' ? yield* withinLimits(card, known.proof) : chip;
}

/**
 * Terminal action analysis (EMV Book 3, §10.7; electronic cash JR/T 0025.13 §7.4.4), then the house's own rules: a card on
 * the exception file gets an AAC whatever the action codes say, and a TC must be allowed by the terminal's offline limits.
 */
export function* analyseActions(card: CardRead, known: Known): Step<Action | Ended> {
  const decided = yield* decide(card, known);
  if (decided.kind === 'action') {
    card.terminal.set(TAG.authorisationResponseCode, RESPONSE_CODE[decided.request]);
  }
  return decided;
}

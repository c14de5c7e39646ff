import { electronicCashPath } from '../../debit-credit/index.ts';
import { TAG } from '../../dictionary/index.ts';
import { parseAmount, readUint } from '../../values/index.ts';
import { type Ended, TORN } from '../ending.ts';
import { readObject } from '../get-data.ts';
import type { Outcome } from '../outcome.ts';
import type { Step } from '../requests.ts';
import { analyseActions } from './action.ts';
import { type CardholderVerified, verify } from './cardholder.ts';
import { type Dialogue, electronicCashOffered } from './dialogue.ts';
import { checkExceptionFile, type ExceptionFile } from './exception-file.ts';
import { firstCryptogram } from './first-cryptogram.ts';
import { authenticateOffline, type OfflineAuthenticated } from './offline-authentication.ts';
import { type CardRead, readCard, refuse } from './read-card.ts';
import { restrict } from './restrictions.ts';
import { manageRisk } from './risk-management.ts';

/** Everything that was found before the terminal decides. */
interface Judged {
  readonly card: CardRead;
  readonly genuine: OfflineAuthenticated;
  readonly cardholder: CardholderVerified;
  readonly exceptionFile: ExceptionFile;
  readonly electronicCash: boolean;
}

/** Counter and balance, risk management, action analysis; then the card is asked. */
function* decide({ card, genuine, cardholder, exceptionFile, electronicCash }: Judged): Step<Outcome> {
  const atc = yield* readObject(TAG.atc);
  if (atc.kind === 'torn') return TORN;
  const managed = yield* manageRisk(card, { electronicCash, exceptionFile, atc: atc.value });
  if (managed.kind !== 'managed') return managed;
  // Electronic cash that has not been asked for before GPO: nothing has moved yet.
  let balance = card.balanceBefore;
  if (electronicCash && balance === undefined) {
    const told = yield* readObject(TAG.ecBalance);
    if (told.kind === 'torn') return TORN;
    balance = told.value && parseAmount(told.value);
  }
  const { method: verification } = cardholder;
  const { listed } = exceptionFile;
  const action = yield* analyseActions(card, { electronicCash, balance, verification, listed, proof: genuine });
  if (action.kind !== 'action') return action;
  try {
    return yield* firstCryptogram({
      card,
      genuine,
      verification: action.onlinePin ? 'online-pin' : verification,
      onlinePin: action.onlinePin ?? cardholder.onlinePin,
      electronicCash,
      atc: atc.value?.length === 2 ? readUint(atc.value) : undefined,
      balance,
      action,
    });
  } finally {
    action.onlinePin?.block.wipe();
  }
}

/** A cardholder whom nobody needs to verify: the card is refused whoever holds it. */
const NOBODY: CardholderVerified = { kind: 'verified', method: 'none' };

/**
 * One transaction of full debit/credit from GPO's answer on (EMV Book 3, §10; JR/T 0025.5, JR/T 0025.6), step by step as the
 * standard has them. Up to the first GENERATE AC no money can move; from there on an intent is on disk.
 */
export function* debitCredit(dialogue: Dialogue): Step<Outcome> {
  const card = yield* readCard(dialogue);
  if (card.kind !== 'read') return card;
  const offered = electronicCashOffered(card);
  const path = electronicCashPath(card.data, { offered, currencyCode: card.input.currencyCode });
  if (path === 'malformed') return refuse(card, 'card-error');
  const exceptionFile = yield* checkExceptionFile(card);
  const genuine = yield* authenticateOffline(card);
  if (genuine.kind !== 'authenticated') return genuine;
  restrict(card);
  const cardholder: CardholderVerified | Ended = exceptionFile.listed ? NOBODY : yield* verify(card);
  if (cardholder.kind !== 'verified') return cardholder;
  try {
    return yield* decide({ card, genuine, cardholder, exceptionFile, electronicCash: path === 'electronic-cash' });
  } finally {
    cardholder.onlinePin?.block.wipe();
  }
}

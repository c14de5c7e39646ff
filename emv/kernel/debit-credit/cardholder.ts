import { type CvmOutcome, verifyCardholder } from '../../cvm/index.ts';
import { isBitSet, TAG } from '../../dictionary/index.ts';
import type { ChainKey } from '../../oda/index.ts';
import { fen } from '../../values/index.ts';
import { declined, type Ended, TORN } from '../ending.ts';
import type { CardholderVerification } from '../outcome.ts';
import type { OnlinePin, Step } from '../requests.ts';
import { note } from './dialogue.ts';
import { type CardRead, cardSeen } from './read-card.ts';

export interface CardholderVerified {
  readonly kind: 'verified';
  readonly method: CardholderVerification;
  /** To be wiped by whoever holds it. */
  readonly onlinePin?: OnlinePin;
}

const PADDING_LENGTH = 256;
const METHOD = 0x3f;
const SUCCESSFUL = 0x02;
const ID_DOCUMENT = 0x20;
/** Offline PIN, plaintext or enciphered, alone or with a signature (EMV Book 3, annex C3). */
const OFFLINE_PIN: readonly number[] = [0x01, 0x03, 0x04, 0x05];

function methodOf({ cvmResults, signature, onlinePin }: CvmOutcome): CardholderVerification {
  const [rule = 0, , result] = cvmResults;
  const method = rule & METHOD;
  if (onlinePin) return 'online-pin';
  if (OFFLINE_PIN.includes(method) && result !== 0x01) return signature ? 'offline-pin-and-signature' : 'offline-pin';
  if (signature) return 'signature';
  return method === ID_DOCUMENT && result === SUCCESSFUL ? 'id-document' : 'none';
}

/** Cardholder verification (EMV Book 3, §10.5), where the card asks for it (AIP byte 1 bit 5). */
export function* verify(card: CardRead, iccKey: ChainKey | undefined): Step<CardholderVerified | Ended> {
  if (!isBitSet(card.aip, 1, 5)) return { kind: 'verified', method: 'none' };
  const { input, pan, data } = card;
  const result = yield* verifyCardholder(data, {
    terminalType: input.terminal.terminalType,
    capabilities: input.terminal.capabilities,
    transactionType: input.transactionType,
    currencyCode: input.currencyCode,
    amount: input.amount,
    amountOther: fen(0),
    pan,
    pinKey: iccKey,
    padding: input.debitCredit?.padding ?? new Uint8Array(PADDING_LENGTH),
  });
  switch (result.kind) {
    case 'torn':
      return TORN;
    case 'terminated':
      return declined('card-error', cardSeen(card));
    case 'cancelled':
      return { kind: 'cancelled', reason: result.reason, card: cardSeen(card) };
    case 'verified': {
      const { outcome, onlinePin } = result;
      note(card, outcome);
      card.terminal.set(TAG.cvmResults, outcome.cvmResults);
      return { kind: 'verified', method: methodOf(outcome), ...(onlinePin && { onlinePin }) };
    }
  }
}

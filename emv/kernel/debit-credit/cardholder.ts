import type { RsaPublicKey } from '../../crypto/index.ts';
import { type CvmOutcome, PIN_PADDING_BYTES, pinEnciphermentKey, verifyCardholder } from '../../cvm/index.ts';
import { isBitSet, TAG } from '../../dictionary/index.ts';
import { fen } from '../../values/index.ts';
import { iccKeyOf, issuerKeyOf } from '../certificate-chain.ts';
import { declined, type Ended, TORN } from '../ending.ts';
import type { CardholderVerification } from '../outcome.ts';
import type { OnlinePin, Step } from '../requests.ts';
import { note } from './dialogue.ts';
import { authenticatedRecords, chainFacts } from './offline-authentication.ts';
import { type CardRead, cardSeen } from './read-card.ts';

export interface CardholderVerified {
  readonly kind: 'verified';
  readonly method: CardholderVerification;
  /** To be wiped by whoever holds it. */
  readonly onlinePin?: OnlinePin;
}

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

/** Under which key a PIN may go to the card enciphered, where the terminal can do that (9F33 byte 2 bit 5). */
function pinKey(card: CardRead): RsaPublicKey | undefined {
  const { input, data, pan } = card;
  // Without fresh padding nothing may be enciphered.
  if (!isBitSet(input.terminal.capabilities, 2, 5) || input.debitCredit === undefined) return undefined;
  const facts = chainFacts(card);
  const issuer = issuerKeyOf(facts);
  if ('kind' in issuer) return undefined;
  const icc = iccKeyOf(facts, issuer, authenticatedRecords(card));
  return pinEnciphermentKey(data, 'kind' in icc ? { issuer } : { issuer, icc }, pan, input.date);
}

/** Cardholder verification (EMV Book 3, §10.5). */
export function* verify(card: CardRead): Step<CardholderVerified | Ended> {
  const { input, pan, data, aip } = card;
  const end = yield* verifyCardholder(data, {
    aip,
    terminalType: input.terminal.terminalType,
    capabilities: input.terminal.capabilities,
    transactionType: input.transactionType,
    currencyCode: input.currencyCode,
    amount: input.amount,
    amountOther: fen(0),
    pan,
    pinKey: pinKey(card),
    pinPadding: input.debitCredit?.pinPadding ?? new Uint8Array(PIN_PADDING_BYTES),
  });
  switch (end.kind) {
    case 'torn':
      return TORN;
    case 'terminated':
      return declined('card-error', cardSeen(card));
    case 'cancelled':
      return { kind: 'cancelled', reason: end.reason, card: cardSeen(card) };
    case 'completed': {
      const { outcome, onlinePin } = end;
      note(card, outcome);
      card.terminal.set(TAG.cvmResults, outcome.cvmResults);
      return { kind: 'verified', method: methodOf(outcome), ...(onlinePin && { onlinePin }) };
    }
  }
}

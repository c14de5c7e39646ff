import type { TvrBit } from '../../debit-credit/index.ts';
import { isBitSet, TAG } from '../../dictionary/index.ts';
import type { DolEntry } from '../../tlv/index.ts';
import { CardData } from '../card-data.ts';
import type { DeclineReason } from '../outcome.ts';
import { templateOf } from '../read-application-data.ts';
import { ask, type Step } from '../requests.ts';
import { authenticatedRecords, type OfflineAuthenticated } from './offline-authentication.ts';
import type { CardRead } from './read-card.ts';
import { reasonOf } from './reason.ts';

/** What every CDOL of PBOC begins with: the order of the cryptogram's own input (JR/T 0025.5, version 01). */
const STANDARD_LIST: readonly DolEntry[] = [
  { tag: TAG.amountAuthorised, length: 6 },
  { tag: TAG.amountOther, length: 6 },
  { tag: TAG.terminalCountry, length: 2 },
  { tag: TAG.tvr, length: 5 },
  { tag: TAG.currencyCode, length: 2 },
  { tag: TAG.transactionDate, length: 3 },
  { tag: TAG.transactionType, length: 1 },
  { tag: TAG.unpredictableNumber, length: 4 },
];
/** What the issuer says stands before them in CDOL2. */
const ISSUERS_WORD: readonly number[] = [TAG.authorisationResponseCode, TAG.issuerAuthenticationData];
/** An issuer whose action codes do not name these, or whose action codes somebody has emptied, is asked all the same. */
const FOR_THE_HOST: readonly TvrBit[] = ['expired-application', 'cardholder-verification-not-successful'];

/** Does a record that enters offline data authentication hold this data object? */
function isSigned(card: CardRead, tag: number): boolean {
  return authenticatedRecords(card).some(({ data }) => {
    const record = new CardData();
    return record.addRecord(templateOf(data) ?? []) === undefined && record.get(tag) !== undefined;
  });
}

/**
 * Does the card understand what it is told as the terminal means it? A signature covers the values of a CDOL, not the list: whoever
 * stands between could give the terminal another list, so that the card reads one fen where the terminal has written its
 * amount. A list counts that the issuer has signed, or that begins as all do.
 */
function isUnderstood(card: CardRead, tag: typeof TAG.cdol1 | typeof TAG.cdol2): boolean {
  const entries = tag === TAG.cdol1 ? card.cdol1 : card.cdol2;
  const first = tag === TAG.cdol1 ? 0 : entries.findIndex((entry) => !ISSUERS_WORD.includes(entry.tag));
  const begins = STANDARD_LIST.every(({ tag: wanted, length }, at) => {
    const entry = entries[first + at];
    return entry?.tag === wanted && entry.length === length;
  });
  return begins || isSigned(card, tag);
}

/** Has the card shown to be genuine, or will it with its cryptogram; and is the account the one that it is genuine for? */
function isProved(card: CardRead, { method, cda }: Pick<OfflineAuthenticated, 'method' | 'cda'>): boolean {
  // The card's own certificate names the PAN; a static signature covers what is in its records.
  return method === 'sda' ? isSigned(card, TAG.pan) : method === 'dda' || cda;
}

export type Alone = { readonly kind: 'allowed' } | { readonly kind: 'refused'; readonly reason: DeclineReason };

/**
 * Why this card and its cardholder may not be trusted without the host; undefined where nothing speaks against them.
 * `list`: that of the cryptogram which the payment is to rest on.
 */
export function whyNotTrusted(
  card: CardRead,
  proof: Pick<OfflineAuthenticated, 'method' | 'cda'>,
  list: typeof TAG.cdol1 | typeof TAG.cdol2,
): DeclineReason | undefined {
  if (!isProved(card, proof) || !isUnderstood(card, list)) return 'not-genuine';
  return FOR_THE_HOST.some((bit) => card.tvr.has(bit)) ? reasonOf(card) : undefined;
}

/**
 * May the terminal approve without the host, whatever the action codes say? Nobody is paid offline by a card that may be a copy, or
 * that understands something else than it is told; the cardholder must not have failed, nor the card have expired, and the
 * amount lies within the limits: those of the TTQ over the air, and the installation's. `list`: that of the
 * cryptogram which is to be a TC.
 */
export function* mayApproveAlone(
  card: CardRead,
  proof: Pick<OfflineAuthenticated, 'method' | 'cda'>,
  list: typeof TAG.cdol1 | typeof TAG.cdol2,
): Step<Alone> {
  const untrusted = whyNotTrusted(card, proof, list);
  if (untrusted !== undefined) return { kind: 'refused', reason: untrusted };
  const ttq = card.terminal.get(TAG.ttq) ?? new Uint8Array();
  if (isBitSet(ttq, 2, 8)) return { kind: 'refused', reason: 'offline-limit' };
  const { pan, panSequence, input } = card;
  return yield* ask('check-offline-limits', { pan, panSequence, amount: input.amount });
}

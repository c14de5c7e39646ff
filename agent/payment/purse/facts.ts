import type { RecordPurse } from '../../../clearing/contract/record/index.ts';
import {
  PURSE_TYPE,
  type PurseCard,
  type PurseDebit,
  type PurseFinding,
  type PursePurchaseIntent,
} from '../../../emv/purse/index.ts';
import { type Fen, fullDateBytes, hex, timeBytes, toHex, uintBytes } from '../../../emv/values/index.ts';
import { present } from '../../present.ts';
import type { CardFacts, RecordFacts } from '../record-draft.ts';
import type { StoredPurseIntent } from './stored-intent.ts';
import type { PurseTerms } from './terms.ts';

/** The card of a purse as records and the register have it. */
export function purseCard(
  { serial, expiry }: PurseCard,
  { aid, label }: PurseTerms,
  balances: { readonly balanceBefore?: Fen; readonly balanceAfter?: Fen } = {},
): CardFacts {
  return { pan: serial, panSequence: 0, expiry, aid: hex(aid), label, ...balances };
}

/** What the PSAM has said of MAC2, by what spoke against the purchase afterwards; nothing: it is genuine. */
const VERDICTS: { readonly [finding in PurseFinding]?: RecordPurse['mac2Verdict'] } = {
  'mac2-wrong': 'wrong',
  'no-sam-verdict': 'not-asked',
  'balance-mismatch': 'genuine',
};

/** What card and PSAM said until the intent was written (docs/record.md). */
function begun(intent: PursePurchaseIntent): RecordPurse {
  const { sam, date, time } = intent;
  return {
    transactionType: toHex(uintBytes(intent.type, 1)),
    sequence: intent.offlineSequence,
    terminalId: toHex(sam.terminalId),
    terminalSequence: sam.terminalSequence,
    samSerial: toHex(sam.serial),
    date: toHex(fullDateBytes(date)),
    time: toHex(timeBytes(time)),
    keyIndex: intent.keyIndex,
    keyVersion: intent.keyVersion,
    random: toHex(intent.random),
    mac1: toHex(intent.mac1),
    // An EP has none.
    ...(intent.type === PURSE_TYPE.purchase.ed && { overdraftLimitMinor: intent.overdraftLimit }),
  };
}

function paid(debit: PurseDebit, finding: PurseFinding | undefined): RecordPurse {
  const { mac2, transactionCode } = debit;
  return present({
    ...begun(debit),
    mac2: mac2 && toHex(mac2),
    mac2Verdict: finding === undefined ? ('genuine' as const) : VERDICTS[finding],
    transactionCode: transactionCode && toHex(transactionCode),
  });
}

type PurseFacts = Required<Pick<RecordFacts, 'card' | 'purse'>> & Pick<RecordFacts, 'cardholderVerification'>;

/** Whose PIN the card has checked: an ED pays with nothing else. */
const verification = ({ kind }: PurseTerms): Pick<RecordFacts, 'cardholderVerification'> =>
  kind === 'ed' ? { cardholderVerification: 'offline-pin' } : {};

/** A purchase that the card has paid. */
export function factsOfDebit(debit: PurseDebit, terms: PurseTerms, finding?: PurseFinding): PurseFacts {
  const { card, balanceBefore, balanceSeen, balanceAfter } = debit;
  const balances = { balanceBefore, balanceAfter: balanceSeen ?? balanceAfter };
  return { card: purseCard(card, terms, balances), purse: paid(debit, finding), ...verification(terms) };
}

/** A purchase that the card may have paid. */
export function factsOfIntent({ intent, terms }: StoredPurseIntent): PurseFacts {
  const { card, balanceBefore } = intent;
  return { card: purseCard(card, terms, { balanceBefore }), purse: begun(intent), ...verification(terms) };
}

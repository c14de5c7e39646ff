import { TAG } from '../../dictionary/index.ts';
import { type DolEntry, parseDol } from '../../tlv/index.ts';
import { type CivilDate, type Fen, Pan, parseCompressedNumeric, parseDate } from '../../values/index.ts';
import { keepsLengths } from '../covered-lengths.ts';
import { declined, type Ended } from '../ending.ts';
import { panSequenceOf } from '../gpo-answer.ts';
import type { ReadRecord } from '../intent.ts';
import type { CardSeen, DeclineReason } from '../outcome.ts';
import { readApplicationData, templateOf } from '../read-application-data.ts';
import type { Step } from '../requests.ts';
import { parseTrack2 } from '../track2.ts';
import type { Dialogue } from './dialogue.ts';

/** A card whose records have been read: all that full debit/credit needs of it is there. */
export interface CardRead extends Dialogue {
  readonly kind: 'read';
  readonly pan: Pan;
  /** 5F34, 0 when the card gives none. */
  readonly panSequence: number;
  /** 5F24. */
  readonly expiry: CivilDate;
  readonly cdol1: readonly DolEntry[];
  readonly cdol2: readonly DolEntry[];
  readonly records: readonly ReadRecord[];
}

/** Records of these files must be templates 70 (EMV Book 3, §10.2); what other files hold is the issuer's own affair. */
const LAST_EMV_FILE = 10;

function takeRecord({ data }: Dialogue, { sfi, data: record }: ReadRecord): boolean {
  const objects = templateOf(record);
  if (objects === undefined) return sfi > LAST_EMV_FILE;
  return data.addRecord(objects) === undefined;
}

const asksFor = (entries: readonly DolEntry[], tag: number, length: number): boolean =>
  entries.some((entry) => entry.tag === tag && entry.length === length);

function dolOf({ data }: Dialogue, tag: number): readonly DolEntry[] | undefined {
  const list = data.get(tag);
  const parsed = list && parseDol(list);
  return parsed?.kind === 'parsed' ? parsed.entries : undefined;
}

/** The mandatory data objects (EMV Book 3, table 26): 5A, 5F24, CDOL1, CDOL2. Undefined when one is missing or contradicts another. */
function mandatory(dialogue: Dialogue, records: readonly ReadRecord[]): CardRead | undefined {
  const { data, application } = dialogue;
  const pan = Pan.parse(parseCompressedNumeric(data.get(TAG.pan) ?? new Uint8Array()) ?? '');
  const expiry = parseDate(data.get(TAG.expiryDate) ?? new Uint8Array());
  const panSequence = panSequenceOf(data);
  const cdol1 = dolOf(dialogue, TAG.cdol1);
  const cdol2 = dolOf(dialogue, TAG.cdol2);
  if (!pan || !expiry || panSequence === undefined || !cdol1 || !cdol2) return undefined;
  const track2 = data.get(TAG.track2);
  if (track2 !== undefined && parseTrack2(track2)?.pan.equals(pan) !== true) return undefined;
  // A cryptogram that covers neither amount nor unpredictable number would pass for that of another payment.
  const told = [...application.pdol, ...cdol1];
  if (!keepsLengths([...told, ...cdol2])) return undefined;
  if (!asksFor(told, TAG.amountAuthorised, 6) || !asksFor(told, TAG.unpredictableNumber, 4)) return undefined;
  return { ...dialogue, kind: 'read', pan, panSequence, expiry, cdol1, cdol2, records };
}

/** Read application data (EMV Book 3, §10.2): every record of the AFL, no data object twice, the mandatory ones there. */
export function* readCard(dialogue: Dialogue): Step<CardRead | Ended> {
  const { before, last } = dialogue.plan;
  const read = yield* readApplicationData([...before, last]);
  if (read.kind !== 'read') return read;
  if (!read.records.every((record) => takeRecord(dialogue, record))) return declined('card-error');
  return mandatory(dialogue, read.records) ?? declined('card-error');
}

/** The card as far as it is known now. */
export function cardSeen(
  card: CardRead,
  balance: { before?: Fen | undefined; after?: Fen | undefined } = {},
): CardSeen {
  const { pan, panSequence, expiry, application, balanceBefore } = card;
  const before = balance.before ?? balanceBefore;
  return {
    pan,
    panSequence,
    expiry,
    aid: application.aid,
    label: application.label,
    ...(before !== undefined && { balanceBefore: before }),
    ...(balance.after !== undefined && { balanceAfter: balance.after }),
  };
}

/** An end before any cryptogram was asked for. */
export function refuse(card: CardRead, reason: DeclineReason): Ended {
  return declined(reason, cardSeen(card));
}

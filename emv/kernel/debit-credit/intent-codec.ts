import { concat, type Fen, Pan, uintBytes } from '../../values/index.ts';
import type { DebitCreditIntent, LoadIntent } from '../intent.ts';
import { amount, type Cursor, field, readAmount, readRecords, records, text } from '../intent-fields.ts';
import { arqcFields, readArqc } from './chip-codec.ts';

/** What the intent is for. */
const PATHS = ['account', 'electronic-cash', 'load'] as const;
const INTERFACES = ['contact', 'contactless'] as const;
const REQUESTS = ['aac', 'tc', 'arqc'] as const;

type DialogueIntent = DebitCreditIntent | LoadIntent;

function pathOf(intent: DialogueIntent): (typeof PATHS)[number] {
  if (intent.path === 'load') return 'load';
  return intent.electronicCash ? 'electronic-cash' : 'account';
}

const code = <T>(words: readonly T[], word: T): Uint8Array => field(uintBytes(words.indexOf(word), 1));

/**
 * Layout 2, after its version: path 1 (0 debit/credit, 1 electronic cash, 2 load), interface 1 (0 contact, 1 contactless), AID,
 * label (UTF-8), PAN (ASCII digits), PAN sequence 1, amount 6, ATC 2 or empty, balance before 6 or empty, FCI, PDOL values,
 * GPO answer, request 1 (0 AAC, 1 TC, 2 ARQC), CDOL1 values; of a load the name of its authorisation and its ARQC
 * (`chip-codec.ts`); each behind its length; then the records as in layout 1.
 */
export function encodeDebitCreditIntent(intent: DialogueIntent): Uint8Array {
  return concat(
    code(PATHS, pathOf(intent)),
    code(INTERFACES, intent.cardInterface),
    field(intent.aid),
    text(intent.label),
    text(intent.pan.reveal()),
    field(uintBytes(intent.panSequence, 1)),
    amount(intent.amount),
    field(intent.atc === undefined ? new Uint8Array() : uintBytes(intent.atc, 2)),
    amount(intent.balanceBefore),
    field(intent.fci),
    field(intent.pdolValues),
    field(intent.gpoAnswer),
    code(REQUESTS, intent.request),
    field(intent.cdol1Values),
    ...(intent.path === 'load' ? [text(intent.authorisationId), arqcFields(intent.chip)] : []),
    records(intent.records),
  );
}

type Path = (typeof PATHS)[number];
type Grant = Pick<LoadIntent, 'authorisationId' | 'chip'>;

/** What a load alone has. */
function readGrant(cursor: Cursor): Grant | undefined {
  const authorisationId = cursor.text();
  const chip = readArqc(cursor);
  return authorisationId === undefined || chip === undefined ? undefined : { authorisationId, chip };
}

/** Joins path and facts; a load without a balance before it, or without its grant, is none. */
function intentOf(
  path: Path,
  facts: Omit<DebitCreditIntent, 'path' | 'electronicCash' | 'balanceBefore'>,
  balanceBefore: Fen | undefined,
  grant: Grant | undefined,
): DialogueIntent | undefined {
  if (path === 'load') {
    return grant && balanceBefore !== undefined ? { ...facts, path: 'load', balanceBefore, ...grant } : undefined;
  }
  const balance = balanceBefore === undefined ? {} : { balanceBefore };
  return { ...facts, path: 'debit-credit', electronicCash: path === 'electronic-cash', ...balance };
}

/** Reads layout 2; undefined for anything else. Never throws. */
export function decodeDebitCreditIntent(cursor: Cursor): DialogueIntent | undefined {
  const path = PATHS[cursor.uint(1) ?? PATHS.length];
  const cardInterface = INTERFACES[cursor.uint(1) ?? INTERFACES.length];
  const aid = cursor.field();
  const label = cursor.text();
  const pan = Pan.parse(cursor.text() ?? '');
  const panSequence = cursor.uint(1);
  const sum = readAmount(cursor)?.value;
  const atc = cursor.optionalUint(2);
  const balance = readAmount(cursor);
  const [fci, pdolValues, gpoAnswer] = [cursor.field(), cursor.field(), cursor.field()];
  const request = REQUESTS[cursor.uint(1) ?? REQUESTS.length];
  const cdol1Values = cursor.field();
  const grant = path === 'load' ? readGrant(cursor) : undefined;
  const list = readRecords(cursor);
  if (!cursor.atEnd || !path || !cardInterface || !aid || label === undefined || !pan || !balance || !atc)
    return undefined;
  if (panSequence === undefined || sum === undefined || !request) return undefined;
  if (!fci || !pdolValues || !gpoAnswer || !cdol1Values || !list) return undefined;
  const facts = {
    cardInterface,
    aid,
    label,
    pan,
    panSequence,
    amount: sum,
    ...(atc.value !== undefined && { atc: atc.value }),
    fci,
    pdolValues,
    gpoAnswer,
    request,
    cdol1Values,
    records: list,
  };
  return intentOf(path, facts, balance.value, grant);
}

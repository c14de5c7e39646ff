import { concat, Pan, uintBytes } from '../values/index.ts';
import { decodeDebitCreditIntent, encodeDebitCreditIntent } from './debit-credit/intent-codec.ts';
import type { Intent, QpbocIntent } from './intent.ts';
import { amount, Cursor, field, readAmount, readRecords, records, text } from './intent-fields.ts';

/** First byte of an encoded intent. A later layout gets another number; these stay readable. */
const QPBOC = 1;
const DEBIT_CREDIT = 2;
/** Above any intent that the kernel's own bounds allow. */
const MAX_INTENT_BYTES = 16_384;

/**
 * An intent as bytes, to be sealed before they reach the disk: they hold the PAN. Layout 1, qPBOC: version 1; AID, label
 * (UTF-8), PAN (ASCII digits), PAN sequence, amount 6, ATC 2, balance before 6 or empty, FCI, PDOL values, GPO answer, AFL,
 * each behind its length; number of records 1; of each record SFI 1, number 1, data behind their length. Layout 2, full
 * debit/credit: `debit-credit/intent-codec.ts`.
 */
export function encodeIntent(intent: Intent): Uint8Array {
  return intent.path === 'qpboc'
    ? concat(Uint8Array.of(QPBOC), encodeQpbocIntent(intent))
    : concat(Uint8Array.of(DEBIT_CREDIT), encodeDebitCreditIntent(intent));
}

function encodeQpbocIntent(intent: QpbocIntent): Uint8Array {
  return concat(
    field(intent.aid),
    text(intent.label),
    text(intent.pan.reveal()),
    field(uintBytes(intent.panSequence, 1)),
    amount(intent.amount),
    field(uintBytes(intent.atc, 2)),
    amount(intent.balanceBefore),
    field(intent.fci),
    field(intent.pdolValues),
    field(intent.gpoAnswer),
    field(intent.afl),
    records(intent.records),
  );
}

/** Reads what `encodeIntent` wrote; undefined for anything else. Never throws. */
export function decodeIntent(bytes: Uint8Array): Intent | undefined {
  if (bytes.length > MAX_INTENT_BYTES) return undefined;
  const cursor = new Cursor(bytes.subarray(1));
  if (bytes[0] === QPBOC) return decodeQpbocIntent(cursor);
  return bytes[0] === DEBIT_CREDIT ? decodeDebitCreditIntent(cursor) : undefined;
}

function decodeQpbocIntent(cursor: Cursor): QpbocIntent | undefined {
  const aid = cursor.field();
  const label = cursor.text();
  const pan = Pan.parse(cursor.text() ?? '');
  const panSequence = cursor.uint(1);
  const sum = readAmount(cursor)?.value;
  const atc = cursor.uint(2);
  const balance = readAmount(cursor);
  const fci = cursor.field();
  const pdolValues = cursor.field();
  const gpoAnswer = cursor.field();
  const afl = cursor.field();
  const list = readRecords(cursor);
  if (!cursor.atEnd || aid === undefined || label === undefined || pan === undefined) return undefined;
  if (panSequence === undefined || atc === undefined || balance === undefined || sum === undefined) return undefined;
  if (!fci || !pdolValues || !gpoAnswer || !afl || !list) return undefined;
  return {
    path: 'qpboc',
    aid,
    label,
    pan,
    panSequence,
    amount: sum,
    atc,
    ...(balance.value !== undefined && { balanceBefore: balance.value }),
    fci,
    pdolValues,
    gpoAnswer,
    afl,
    records: list,
  };
}

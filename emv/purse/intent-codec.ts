import {
  concat,
  fen,
  fullDateBytes,
  PurseSerial,
  parseFullDate,
  parseTime,
  readUint,
  timeBytes,
  uintBytes,
} from '../values/index.ts';
import type { PurseCard } from './card.ts';
import type { PurseIntent, PurseLoadIntent, PursePurchaseIntent } from './intent.ts';

/** First byte of an encoded intent: P and L, apart from the kernel's versions, so that one store holds all of them. */
const PURCHASE = 0x50;
const LOAD = 0x4c;
/** Second byte. A later layout gets another number; this one stays readable. */
const LAYOUT = 1;
const NOT_KNOWN = 0xffff_ffff;
const PURCHASE_LENGTH = 86;
const LOAD_LENGTH = 58;

const cardBytes = ({ serial, issuerId, applicationType, applicationVersion, validFrom, expiry }: PurseCard) =>
  concat(
    serial.bytes(),
    issuerId,
    Uint8Array.of(applicationType, applicationVersion),
    fullDateBytes(validFrom),
    fullDateBytes(expiry),
  );

const commonBytes = (intent: PurseIntent): Uint8Array =>
  concat(
    cardBytes(intent.card),
    Uint8Array.of(intent.type, intent.keyIndex, intent.keyVersion, intent.algorithm),
    uintBytes(intent.amount, 4),
    uintBytes(intent.balanceBefore, 4),
    intent.random,
    intent.mac1,
  );

/**
 * A purse intent as bytes, to be sealed before they reach the disk: they hold the card's number. Layout 1: kind 1 (50 purchase, 4C
 * load), layout 1; serial 10, issuer 8, type 1, version 1, first day 4, last day 4; transaction type, key index, key version,
 * algorithm, 1 each; amount 4, balance before 4, random 4, MAC1 4. A purchase: offline number 2, overdraft 3, PSAM serial 10,
 * terminal 6, terminal number 4, numbers skipped (FFFFFFFF: not known) 4, date 4, time 3. A load: online number 2, terminal 6.
 */
export function encodePurseIntent(intent: PurseIntent): Uint8Array {
  const common = commonBytes(intent);
  if (intent.path === 'purse-load') {
    return concat(Uint8Array.of(LOAD, LAYOUT), common, uintBytes(intent.onlineSequence, 2), intent.terminalId);
  }
  const { offlineSequence, overdraftLimit, sam, date, time } = intent;
  return concat(
    Uint8Array.of(PURCHASE, LAYOUT),
    common,
    uintBytes(offlineSequence, 2),
    uintBytes(overdraftLimit, 3),
    sam.serial,
    sam.terminalId,
    uintBytes(sam.terminalSequence, 4),
    uintBytes(sam.skipped ?? NOT_KNOWN, 4),
    fullDateBytes(date),
    timeBytes(time),
  );
}

/** Takes fields from the front; the caller has checked the whole length. */
class Fields {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number): Uint8Array {
    const from = this.#at;
    this.#at += length;
    return this.#bytes.slice(from, this.#at);
  }

  uint(length: number): number {
    return readUint(this.take(length));
  }
}

function readCard(fields: Fields): PurseCard | undefined {
  const serial = PurseSerial.parse(fields.take(10));
  const issuerId = fields.take(8);
  const [applicationType, applicationVersion] = [fields.uint(1), fields.uint(1)];
  const validFrom = parseFullDate(fields.take(4));
  const expiry = parseFullDate(fields.take(4));
  return serial && validFrom && expiry && { serial, issuerId, applicationType, applicationVersion, validFrom, expiry };
}

const readCommon = (fields: Fields) => ({
  type: fields.uint(1),
  keyIndex: fields.uint(1),
  keyVersion: fields.uint(1),
  algorithm: fields.uint(1),
  amount: fen(fields.uint(4)),
  balanceBefore: fen(fields.uint(4)),
  random: fields.take(4),
  mac1: fields.take(4),
});

function readPurchase(fields: Fields): PursePurchaseIntent | undefined {
  const card = readCard(fields);
  const common = readCommon(fields);
  const offlineSequence = fields.uint(2);
  const overdraftLimit = fen(fields.uint(3));
  const use = { serial: fields.take(10), terminalId: fields.take(6), terminalSequence: fields.uint(4) };
  const skipped = fields.uint(4);
  const date = parseFullDate(fields.take(4));
  const time = parseTime(fields.take(3));
  if (card === undefined || date === undefined || time === undefined) return undefined;
  const sam = skipped === NOT_KNOWN ? use : { ...use, skipped };
  return { path: 'purse-purchase', card, ...common, offlineSequence, overdraftLimit, sam, date, time };
}

function readLoad(fields: Fields): PurseLoadIntent | undefined {
  const card = readCard(fields);
  const common = readCommon(fields);
  const [onlineSequence, terminalId] = [fields.uint(2), fields.take(6)];
  return card && { path: 'purse-load', card, ...common, onlineSequence, terminalId };
}

/** Reads what `encodePurseIntent` wrote; undefined for anything else. Never throws. */
export function decodePurseIntent(bytes: Uint8Array): PurseIntent | undefined {
  const [kind, layout] = bytes;
  if (layout !== LAYOUT) return undefined;
  const fields = new Fields(bytes.subarray(2));
  if (kind === PURCHASE && bytes.length === PURCHASE_LENGTH) return readPurchase(fields);
  return kind === LOAD && bytes.length === LOAD_LENGTH ? readLoad(fields) : undefined;
}

import { z } from 'zod';
import { MAX_FEN } from '../../emv/values/index.ts';

/** Upper-case hex of exactly `bytes` bytes. */
export const hexOf = (bytes: number) =>
  z.string().regex(new RegExp(`^[0-9A-F]{${bytes * 2}}$`), `expected ${bytes} bytes in upper-case hex`);

/** Upper-case hex of `least` to `most` bytes. */
export const hexUpTo = (least: number, most: number) =>
  z
    .string()
    .regex(new RegExp(`^(?:[0-9A-F]{2}){${least},${most}}$`), `expected ${least} to ${most} bytes in upper-case hex`);

/** A lower-case UUID made by whoever sends the message; the same message keeps it however often it is sent. */
export const uuid = z.uuid().regex(/^[^A-F]*$/, 'expected lower case');

/** Name of a terminal, a merchant, an operator: short, printable, safe in a header and in a path. */
export const shortName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected 1 to 64 letters, digits, . _ -');

/** An amount in fen. */
export const amountMinor = z.int().min(0).max(MAX_FEN);
/** A sum of amounts in fen. */
export const sumMinor = z.int().min(0);
/** A balance in fen; an account may be overdrawn by a verified declined-after-debit that was corrected. */
export const balanceMinor = z.int();
export const currency = z.literal('CNY');

/** Epochs and sequences count from 1. */
export const ordinal = z.int().min(1);
export const count = z.int().min(0);

/** RFC 3339 with an offset from UTC. */
export const moment = z.iso.datetime({ offset: true });
/** Calendar day, YYYY-MM-DD. */
export const day = z.iso.date();

/** SM2 public key: X then Y. */
export const publicKey = hexOf(64);
/** SM2 signature: r then s. */
export const signature = hexOf(64);
/** SM3. */
export const hash = hexOf(32);
/** HMAC-SM3 of the PAN under the scheme's card token key. */
export const cardToken = hexOf(32);
/** First 8 bytes of SM3 of a public key (X then Y): which of the host's keys signed. */
export const keyId = hexOf(8);
/** The digits of a PAN, or of a purse's serial number, under the host's sealing key: point 64, iv 16, 8 to 20 bytes of ciphertext, MAC 32. */
export const sealedPan = hexUpTo(120, 132);
/** First six and last four digits, the rest stars. */
export const maskedPan = z.string().regex(/^[0-9A-F*]{4,20}$/, 'expected digits and stars');

/** Opaque position in a list, as the page before gave it. */
export const cursor = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected a cursor as the page before gave it');
/** A number in a query string: digits, at most nine. */
export const queryNumber = z
  .string()
  .regex(/^[0-9]{1,9}$/, 'expected a number')
  .transform(Number);

/**
 * A page of a list that grows at its end. `next` goes into `after` of the next request; it is null when nothing came
 * after `after`, and the cursor that was sent stays the place to ask from.
 */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), next: cursor.nullable() });

/** Marks what rests on keys that are not secret, as those of the sandbox are. A terminal in production refuses it. */
export const testMark = z.literal('TEST');

import { z } from 'zod';
import { toHex } from '../../../emv/values/index.ts';
import { bundleBytes, HASH_BYTES, lineDigest } from '../record/index.ts';
import { type BundleEnd, type BundleHead, type BundleItem, bundleEnd, bundleHead, bundleItem } from './schemas.ts';

/** What is wrong with a file that should be a bundle: a sentence, and what to do. */
export class BundleError extends Error {
  override readonly name = 'BundleError';
}

/** A bundle that is whole; its signature is for whoever knows the terminal's key. */
export interface WholeBundle {
  readonly head: BundleHead;
  readonly end: BundleEnd;
  /** What `end.signature` is over. */
  readonly signed: Uint8Array;
}

/**
 * Reads a bundle from its first line to its last, an item at a time. Every line is what its digest says; that it is also
 * what the terminal wrote is known when the generator has returned and the signature has been checked. Throws BundleError.
 */
export async function* readBundle(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<BundleItem, WholeBundle> {
  const lines = checkedLines(chunks);
  const first = await lines.next();
  const head = headIn(first.done ? undefined : first.value.value);
  if (first.done) throw noBundle();
  let before = first.value;
  const counted = { reversals: 0, batches: 0, records: 0 };
  for await (const line of lines) {
    const end = bundleEnd.safeParse(line.value).data?.end;
    if (end !== undefined) return whole(head, end, counted, before.digest, lines);
    const item = bundleItem.safeParse(line.value).data;
    if (item === undefined) throw changed(line.number, 'holds neither a batch nor a reversal');
    if ('reversal' in item) counted.reversals += 1;
    else {
      counted.batches += 1;
      counted.records += item.batch.records.length;
    }
    yield item;
    before = line;
  }
  throw truncated(before.number);
}

const noBundle = (): BundleError => new BundleError('this is no bundle of jdpos: choose another file');

function headIn(value: unknown): BundleHead {
  const head = bundleHead.safeParse(value).data;
  if (head !== undefined) return head;
  const form = otherForm.safeParse(value).data?.form;
  if (form === undefined) throw noBundle();
  throw new BundleError(
    `the bundle has the form ${form}, which this version does not read: install a newer one, and import it again`,
  );
}

/** Of a terminal that was updated before its centre. */
const otherForm = z.object({ form: z.string().regex(/^jdpos-bundle\/(?!1$)[0-9]{1,4}$/) });

/** What the first line of a bundle says, its digest unchecked; without the line feed. Throws BundleError. */
export const bundleHeadOf = (line: Uint8Array): BundleHead => headIn(parsed(line.subarray(DIGEST_LENGTH + 1)));

type Counted = Omit<BundleEnd, 'signature'>;

async function whole(
  head: BundleHead,
  end: BundleEnd,
  counted: Counted,
  digest: Uint8Array,
  rest: AsyncGenerator<Line>,
): Promise<WholeBundle> {
  const more = await rest.next();
  if (!more.done) throw changed(more.value.number, 'stands behind the end');
  const { terminal, epoch, bundleId, madeAt } = head;
  for (const what of ['reversals', 'batches', 'records'] as const) {
    if (counted[what] !== end[what])
      throw new BundleError(`the bundle says ${end[what]} ${what} and holds ${counted[what]}: export it again`);
  }
  const signed = bundleBytes({ terminal, epoch, bundleId, madeAt, ...counted, content: toHex(digest) });
  return { head, end, signed };
}

interface Line {
  /** From 1. */
  readonly number: number;
  readonly value: unknown;
  readonly digest: Uint8Array;
}

const truncated = (after: number): BundleError =>
  new BundleError(`the bundle ends after line ${after}, before its last line: copy the file again, or export it again`);

const changed = (line: number, what: string): BundleError =>
  new BundleError(
    `line ${line} of the bundle ${what}: it is not as it was written; copy the file again, or export it again`,
  );

const DIGEST_LENGTH = 2 * HASH_BYTES;
/** A batch of a thousand records, each at its longest. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;

async function* checkedLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let [digest, number]: [Uint8Array, number] = [new Uint8Array(HASH_BYTES), 0];
  for await (const bytes of splitLines(chunks)) {
    number += 1;
    const said = ascii(bytes.subarray(0, DIGEST_LENGTH));
    const json = bytes.subarray(DIGEST_LENGTH + 1);
    digest = lineDigest(digest, json);
    if (said !== toHex(digest) || bytes[DIGEST_LENGTH] !== SPACE) {
      if (number === 1) throw new BundleError('this is no bundle of jdpos, or its first line has been changed');
      throw changed(number, 'does not go with its digest');
    }
    yield { number, value: parsed(json), digest };
  }
}

const [LINE_FEED, SPACE] = [0x0a, 0x20];
const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

function parsed(json: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch {
    return undefined;
  }
}

/** Without their line feeds. Throws when the last one lacks it, since it is cut then. */
async function* splitLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let [length, lines] = [0, 0];
  const take = (part: Uint8Array): void => {
    parts.push(part);
    length += part.length;
    if (length > MAX_LINE_BYTES) throw new BundleError(`line ${lines + 1} is longer than any of a bundle`);
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let to = chunk.indexOf(LINE_FEED); to >= 0; to = chunk.indexOf(LINE_FEED, from)) {
      take(chunk.subarray(from, to));
      yield Buffer.concat(parts);
      [parts, length, lines, from] = [[], 0, lines + 1, to + 1];
    }
    take(chunk.subarray(from));
  }
  if (length > 0) throw truncated(lines);
}

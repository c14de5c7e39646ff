import { toHex } from '../../../emv/values/index.ts';
import { bundleBytes, HASH_BYTES, lineDigest } from '../record/index.ts';
import { type BundleHead, type BundleItem, headOf } from './schemas.ts';

/**
 * The lines of a bundle, each ended by a line feed: digest, space, JSON. A digest covers all lines up to its own, the
 * signature in the last line covers the digest before it, so that a line that is lost or changed shows, and which.
 * @param sign by the terminal's key of the epoch: 64 bytes
 */
export function* bundleLines(
  head: Omit<BundleHead, 'form'>,
  items: Iterable<BundleItem>,
  sign: (bytes: Uint8Array) => Uint8Array,
): Generator<string> {
  let digest: Uint8Array = new Uint8Array(HASH_BYTES);
  const line = (value: object): string => {
    const json = JSON.stringify(value);
    digest = lineDigest(digest, new TextEncoder().encode(json));
    return `${toHex(digest)} ${json}\n`;
  };
  yield line(headOf(head));
  const counted = { reversals: 0, batches: 0, records: 0 };
  for (const item of items) {
    if ('reversal' in item) counted.reversals += 1;
    else {
      counted.batches += 1;
      counted.records += item.batch.records.length;
    }
    yield line(item);
  }
  const { terminal, epoch, bundleId, madeAt } = head;
  const signed = bundleBytes({ terminal, epoch, bundleId, madeAt, ...counted, content: toHex(digest) });
  yield line({ end: { ...counted, signature: toHex(sign(signed)) } });
}

import { concat, uintBytes } from '../../emv/values/index.ts';
import { lastPlace, samePlace } from './places.ts';
import type { CardRecord } from './profile.ts';
import type { Moment } from './reaction.ts';
import { readQualifiers } from './risk.ts';
import { tlv } from './tlv.ts';
import type { Transaction } from './transaction.ts';

/** 9F74, electronic cash issuer authorisation code: the chip pays. */
const EC_AUTHORISATION_CODE = new TextEncoder().encode('ECC001');

/**
 * What proves an offline payment (fDDA, JR/T 0025.12 annex B): the signature where it goes beside the cryptogram, and the
 * records that are made for this one transaction, the last of the AFL among them.
 */
export function proofOfPayment(
  { algorithms, sent, decision }: Transaction,
  random: Moment['random'],
): { signature: Uint8Array | undefined; records: CardRecord[] } {
  const { sign, version, signatureIn } = algorithms.dynamic;
  const versionOne = version === 1 && readQualifiers(sent(0x9f66, 4)).fddaVersion1;
  // 9F69: version, the card's own unpredictable number, CTQ, and DF61 (none: 00).
  const authentication = concat(Uint8Array.of(0x01), random(4), uintBytes(decision.ctq, 2), Uint8Array.of(0x00));
  const covered = versionOne
    ? concat(sent(0x9f37, 4), sent(0x9f02, 6), sent(0x5f2a, 2), authentication)
    : sent(0x9f37, 4);
  const signature = sign(covered, random(8));

  const last = lastPlace(algorithms.afl);
  const own = [tlv(0x9f74, EC_AUTHORISATION_CODE), ...(versionOne ? [tlv(0x9f69, authentication)] : [])];
  if (signatureIn === 'answer') return { signature, records: [{ ...last, data: tlv(0x70, ...own) }] };
  const signed = tlv(0x9f4b, signature);
  const records = samePlace(signatureIn, last)
    ? [{ ...last, data: tlv(0x70, signed, ...own) }]
    : [
        { ...signatureIn, data: tlv(0x70, signed) },
        { ...last, data: tlv(0x70, ...own) },
      ];
  return { signature: undefined, records };
}

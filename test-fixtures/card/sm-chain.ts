import { concat, hex } from '../../emv/values/index.ts';
import { certifyCardSm2, certifyIssuerSm2, testSm2Ca, testSm2Key } from '../pki/index.ts';
import { type DynamicSigner, sm2SignerWith } from './dynamic-signature.ts';
import type { CardRecord } from './profile.ts';
import { tlv } from './tlv.ts';

/** Its own file beside those of the RSA chain and of full debit/credit: SFI 10. */
const SM_CHAIN_SFI = 10;
const FILE = SM_CHAIN_SFI << 3;
/** The payment's record, SFI 6 record 1, is the last one: 9F4B has 75 bytes and stands beside the cryptogram. */
const PAYMENT = hex('30010100');

/**
 * What a card that knows SM holds for it: the SM2 chain in two records, and the AFL that names them, the signed data (record 1
 * of `signedIn`) and the payment's record. `covered`: the static data, then the AIP; `expiry`: MMYY of the certificates.
 */
export function smChain(parts: { pan: string; covered: Uint8Array; expiry: string; signedIn: number }): {
  readonly records: readonly CardRecord[];
  readonly afl: Uint8Array;
  readonly sign: DynamicSigner;
} {
  const { pan, covered, expiry, signedIn } = parts;
  const ca = testSm2Ca();
  const issuer = testSm2Key('issuer-sm2');
  const card = testSm2Key('icc-sm2');
  const common = { issuer, expiry, serial: hex('000001') };
  const byCa = certifyIssuerSm2({ ca: ca.key, issuerId: pan.slice(0, 6), ...common });
  const byIssuer = certifyCardSm2({ card, pan, covered, ...common });
  const record = (number: number, ...data: Uint8Array[]): CardRecord => ({
    sfi: SM_CHAIN_SFI,
    record: number,
    data: tlv(0x70, ...data),
  });
  return {
    records: [record(1, tlv(0x8f, Uint8Array.of(ca.index)), tlv(0x90, byCa)), record(2, tlv(0x9f46, byIssuer))],
    afl: concat(Uint8Array.of(FILE, 1, 2, 0, signedIn << 3, 1, 1, 1), PAYMENT),
    sign: sm2SignerWith(card),
  };
}

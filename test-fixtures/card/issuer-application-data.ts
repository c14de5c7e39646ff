import { bcd, concat } from '../../emv/values/index.ts';
import { applicationCryptogram, balanceData } from './cryptogram.ts';
import { sessionKey } from './keys.ts';
import type { CryptogramProfile } from './profile.ts';
import type { Sent } from './transaction.ts';

/** Eighth byte of 9F10. */
const ALGORITHM_BYTE = { '3des': 0x01, sm4: 0x04 } as const;

/** 9F26 over what the terminal sent. `cvr`: with its length, 4 bytes. */
export function cryptogramOver(
  { algorithm, version, acKey }: CryptogramProfile,
  parts: { sent: Sent; aip: Uint8Array; atc: number; cvr: Uint8Array },
): Uint8Array {
  const { sent, aip, atc, cvr } = parts;
  return applicationCryptogram(algorithm, version, sessionKey(algorithm, acKey, atc), {
    amount: sent(0x9f02, 6),
    terminal: concat(sent(0x9f03, 6), sent(0x9f1a, 2), sent(0x95, 5), sent(0x5f2a, 2), sent(0x9a, 3), sent(0x9c, 1)),
    unpredictableNumber: sent(0x9f37, 4),
    aip,
    atc,
    cvr,
  });
}

/** 9F10: 07 ‖ key index ‖ version ‖ CVR ‖ algorithm, and with a `balance` (fen) the issuer discretionary data of type 01. */
export function issuerApplicationData(
  { algorithm, version, keyIndex, macKey }: CryptogramProfile,
  parts: { atc: number; cvr: Uint8Array; balance: number | undefined },
): Uint8Array {
  const { atc, cvr, balance } = parts;
  const fixed = concat(Uint8Array.of(0x07, keyIndex, version), cvr, Uint8Array.of(ALGORITHM_BYTE[algorithm]));
  if (balance === undefined) return fixed;
  return concat(fixed, balanceData(algorithm, sessionKey(algorithm, macKey, atc), atc, bcd(balance, 6)));
}

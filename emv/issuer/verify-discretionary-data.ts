import { equalSecrets, mac } from '../crypto/index.ts';
import { concat } from '../values/index.ts';
import { type KeyContext, withSessionKey } from './card-session-key.ts';
import type { DiscretionaryData } from './issuer-application-data.ts';

/** What the MAC covers: ATC and one amount fill 8 bytes, ATC and two amounts 16; what is missing to that is zeros. */
function macInput(atc: Uint8Array, values: readonly Uint8Array[]): Uint8Array {
  const fill = values.length === 1 ? 1 : 4;
  return concat(atc, ...values, new Uint8Array(fill));
}

/**
 * Does the MAC in the discretionary data belong to this card, ATC and amounts (JR/T 0025.12-2018 annex D)? `mdk` is the
 * issuer's master key for MACs. False for data that carry none.
 */
export function verifyDiscretionaryData(context: KeyContext & { readonly data: DiscretionaryData }): boolean {
  const { data, atc, algorithm } = context;
  if (data.kind === 'opaque') return false;
  const expected = withSessionKey(context, (key) => mac(key, macInput(atc, data.values), algorithm));
  return equalSecrets(expected.subarray(0, data.mac.length), data.mac);
}

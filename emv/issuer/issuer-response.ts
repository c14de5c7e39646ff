import { arpc, mac } from '../crypto/index.ts';
import { concat } from '../values/index.ts';
import { type KeyContext, withSessionKey } from './card-session-key.ts';

const SCRIPT_MAC_LENGTH = 4;
const MAX_DATA = 255 - SCRIPT_MAC_LENGTH;

/**
 * Issuer authentication data (tag 91), 10 bytes: ARPC ‖ response code, the answer to a card's ARQC (JR/T 0025.5). `mdk` is
 * the master key for cryptograms, `cryptogram` the ARQC (8 bytes), `responseCode` two characters as bytes (tag 8A).
 */
export function issuerAuthenticationData(
  context: KeyContext & { readonly cryptogram: Uint8Array; readonly responseCode: Uint8Array },
): Uint8Array {
  const { cryptogram, responseCode, algorithm } = context;
  return concat(
    withSessionKey(context, (key) => arpc(key, cryptogram, responseCode, algorithm)),
    responseCode,
  );
}

/**
 * A script command that the card can tell comes from its issuer (JR/T 0025.5; secure messaging format 2): header with Lc,
 * data, MAC of 4 bytes over header ‖ ATC ‖ cryptogram ‖ data. `mdk` is the master key for MACs, `header` CLA INS P1 P2,
 * `cryptogram` the ARQC of the same transaction. Throws RangeError on a header of another length or over 251 bytes of data.
 */
export function scriptCommand(
  context: KeyContext & {
    readonly header: Uint8Array;
    readonly data: Uint8Array;
    readonly cryptogram: Uint8Array;
  },
): Uint8Array {
  const { header, data, cryptogram, atc, algorithm } = context;
  if (header.length !== 4 || data.length > MAX_DATA)
    throw new RangeError('not the header and data of a script command');
  const start = concat(header, Uint8Array.of(data.length + SCRIPT_MAC_LENGTH));
  const tag = withSessionKey(context, (key) => mac(key, concat(start, atc, cryptogram, data), algorithm));
  return concat(start, data, tag.subarray(0, SCRIPT_MAC_LENGTH));
}

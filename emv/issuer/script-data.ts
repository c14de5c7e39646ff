import { type Algorithm, cipherOf } from '../crypto/index.ts';
import { type KeyContext, withSessionKey } from './card-session-key.ts';

/** A length byte stands before the data. */
const MAX_DATA = 255;
/** What the command can carry beside its MAC. */
const MAX_ENCIPHERED = 251;
const PADDING = 0x80;

/** Length ‖ data, filled to whole blocks with 80 and zeros; what already is whole blocks gets none. */
function blocksOf(data: Uint8Array, algorithm: Algorithm): Uint8Array {
  const { blockSize } = cipherOf(algorithm);
  const length = 1 + data.length;
  const blocks = new Uint8Array(Math.ceil(length / blockSize) * blockSize);
  blocks[0] = data.length;
  blocks.set(data, 1);
  if (blocks.length > length) blocks[length] = PADDING;
  return blocks;
}

/**
 * Data of a script command that only the card may read (secure messaging for confidentiality, JR/T 0025.7; the README says
 * what of it rests on memory): length byte and data, padded, each block enciphered on its own under the session key of the
 * card's ENC key. `mdk` is the master key for enciphering. Returns whole blocks of 8 (triple DES) or 16 bytes (SM4).
 * Throws RangeError on data that do not fit a command.
 */
export function encipherScriptData(context: KeyContext & { readonly data: Uint8Array }): Uint8Array {
  const { data, algorithm } = context;
  if (data.length > MAX_DATA) throw new RangeError(`${data.length} bytes do not fit a script command`);
  const blocks = blocksOf(data, algorithm);
  try {
    if (blocks.length > MAX_ENCIPHERED) throw new RangeError(`${data.length} bytes do not fit a script command`);
    return withSessionKey(context, (key) => cipherOf(algorithm).encrypt(key, blocks));
  } finally {
    blocks.fill(0);
  }
}

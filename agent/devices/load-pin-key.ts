import type { PinKeyFile } from '../../clearing/contract/index.ts';
import type { LoadKeyAnswer, PinPad } from '../../drivers/index.ts';
import { KEY_ALGORITHM, keyBlockHeader } from '../../emv/crypto/index.ts';
import { PIN_BLOCK_CIPHER } from '../../emv/issuer/index.ts';

/**
 * Hands a PIN key over to the pad. What the block says of itself is looked at first, so that no key gets there which the settings would
 * take for another one; whether it is genuine only the pad can tell, by its MAC.
 */
export async function loadPinKey(pad: PinPad, file: PinKeyFile): Promise<LoadKeyAnswer> {
  const why = fault(pad.choice, file);
  return why === undefined ? pad.loadKey(file.keyBlock) : { kind: 'refused', why };
}

function fault(choice: PinPad['choice'], { keyId, format, keyBlock }: PinKeyFile): string | undefined {
  const header = keyBlockHeader(keyBlock);
  const algorithm = KEY_ALGORITHM[PIN_BLOCK_CIPHER[format]];
  if (keyId !== choice.keyId) {
    return `the file holds key ${keyId}; the settings name ${choice.keyId ?? 'none'} (devices.pinPad.keyId)`;
  }
  if (format !== choice.format) {
    return `the key is for blocks of format ${format}; the settings name ${choice.format} (devices.pinPad.blockFormat)`;
  }
  if (header === undefined) return 'the key block is malformed, or cut';
  if (header.usage !== 'P0' || header.mode !== 'E') {
    return `the key block holds a key for ${header.usage} ${header.mode}, not one that enciphers PINs (P0 E)`;
  }
  return header.algorithm === algorithm ? undefined : `the key is for algorithm ${header.algorithm}, not ${algorithm}`;
}

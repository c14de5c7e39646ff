import { bitNames, isBitSet, tagInfo } from '../dictionary/index.ts';
import { type Decoder, decoded, ofLength, type Words } from './words.ts';

const RFU = 'reserved for future use';

function setBits(tag: number, bytes: Uint8Array): Words[] {
  const named = bitNames(tag) ?? [];
  const words: Words[] = [];
  for (let byte = 1; byte <= bytes.length; byte++) {
    for (let bit = 8; bit >= 1; bit--) {
      if (!isBitSet(bytes, byte, bit)) continue;
      const name = named.find((one) => one.byte === byte && one.bit === bit)?.name;
      words.push({ name: `Byte ${byte} bit ${bit}`, meaning: name ?? RFU });
    }
  }
  return words;
}

/** The bits that are set in a bit string (AIP, TVR, TTQ …), by name; one without a name is said to be RFU. */
export function bitString(tag: number): Decoder {
  const info = tagInfo(tag);
  const length = info?.maxLength ?? 0;
  return ofLength(length, info?.name ?? 'the value', (bytes) => {
    const bits = setBits(tag, bytes);
    return bits.length > 0 ? decoded(...bits) : decoded({ name: 'No bit', meaning: 'is set' });
  });
}

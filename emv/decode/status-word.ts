import { statusWordMeaning } from '../dictionary/index.ts';
import { readUint } from '../values/index.ts';
import { bytesOf, type Decoder, decoded, ofLength, type Words } from './words.ts';

/** What the second byte counts. */
function countWords(sw: number): Words[] {
  const low = sw & 0xff;
  if (sw >> 8 === 0x61) return [{ name: 'To be fetched', meaning: bytesOf(low || 256) }];
  if (sw >> 8 === 0x6c) return [{ name: 'Right Le', meaning: bytesOf(low || 256) }];
  return (sw & 0xfff0) === 0x63c0 ? [{ name: 'Tries left', meaning: String(sw & 0x0f) }] : [];
}

/** A status word of two bytes (ISO/IEC 7816-4 and what PBOC adds). */
export const statusWord: Decoder = ofLength(2, 'a status word', (bytes) => {
  const sw = readUint(bytes);
  const meaning = statusWordMeaning(sw) ?? 'named in none of the standards; the card’s own';
  return decoded({ name: sw.toString(16).toUpperCase().padStart(4, '0'), meaning }, ...countWords(sw));
});

import { readRecord, selectByName } from '../apdu/index.ts';
import { TAG } from '../dictionary/index.ts';
import { findTag } from '../tlv/index.ts';
import { Pan, parseCompressedNumeric } from '../values/index.ts';
import { templateOf } from './read-application-data.ts';
import type { Step } from './requests.ts';
import { parseTrack2 } from './track2.ts';
import { SUCCESS, transceive } from './transceive.ts';

/** Files of an application that the standard governs (EMV Book 3, §5.3.2.3); the PAN stands in one of the first records. */
const SFIS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const RECORDS = [1, 2, 3];

/**
 * Whose card is this? Selects the first of these applications that it has, and looks for the PAN (5A, or in 57) in its records, without
 * GPO: nothing on the card changes, and nothing can be paid. `torn`: it left. Undefined when it does not show its PAN so.
 */
export function* identify(aids: readonly Uint8Array[]): Step<Pan | 'torn' | undefined> {
  for (const aid of aids) {
    const selected = yield* transceive(selectByName(aid));
    if (selected.kind === 'torn') return 'torn';
    if (selected.kind === 'answered' && selected.sw === SUCCESS) return yield* panInRecords();
  }
  return undefined;
}

function* panInRecords(): Step<Pan | 'torn' | undefined> {
  for (const sfi of SFIS) {
    for (const record of RECORDS) {
      const reply = yield* transceive(readRecord(sfi, record));
      if (reply.kind === 'torn') return 'torn';
      if (reply.kind === 'faulty' || reply.sw !== SUCCESS) break;
      const pan = panIn(reply.data);
      if (pan !== undefined) return pan;
    }
  }
  return undefined;
}

function panIn(record: Uint8Array): Pan | undefined {
  const objects = templateOf(record) ?? [];
  const number = findTag(objects, TAG.pan)?.value;
  const track = findTag(objects, TAG.track2)?.value;
  if (number !== undefined) return Pan.parse(parseCompressedNumeric(number) ?? '');
  return track && parseTrack2(track)?.pan;
}

import { readRecord } from '../apdu/index.ts';
import { parseAfl } from '../kernel/afl.ts';
import type { Step } from '../kernel/index.ts';
import { SUCCESS } from '../kernel/transceive.ts';
import type { Card } from './card.ts';
import type { InspectedRecord, Processing } from './report.ts';

export interface Records {
  readonly read: readonly InspectedRecord[];
  /** Those that the AFL says the card's certificate covers, in its order; undefined where there is no AFL to say so. */
  readonly authenticated: readonly InspectedRecord[] | undefined;
}

/** Files of card data (EMV Book 3, §5.3.2); logs and purses lie above. */
const LAST_FILE = 10;
const MAX_RECORDS_OF_FILE = 8;
const MAX_RECORDS = 40;

const NONE: Records = { read: [], authenticated: undefined };

/** The records that an AFL names. `spareLast`: all but the last one, whose reading makes a qPBOC card pay. */
function* readNamed(card: Card, afl: Uint8Array, spareLast: boolean): Step<Records> {
  const plan = parseAfl(afl);
  if (plan === undefined) return NONE;
  const read: InspectedRecord[] = [];
  const authenticated: InspectedRecord[] = [];
  let complete = true;
  for (const address of spareLast ? plan.before : [...plan.before, plan.last]) {
    const { sfi, record } = address;
    const { data, sw } = yield* card.send(readRecord(sfi, record));
    if (sw === SUCCESS) read.push({ sfi, record, data });
    if (sw === SUCCESS && address.authenticated) authenticated.push({ sfi, record, data });
    if (sw !== SUCCESS && address.authenticated) complete = false;
  }
  const known = complete && !(spareLast && plan.last.authenticated);
  return { read, authenticated: known ? authenticated : undefined };
}

/** Without an AFL: what stands in the files of card data, file by file until a record is missing. */
function* search(card: Card): Step<Records> {
  const read: InspectedRecord[] = [];
  for (let sfi = 1; sfi <= LAST_FILE; sfi++) {
    for (let record = 1; record <= MAX_RECORDS_OF_FILE && read.length < MAX_RECORDS; record++) {
      const { data, sw } = yield* card.send(readRecord(sfi, record));
      if (sw !== SUCCESS) break;
      read.push({ sfi, record, data });
    }
  }
  return { read, authenticated: undefined };
}

/**
 * The card's records. A payment must not come of it: after a TC the last one is left alone, and where the card gave no TC
 * nothing is pending that reading could complete.
 */
export function* readRecords(card: Card, processing: Processing): Step<Records> {
  if (processing.kind === 'debit-credit') return yield* readNamed(card, processing.afl, false);
  if (processing.kind === 'qpboc' && processing.decision === 'tc') {
    return processing.afl === undefined ? NONE : yield* readNamed(card, processing.afl, true);
  }
  return yield* search(card);
}

import { MAX_RECORDS } from './bounds.ts';

/** One record that the card wants read. */
export interface RecordAddress {
  /** 1 to 30. */
  readonly sfi: number;
  /** 1 to 255. */
  readonly record: number;
  /** Does it enter offline data authentication? */
  readonly authenticated: boolean;
}

/** All records in the AFL's order, the last one apart: reading it is what makes the card pay. */
export interface ReadingPlan {
  readonly before: readonly RecordAddress[];
  readonly last: RecordAddress;
}

const ENTRY_LENGTH = 4;
const MAX_SFI = 30;

/**
 * Reads the AFL (94; EMV Book 3, §10.2): entries of SFI, first record, last record, number of authenticated records.
 * Undefined when it is none, names no record, more than MAX_RECORDS, or one of them twice: a record read early could
 * be the last one to the card.
 */
export function parseAfl(afl: Uint8Array): ReadingPlan | undefined {
  if (afl.length % ENTRY_LENGTH !== 0) return undefined;
  const addresses: RecordAddress[] = [];
  const seen = new Set<number>();
  for (let at = 0; at < afl.length; at += ENTRY_LENGTH) {
    const file = afl[at] ?? 0;
    const first = afl[at + 1] ?? 0;
    const last = afl[at + 2] ?? 0;
    const authenticated = afl[at + 3] ?? 0;
    const sfi = file >> 3;
    const count = last - first + 1;
    if ((file & 0x07) !== 0 || sfi < 1 || sfi > MAX_SFI || first < 1 || count < 1 || authenticated > count)
      return undefined;
    if (addresses.length + count > MAX_RECORDS) return undefined;
    for (let record = first; record <= last; record++) {
      addresses.push({ sfi, record, authenticated: record - first < authenticated });
      seen.add(sfi * 256 + record);
    }
  }
  const last = addresses.pop();
  if (last === undefined || seen.size !== addresses.length + 1) return undefined;
  return { before: addresses, last };
}

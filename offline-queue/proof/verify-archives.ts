import { HASH_BYTES } from '../../clearing/contract/record/index.ts';
import { equalBytes } from '../../emv/values/index.ts';
import type { Archives } from '../archive/archives.ts';
import type { ArchiveContent } from '../archive/form.ts';
import { rangesOf } from '../archive/ranges.ts';
import type { Identities } from '../identity/identity.ts';
import type { Sealing } from '../keys/sealing.ts';
import { type Broken, badRow } from '../rows/faults.ts';
import type { ArchiveRow, Tables } from '../rows/tables.ts';
import { nothingWalked, type Walked, walkRecords } from './verify-records.ts';
import { checkPayment } from './verify-rows.ts';

interface Parts {
  readonly archives: Archives;
  readonly tables: Pick<Tables, 'archives'>;
  readonly identities: Identities;
  readonly sealing: Sealing;
}

/** Reads every file in its order: the chain from genesis to where the table takes it up, and the payments with their records. */
export function walkArchives({
  archives,
  tables,
  identities,
  sealing,
}: Parts): { readonly fault: Broken } | { readonly walked: Walked; readonly files: number } {
  let walked = nothingWalked();
  let previous: Uint8Array = new Uint8Array(HASH_BYTES);
  let files = 0;
  for (const row of tables.archives.all()) {
    if (!tables.archives.holds(row)) return { fault: badFile(row, 'is named by a row that has been changed') };
    const content = archives.content(row);
    if (content === undefined) return { fault: badFile(row, 'is missing, or is not what was written') };
    if (!isThatOf(row, content, previous)) return { fault: badFile(row, 'holds something else than its row says') };
    const rows = content.records.map((record) => ({ ...record, pan: null }));
    const result = walkRecords(rows, identities, sealing, { after: walked, panless: true });
    if ('fault' in result) return result;
    walked = result.walked;
    const fault = takePayments(content, walked);
    if (fault !== undefined) return { fault };
    [previous, files] = [row.digest, files + 1];
  }
  return { walked, files };
}

const badFile = ({ file }: ArchiveRow, what: string): Broken => badRow('changed', `Archive ${file} ${what}`);

function isThatOf(row: ArchiveRow, content: ArchiveContent, previous: Uint8Array): boolean {
  const numbers = (rows: readonly { number: number }[]): string =>
    JSON.stringify(rangesOf(rows.map(({ number }) => number)));
  return (
    content.number === row.number &&
    equalBytes(content.previous, previous) &&
    content.firstPlace === row.first_place &&
    content.lastPlace === row.last_place &&
    content.records[0]?.place === row.first_place &&
    content.records.at(-1)?.place === row.last_place &&
    equalBytes(content.hashBefore, row.hash_before) &&
    equalBytes(content.hashAt, row.hash_at) &&
    equalBytes(content.records.at(-1)?.hash ?? new Uint8Array(), row.hash_at) &&
    numbers(content.payments) === row.payments &&
    numbers(content.reversals) === row.reversals
  );
}

/** Payments of the file say what their records say; they are not asked for again. */
function takePayments({ payments }: ArchiveContent, walked: Walked): Broken | undefined {
  for (const row of payments) {
    const fault = checkPayment(row, walked);
    if (fault !== undefined) return fault;
    walked.latest.delete(row.id);
  }
  return undefined;
}

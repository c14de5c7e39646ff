import { z } from 'zod';
import type { SettledBatches } from '../../contract/http/index.ts';
import type { CentralRecord } from '../../contract/index.ts';
import { parseRecord, type Record } from '../../contract/record/index.ts';
import { atcOf } from '../cards/chip-check.ts';
import { type HostContext, moment } from '../context.ts';
import type { Statements } from '../database/database.ts';
import { centralBatchOf, cursorOf, placeOf, settlementOf, settlementsAfter } from './settlement-rows.ts';

/** Records fetched from the database at a time while a batch is streamed. */
const CHUNK = 200;

/** The settled batches of all terminals. */
export function centralSource({ database, now }: HostContext): SettledBatches {
  const get = async (id: string) => {
    const found = await settlementOf(database, id);
    return found && centralBatchOf(found);
  };
  return {
    async list({ after, limit }) {
      const from = await placeOf(database, after);
      if (from === undefined) return { kind: 'bad-cursor' };
      const rows = await settlementsAfter(database, { after: from, limit });
      const last = rows.at(-1);
      return { items: rows.map(centralBatchOf), ...(last && { next: cursorOf(last) }) };
    },
    get,
    records: (id) => settledRecords(database, id),
    async acknowledge(id) {
      await database.run(
        `update settlements set central_acknowledged_at = $2 where batch_id = $1 and central_acknowledged_at is null`,
        [id, moment(now())],
      );
      const batch = await get(id);
      if (batch === undefined) throw new Error(`batch ${id} was settled and is not there`);
      return batch;
    },
  };
}

const recordRow = z.object({ sequence: z.int(), canonical: z.instanceof(Uint8Array) });

async function* settledRecords(statements: Statements, batchId: string): AsyncGenerator<CentralRecord> {
  for (let after = 0; ; ) {
    const rows = await statements.rows(
      recordRow,
      `select sequence, canonical from records
       where batch_id = $1 and verdict = 'accepted' and sequence > $2 order by sequence limit $3`,
      [batchId, after, CHUNK],
    );
    for (const { canonical, sequence } of rows) {
      const parsed = parseRecord(canonical);
      if (parsed.kind === 'malformed')
        throw new Error(`accepted record ${sequence} of batch ${batchId} cannot be read`);
      yield centralRecordOf(parsed.record);
      after = sequence;
    }
    if (rows.length < CHUNK) return;
  }
}

function centralRecordOf({ card, chip, ...record }: Record): CentralRecord {
  const { terminal, epoch, sequence, kind, outcome, fundedBy, amountMinor, currency, offline, at, reference } = record;
  return {
    terminal,
    epoch,
    sequence,
    kind,
    outcome,
    fundedBy,
    amountMinor,
    currency,
    maskedPan: card?.maskedPan ?? null,
    cardToken: card?.token ?? null,
    atc: chip === undefined ? null : atcOf(chip),
    cryptogram: chip?.cryptogram ?? null,
    offline,
    at,
    reference,
  };
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import {
  acknowledgementBytes,
  cardToken,
  type RecordDraft,
  settlementBytes,
} from '../clearing/contract/record/index.ts';
import { sm2PublicKey, sm2SigningKey, sm2SignWith } from '../emv/crypto/index.ts';
import { hex, Pan, toHex } from '../emv/values/index.ts';
import { Database, type Value } from './database/database.ts';
import type { CommitOutcome, Identity, Queue, StoredBatch, Verdict, Verification } from './interface/queue.ts';
import { openDataKeys } from './keys/data-keys.ts';
import { heldMasterKey } from './keys/master-key.ts';
import { openSealing } from './keys/sealing.ts';
import { openQueue } from './open.ts';
import { openTables } from './rows/tables.ts';

export const AT = '2026-03-09T02:15:30.000Z';
/** What was settled at AT may be archived by then. */
export const LATER = '2026-04-09T02:15:30.000Z';
export const MASTER = hex('A5'.repeat(32));
const HOST_KEY = hex('4C62EEFD6ECFC2B95B92FD6C3D9575148AFA17425546D49018E5388D49DD7B4F');
const HOST_SIGNS = sm2SigningKey(HOST_KEY);

/** Never the same bytes twice, and the same bytes in every run. */
export function countingRandom(): (length: number) => Uint8Array {
  let calls = 0;
  return (length) => {
    calls++;
    return Uint8Array.from({ length }, (_, at) =>
      at < 4 ? (calls >>> (8 * at)) & 0xff : (calls * 31 + at * 7) & 0xff,
    );
  };
}

export const IDENTITY: Identity = {
  terminal: 'JD-T-0001',
  merchant: 'JD-M-17',
  epoch: 1,
  genesisHash: hex('11'.repeat(32)),
  signingKey: hex('1B2A3C4D5E6F708192A3B4C5D6E7F80910213243546576879809AABBCCDDEEF1'),
  cardTokenKey: hex('A1'.repeat(32)),
  hostAcknowledgementKey: sm2PublicKey(HOST_KEY),
  hostHotlistKey: hex('22'.repeat(64)),
  hostParameterKey: hex('33'.repeat(64)),
  hostSealingKey: hex('44'.repeat(64)),
};

export function pan(digits: string): Pan {
  const parsed = Pan.parse(digits);
  if (parsed === undefined) throw new RangeError('not a PAN');
  return parsed;
}

export const RICH = pan('6228480000000000017');

const CHIP = {
  cryptogramType: 'tc',
  cryptogram: '0F1E2D3C4B5A6978',
  amountAuthorised: '000000001280',
  amountOther: '000000000000',
  terminalCountryCode: '0156',
  tvr: '0000000000',
  currencyCode: '0156',
  transactionDate: '260309',
  transactionType: '00',
  unpredictableNumber: 'DEADBEEF',
  aip: '7C00',
  atc: '0012',
  issuerApplicationData: '07010103A00000010A01000000487200112233',
} as const;

/** A record as the agent drafts it. */
export function draft(paymentId: string, change: Partial<RecordDraft> = {}, card: Pan = RICH): RecordDraft {
  return {
    paymentId,
    kind: 'purchase',
    outcome: 'approved',
    fundedBy: 'chip',
    debited: 'chip',
    offline: true,
    amountMinor: 1280,
    currency: 'CNY',
    at: '2026-03-09T10:15:30.000+08:00',
    merchant: IDENTITY.merchant,
    reference: `bill ${paymentId}`,
    cardholderVerification: 'none',
    offlineAuthentication: 'fdda-01',
    card: {
      token: cardToken(IDENTITY.cardTokenKey, card),
      maskedPan: card.masked,
      panSequence: 1,
      aid: 'A000000333010101',
      balanceBeforeMinor: 50_000,
      balanceAfterMinor: 48_720,
    },
    chip: CHIP,
    hotlistVersion: 3,
    clock: 'trusted',
    software: 'jdpos 0.1.0',
    ...change,
  };
}

export const registration = (
  id: string,
  change: { amountMinor?: number; key?: string; fingerprint?: string } = {},
) => ({
  id,
  key: `key ${id}`,
  fingerprint: `print ${id}`,
  kind: 'purchase',
  amountMinor: 1280,
  reference: `bill ${id}`,
  state: 'awaiting-card',
  at: AT,
  ...change,
});

export const approval = (paymentId: string, change: Partial<RecordDraft> = {}): CommitOutcome => ({
  paymentId,
  state: 'approved',
  final: true,
  detail: { fundedBy: 'chip', debited: 'chip', offline: true },
  at: AT,
  record: { draft: draft(paymentId, change), pan: RICH },
  intent: 'close',
});

/** A tap from register to record, as the agent makes it. */
export function sell(queue: Queue, id: string, amountMinor = 1280): void {
  queue.payments.register(registration(id, { amountMinor }));
  queue.intents.save({ paymentId: id, content: Uint8Array.of(1, 2, 3), at: AT });
  queue.commitOutcome(approval(id, { amountMinor }));
}

const TERMINAL_SIGNS = sm2SigningKey(IDENTITY.signingKey);
export const sign = (bytes: Uint8Array): Uint8Array => sm2SignWith(TERMINAL_SIGNS, bytes);

export function sealBatch(queue: Queue, id: string, limit = 100): StoredBatch {
  const batch = queue.batches.seal({ id, at: AT, limit, sign });
  if (batch === undefined) throw new Error('nothing to seal');
  return batch;
}

/** What the host sends back for a batch, signed; `disputed` maps sequences to reasons. */
export function acknowledge(
  queue: Queue,
  batch: StoredBatch,
  disputed: { readonly [sequence: number]: string } = {},
): void {
  const { epoch, firstSequence, lastSequence, chainHead: chainHash } = batch;
  const verdicts = Array.from({ length: batch.count }, (_, at): Verdict => {
    const sequence = firstSequence + at;
    const reason = disputed[sequence];
    return reason === undefined ? { sequence, verdict: 'accepted' } : { sequence, verdict: 'disputed', reason };
  });
  const content = { terminal: IDENTITY.terminal, epoch, firstSequence, lastSequence, chainHash, verdicts };
  const document = {
    ...content,
    keyId: 'AB',
    signature: toHex(sm2SignWith(HOST_SIGNS, acknowledgementBytes(content))),
  };
  queue.batches.submitted(batch.id, AT);
  queue.batches.accepted(batch.id, { document, verdicts }, AT);
}

/** @param settledAt the host's time, RFC 3339 */
export function settle(queue: Queue, batch: StoredBatch, settledAt = AT): void {
  const { epoch, firstSequence, lastSequence, chainHead, id: batchId } = batch;
  const content = {
    ...{ batchId, terminal: IDENTITY.terminal, epoch, firstSequence, lastSequence, chainHead },
    ...{
      reference: `S-${batchId}`,
      settledAt,
      recordCount: batch.count,
      totalMinor: batch.totalMinor,
      disputed: [],
    },
  };
  const document = { ...content, keyId: 'AB', signature: toHex(sm2SignWith(HOST_SIGNS, settlementBytes(content))) };
  queue.batches.settled(batch.id, { document }, AT);
}

/** Sells what is named, in a batch of its own that has gone all the way. */
export function sellSettled(queue: Queue, batchId: string, ids: readonly string[], settledAt = AT): StoredBatch {
  for (const id of ids) sell(queue, id);
  const batch = sealBatch(queue, batchId);
  acknowledge(queue, batch);
  settle(queue, batch, settledAt);
  return batch;
}

export interface TestQueue {
  readonly folder: string;
  readonly path: string;
  readonly queue: Queue;
  /** Closes and opens again. */
  reopen(): Queue;
  /** Changes the file as somebody with sqlite3 would, while the queue is closed. */
  tamper(work: (db: BetterSqlite.Database) => void): Queue;
  end(): void;
}

export function testQueue(enrolled: Identity | 'not enrolled' = IDENTITY): TestQueue {
  const folder = mkdtempSync(join(tmpdir(), 'jdpos-queue-'));
  const path = join(folder, 'queue.db');
  const random = countingRandom();
  const open = () => openQueue({ path, masterKey: MASTER, random });
  let queue = open();
  if (enrolled !== 'not enrolled') queue.identity.enrol(enrolled);
  const reopen = () => {
    queue.close();
    queue = open();
    return queue;
  };
  return {
    folder,
    path,
    get queue() {
      return queue;
    },
    reopen,
    tamper(work) {
      queue.close();
      const db = new BetterSqlite(path);
      work(db);
      db.close();
      queue = open();
      return queue;
    },
    end() {
      queue.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Makes of a file what the versions before this one left: rows that do not count their changes, and no digest over the sealed ones. */
export function uncounted(connection: BetterSqlite.Database): void {
  const db = new Database(connection);
  const sealing = openSealing(db, openDataKeys(db, heldMasterKey(MASTER, undefined)), undefined);
  connection.exec("delete from settings where name = 'sealed-rows'");
  for (const { name, columns } of Object.values(openTables(db, sealing))) {
    const rows = connection.prepare(`select * from ${name}`).all() as { readonly [column: string]: Value }[];
    const update = connection.prepare(`update ${name} set changes = 0, tag = ? where ${columns[0]} = ?`);
    for (const row of rows) {
      const values = columns.map((column: string) => row[column] ?? null);
      update.run(sealing.tag(name, values), values[0]);
    }
  }
  sealing.wipe();
}

export const faultOf = (verification: Verification): string =>
  verification.kind === 'sound' ? 'sound' : `${verification.fault} ${verification.epoch}/${verification.sequence}`;

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { batchRequest } from '../../agent/sync/batch-request.ts';
import { certificateKeeper } from '../../agent/sync/certificates.ts';
import { type ClearingClient, clearingClient } from '../../agent/sync/clearing-client.ts';
import { type Connections, connections } from '../../agent/sync/connections.ts';
import { counters } from '../../agent/sync/counters.ts';
import { deliveryRound } from '../../agent/sync/delivery.ts';
import { enrolmentRound } from '../../agent/sync/enrolment.ts';
import { reachability } from '../../agent/sync/reachability.ts';
import { sealer } from '../../agent/sync/sealer.ts';
import { troubles } from '../../agent/sync/troubles.ts';
import type { RecordChip } from '../../clearing/contract/record/index.ts';
import { cardToken, requestBytes } from '../../clearing/contract/record/index.ts';
import { sm2Sign } from '../../emv/crypto/index.ts';
import { type Pan, toHex } from '../../emv/values/index.ts';
import { type Database, openDatabase } from '../../offline-queue/database/database.ts';
import type { Identity, Queue } from '../../offline-queue/index.ts';
import { composeQueue } from '../../offline-queue/open.ts';

const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const clock = { now: Date.now, monotonic: () => performance.now() };
const log = pino({ level: 'warn' }, pino.destination(2));
const TIME_LIMIT_MS = 60_000;
/** Rows written in one transaction while a queue is filled: nobody waits for one of them. */
const FILL_ROWS = 1_000;

/** Whoever pays: a number that the centre knows, and proofs of payments of one fen. */
export interface Payer {
  readonly pan: Pan;
  readonly panSequence: number;
  pay(amountMinor: number): RecordChip;
}

/** A batch as it goes up, with nothing left to do but to send it. */
export interface ReadyRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A terminal with the product's own queue, client and delivery, on a disk. */
export class BenchTerminal {
  readonly queue: Queue;
  readonly #db: Database;
  readonly #folder = mkdtempSync(join(tmpdir(), 'jdpos-drain-'));
  readonly #client: ClearingClient;
  readonly #bare: Connections;
  readonly #certificates: ReturnType<typeof certificateKeeper>;
  readonly #troubles = troubles({ clock, log, changed: () => {} });

  constructor(baseUrl: string, serverCa: string) {
    this.#db = openDatabase(join(this.#folder, 'queue.db'));
    this.queue = composeQueue(this.#db, random(32), random, () => {});
    const own = { queue: this.queue, baseUrl, serverCa, clock, log, troubles: this.#troubles };
    this.#certificates = certificateKeeper({ ...own, timeoutMs: TIME_LIMIT_MS, changed: () => {} });
    this.#bare = connections(baseUrl);
    this.#client = clearingClient({
      baseUrl,
      identity: () => this.queue.identity.get(),
      connection: this.#certificates.connection,
      reachability: reachability({ clock, releaseDelayMs: 0, changed: () => {}, returning: () => {} }),
      clock,
      random,
      log,
    });
  }

  get #me(): Identity {
    const identity = this.queue.identity.get();
    if (identity === undefined) throw new Error('the terminal is not enrolled');
    return identity;
  }

  async enrol(code: string): Promise<void> {
    const round = await enrolmentRound(
      {
        queue: this.queue,
        client: this.#client,
        certificates: this.#certificates,
        log,
        timeoutMs: TIME_LIMIT_MS,
        code,
        software: 'bench',
        signingKey: this.queue.identity.nextSigningKey(),
        acceptTestKeys: true,
      },
      new AbortController().signal,
    );
    if (round.kind !== 'done') throw new Error('the terminal could not enrol');
  }

  /** Sells so often, and seals so many a batch. */
  sell(payer: Payer, sales: number, perBatch: number): void {
    const { cardTokenKey } = this.#me;
    const token = cardToken(cardTokenKey, payer.pan);
    for (let done = 0; done < sales; done += FILL_ROWS) {
      this.#db.transaction(() => {
        for (let at = done; at < Math.min(sales, done + FILL_ROWS); at++) this.#sellOne(payer, token);
      });
    }
    this.#db.transaction(() => {
      const sign = (bytes: Uint8Array) => sm2Sign(this.#me.signingKey, bytes);
      const seal = () => this.queue.batches.seal({ id: randomUUID(), at: now(), limit: perBatch, sign });
      while (seal() !== undefined);
    });
  }

  /** Takes everything that waits for acknowledged, without asking anybody: history. */
  pretendAcknowledged(): void {
    const { batches } = this.queue;
    this.#db.transaction(() => {
      for (const { id, firstSequence, count } of batches.toUpload()) {
        const verdicts = Array.from({ length: count }, (_, at) => ({
          sequence: firstSequence + at,
          verdict: 'accepted' as const,
        }));
        batches.submitted(id, now());
        batches.accepted(id, { document: { verdicts }, verdicts }, now());
        batches.settled(id, { document: {} }, now());
      }
    });
  }

  /** What waits, each batch signed as the host wants it. */
  readyRequests(): readonly ReadyRequest[] {
    const { queue } = this;
    const me = this.#me;
    const path = '/v1/batches';
    return queue.batches.toUpload().map((batch) => {
      const request = batchRequest(batch, me, { queue, random }, new Set());
      const body = new TextEncoder().encode(JSON.stringify(request));
      const signature = toHex(sm2Sign(me.signingKey, requestBytes({ method: 'POST', path, body })));
      const known = { 'jdpos-terminal': me.terminal, 'jdpos-epoch': String(me.epoch), 'jdpos-signature': signature };
      return { path, headers: { 'content-type': 'application/json', 'idempotency-key': batch.id, ...known }, body };
    });
  }

  /** One request after the other, and nothing is done with the answers. Milliseconds. Throws on any answer but 200. */
  async post(requests: readonly ReadyRequest[]): Promise<number> {
    const pool = this.#bare.poolFor(this.#certificates.connection());
    const began = performance.now();
    for (const request of requests) {
      const { statusCode, body } = await pool.request({ method: 'POST', ...request });
      await body.dump();
      if (statusCode !== 200) throw new Error(`the host answered ${statusCode}`);
    }
    return performance.now() - began;
  }

  #sellOne(payer: Payer, token: string): void {
    const { merchant } = this.#me;
    const id = randomUUID();
    const [at, amountMinor] = [now(), 1];
    this.queue.payments.register({
      id,
      key: id,
      fingerprint: id,
      kind: 'purchase',
      amountMinor,
      reference: 'bench',
      state: 'awaiting-card',
      at,
    });
    const card = { token, maskedPan: payer.pan.masked, panSequence: payer.panSequence, aid: 'A000000333010101' };
    const spent = { fundedBy: 'chip', debited: 'chip', offline: true } as const;
    const draft = {
      paymentId: id,
      kind: 'purchase',
      outcome: 'approved',
      amountMinor,
      currency: 'CNY',
      at: '2026-03-01T12:00:00+08:00',
      merchant,
      reference: 'bench',
      cardholderVerification: 'none',
      offlineAuthentication: 'none',
      hotlistVersion: 0,
      clock: 'trusted',
      software: 'bench',
      ...spent,
      card,
      chip: payer.pay(amountMinor),
    } as const;
    const record = { draft, pan: payer.pan };
    this.queue.commitOutcome({ paymentId: id, state: 'approved', final: true, detail: spent, at, record });
  }

  /** Delivers everything that waits, as the agent does; milliseconds. Throws when something is left. */
  async drain(): Promise<number> {
    const { queue } = this;
    const common = { queue, client: this.#client, clock, log, troubles: this.#troubles, timeoutMs: TIME_LIMIT_MS };
    const identity = () => this.#me;
    const rule = { maxRecords: 1_000, maxAgeMs: 3_600_000 };
    const own = { identity, random, sealer: sealer({ queue, identity, rule, clock, random }) };
    const uploads = { ...common, ...own, counters: counters(), changed: () => {} };
    const began = performance.now();
    const round = await deliveryRound(common, uploads, new AbortController().signal);
    const ms = performance.now() - began;
    if (round.kind !== 'done' || queue.batches.toUpload(1).length > 0) throw new Error('the queue did not drain');
    return ms;
  }

  async close(): Promise<void> {
    await this.#client.close();
    await this.#bare.close();
    this.queue.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const now = (): string => new Date().toISOString();

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite from 'better-sqlite3';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli } from '../../agent/cli/test-terminal.ts';
import { startCopied } from '../postgres/copied-cluster.ts';
import type { RunningPostgres } from '../postgres/embedded-postgres.ts';
import { type PrinterInHand, printerInHand } from '../printer/printer-in-hand.ts';
import { openTestHost, type TestHost } from '../sandbox/test-host.ts';
import { tlsFiles } from '../sandbox/tls-files.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';

interface Close {
  readonly number: number;
  readonly complete: boolean;
  readonly terminal: { readonly count: number; readonly totalMinor: number };
  readonly centre?: { readonly count: number; readonly totalMinor: number };
  readonly differences?: readonly { readonly sequence: number; readonly kind: string }[];
}

/** The composed agent and the reference host on PostgreSQL; differences are planted in both databases by hand. */
describe('a close between terminal and centre', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jdpos-close-'));
  let postgres: RunningPostgres;
  let database: pg.Client;
  let host: TestHost;
  let agent: AgentUnderTest;
  let hand: PrinterInHand;

  beforeAll(async () => {
    postgres = await startCopied(join(folder, 'data'));
    const databaseUrl = await postgres.database('clearing');
    const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
    host = await openTestHost({ databaseUrl, port: 0, tls: await tlsFiles(join(folder, 'tls')), random });
    database = new pg.Client({ connectionString: databaseUrl });
    await database.connect();
    // By hand: no foreign key stands in the way.
    await database.query('set session_replication_role = replica');
    const url = `http://127.0.0.1:${host.port}`;
    const devices = { printer: { kind: 'usb', device: '/dev/usb/lp0', copies: 'customer' } };
    agent = await AgentUnderTest.prepare({ acceptTestKeys: true, clearing: { url }, devices });
    const { printer, ...made } = printerInHand();
    hand = made.hand;
    agent.unusual = { enrolmentCode: await host.issueEnrolmentCode(), devices: { printer } };
    await agent.up();
    await agent.ready();
  });
  afterAll(async () => {
    await agent?.stop();
    await database?.end();
    await host?.close();
    await postgres?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const plant = (statement: string): void => {
    const db = new BetterSqlite(join(agent.folder, 'queue.db'));
    db.exec(statement);
    db.close();
  };
  const closed = async (...words: string[]): Promise<{ exitCode: number; close: Close; err: readonly string[] }> => {
    const { exitCode, out, err } = await cli(['batch', 'close', '--compare', '--url', agent.url, '--json', ...words], {
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    });
    return { exitCode, close: JSON.parse(out.join('')), err };
  };
  const closeSlips = (): string[] => hand.texts().filter((text) => text.includes('结算单'));
  const kinds = ({ differences = [] }: Close) => differences.map(({ sequence, kind }) => [sequence, kind]);

  it('on which both agree is complete, with equal sums and no difference', async () => {
    for (const amount of [100, 200]) await agent.sale('rich', amount);
    const { exitCode, close } = await closed();
    expect(close).toMatchObject({
      number: 1,
      complete: true,
      terminal: { count: 2, totalMinor: 300 },
      centre: { count: 2, totalMinor: 300 },
      differences: [],
    });
    expect(exitCode).toBe(0);
    await until('its slip', async () => closeSlips()[0]);
    // Nothing was sold since: the same close, and no other slip.
    const again = await closed();
    expect(again.close).toEqual({ ...close, receipt: { state: 'printed' } });
    expect(closeSlips()).toEqual([expect.stringContaining('对账一致')]);
    expect(closeSlips()[0]).toMatch(/中心 CENTRE +2 \/ RMB 3\.00/);
  });

  it('lists each planted difference at its record', async () => {
    for (const amount of [300, 400, 500, 600, 700, 800]) await agent.sale('rich', amount);
    await agent.call('POST', '/v1/batches/close');
    await until('the upload', async () => (agent.queue.pending() === undefined ? true : undefined));
    await database.query('update records set amount_minor = 301 where sequence = 3');
    await database.query("update records set outcome = 'undecided' where sequence = 4");
    await database.query('delete from records where sequence = 5');
    await database.query("update records set verdict = 'disputed', reason = 'wrong-cryptogram' where sequence = 6");
    plant("update records set canonical = replace(canonical, 'clock=trusted', 'clock=untrusted') where sequence = 7");
    plant('delete from records where sequence = 8');
    await database.query(`insert into records select terminal, epoch, 9, batch_id, canonical, chain_hash, sealed_pan, verdict, reason,
      outcome, 900, kind from records where sequence = 8`);
    await database.query('update epochs set head_sequence = 9');

    await agent.call('POST', '/v1/closes');
    const close = await until('the comparison', async () => {
      const { body } = await agent.call<Close>('GET', '/v1/closes/2');
      return body.differences === undefined ? undefined : body;
    });
    expect(kinds(close)).toEqual([
      [3, 'amount'],
      [4, 'outcome'],
      [5, 'missing-at-centre'],
      [6, 'disputed'],
      [7, 'content'],
      [8, 'missing-at-terminal'],
      [9, 'missing-at-terminal'],
    ]);
    expect(close.complete).toBe(false);
    const slip = await until('its slip', async () => closeSlips()[1]);
    for (const words of ['中心尚缺记录', '1-5 中心缺', '1-9 终端缺']) expect(slip).toContain(words);
    const shown = await cli(['batch', 'closes', '2', '--state-dir', agent.folder]);
    expect(shown.out).toEqual(
      expect.arrayContaining([
        expect.stringContaining('NOT COMPLETE, 7 differences so far'),
        expect.stringMatching(/^ +1-3 +amount +here ¥3\.00 +at the centre ¥3\.01$/),
        expect.stringMatching(/^ +1-6 +disputed +wrong-cryptogram$/),
        expect.stringMatching(/^ +1-9 +missing-at-terminal +approved +¥9\.00$/),
      ]),
    );
    const { rows } = await database.query('select kind, sequence::int from incidents order by sequence');
    expect(rows).toEqual([
      { kind: 'difference-amount', sequence: 3 },
      { kind: 'difference-outcome', sequence: 4 },
      { kind: 'difference-content', sequence: 7 },
      { kind: 'difference-missing-at-terminal', sequence: 8 },
      { kind: 'difference-missing-at-terminal', sequence: 9 },
    ]);
  });
});

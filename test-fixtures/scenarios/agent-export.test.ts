import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../../agent/cli/test-terminal.ts';
import { type BatchRequest, batchRequest } from '../../clearing/contract/index.ts';
import { bundleBytes, lineDigest, receiptBytes } from '../../clearing/contract/record/index.ts';
import { sm2Verify } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { until } from '../until.ts';
import { AgentUnderTest } from './agent-under-test.ts';

interface End {
  readonly reversals: number;
  readonly batches: number;
  readonly records: number;
  readonly signature: string;
}

/** A bundle read by hand. */
function linesOf(path: string): { json: { [name: string]: never }; digest: string }[] {
  let digest: Uint8Array = new Uint8Array(32);
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const json = line.slice(65);
      digest = lineDigest(digest, new TextEncoder().encode(json));
      expect(line.slice(0, 65)).toBe(`${toHex(digest)} `);
      return { json: JSON.parse(json), digest: toHex(digest) };
    });
}

describe('days without network', () => {
  let agent: AgentUnderTest;
  let stick: string;
  beforeEach(async () => {
    agent = await AgentUnderTest.start();
    stick = mkdtempSync(join(tmpdir(), 'jdpos-stick-'));
    agent.clearing.down = true;
    await agent.sale('rich', 700);
    await agent.sale('rich', 300);
  });
  afterEach(async () => {
    await agent.stop();
    rmSync(stick, { recursive: true });
  });

  const jdpos = (...words: string[]) => cli([...words, '--state-dir', agent.folder, '--url', agent.url, '--json']);
  const file = (): string => join(stick, 'bundle');
  const exported = async () => {
    const run = await jdpos('queue', 'export', file());
    expect(run).toMatchObject({ exitCode: 0, err: [] });
    return JSON.parse(run.out.join(''));
  };
  const batches = (): BatchRequest[] => linesOf(file()).flatMap(({ json }) => (json['batch'] ? [json['batch']] : []));

  const headOf = (): { bundleId: string; madeAt: string; terminal: string; epoch: number } =>
    JSON.parse(JSON.stringify(linesOf(file())[0]?.json));

  /** What the centre gives back for the bundle. */
  function receipt(change: object = {}): string {
    const { bundleId, terminal, epoch } = headOf();
    const key = agent.clearing.keys.acknowledgement;
    const acknowledgements = batches().map((batch) => ({
      batchId: batch.seal.batchId,
      acknowledgement: agent.clearing.acknowledge(batch),
    }));
    const content = { terminal, epoch, bundleId, reversals: [], ...change };
    const signature = key.sign(receiptBytes(content));
    const path = join(stick, 'receipt');
    writeFileSync(
      path,
      JSON.stringify({ ...content, acknowledgements, refused: [], keyId: key.keyId, signature, ...change }),
    );
    return path;
  }

  it('are exported while the daemon runs, whole and signed by the terminal', async () => {
    expect(await exported()).toMatchObject({ file: file(), terminal: 'T-0001', epoch: 1, batches: 1, records: 2 });
    const lines = linesOf(file());
    const head = headOf();
    const { signature, ...counted } = (lines.at(-1)?.json['end'] ?? {}) as End;
    const { bundleId, madeAt, terminal, epoch } = head;
    const signed = bundleBytes({ terminal, epoch, bundleId, madeAt, ...counted, content: lines.at(-2)?.digest ?? '' });
    expect(sm2Verify(hex(agent.clearing.terminalKey), signed, hex(signature))).toBe(true);
    const [batch] = batches();
    expect(batchRequest.parse(batch)).toMatchObject({ seal: { firstSequence: 1, lastSequence: 2, totalMinor: 1000 } });
    expect(readFileSync(file(), 'utf8')).not.toContain('6299990000000000012');
  });

  it('and while it does not', async () => {
    await agent.down();
    expect(await exported()).toMatchObject({ batches: 1, records: 2 });
    await agent.up();
    expect(agent.queue.batches.toUpload()).toMatchObject([{ state: 'submitted', count: 2 }]);
  });

  it('the receipt acknowledges what the bundle held, once, with or without the daemon', async () => {
    await exported();
    expect((await agent.status()).queue.unacknowledgedCount).toBe(2);
    const path = receipt();
    expect(JSON.parse((await jdpos('queue', 'import-acknowledgements', path)).out.join(''))).toMatchObject({
      batches: 1,
    });
    expect((await agent.status()).queue.unacknowledgedCount).toBe(0);
    await agent.down();
    expect(JSON.parse((await jdpos('queue', 'import-acknowledgements', path)).out.join(''))).toMatchObject({
      batches: 0,
    });
    await agent.up();
  });

  it('and when the network comes first, the receipt brings nothing new', async () => {
    await exported();
    const path = receipt();
    agent.clearing.down = false;
    await until('the upload', async () => (agent.queue.batches.toUpload().length === 0 ? true : undefined));
    expect(agent.clearing.bodies<BatchRequest>('POST /v1/batches')[0]?.seal).toEqual(batches()[0]?.seal);
    expect(JSON.parse((await jdpos('queue', 'import-acknowledgements', path)).out.join(''))).toMatchObject({
      batches: 0,
    });
  });

  it('what the host has refused over the network is no trouble any more once the receipt has acknowledged it', async () => {
    agent.clearing.on('POST /v1/batches', () => ({ status: 409, json: { title: 'fork', status: 409, code: 'fork' } }));
    agent.clearing.down = false;
    await exported();
    const troubles = async () => (await agent.status()).clearing.troubles?.map(({ code, subject }) => [code, subject]);
    expect(await until('the refusal', troubles)).toEqual([['batch-refused', batches()[0]?.seal.batchId]]);
    expect(await jdpos('queue', 'import-acknowledgements', receipt())).toMatchObject({ exitCode: 0 });
    expect(await troubles()).toBeUndefined();
  });

  it('what the receipt says of refusals, which nobody has signed, does nothing to the screen', async () => {
    await exported();
    const id = batches()[0]?.seal.batchId;
    const path = receipt({ refused: [{ kind: 'batch', id, code: 'fork', detail: 'gone\u001b[2J' }] });
    const { exitCode, out } = await cli([
      'queue',
      'import-acknowledgements',
      path,
      '--state-dir',
      agent.folder,
      '--url',
      agent.url,
    ]);
    expect([exitCode, out[1]]).toEqual([1, `refused: batch ${id} (fork): gone\uFFFD[2J`]);
  });

  it('a receipt of somebody else, forged or cut changes nothing', async () => {
    await exported();
    const problem = async (path: string) => {
      const run = await jdpos('queue', 'import-acknowledgements', path);
      expect(run.exitCode).toBe(1);
      expect(agent.queue.batches.toUpload()).toHaveLength(1);
      return run.err.join('');
    };
    expect(await problem(receipt({ terminal: 'T-0002' }))).toContain('another terminal');
    expect(await problem(receipt({ signature: '00'.repeat(64) }))).toContain('not signed');
    const cut = readFileSync(receipt(), 'utf8').slice(0, -3);
    writeFileSync(join(stick, 'cut'), cut);
    expect(await problem(join(stick, 'cut'))).toContain('is cut');
    const path = receipt();
    const other = JSON.parse(readFileSync(path, 'utf8'));
    other.acknowledgements[0].acknowledgement.signature = '11'.repeat(64);
    writeFileSync(path, JSON.stringify(other));
    const { exitCode, out } = await jdpos('queue', 'import-acknowledgements', path);
    const doubtful = [other.acknowledgements[0].batchId];
    expect([exitCode, JSON.parse(out.join(''))]).toEqual([1, { batches: 0, reversals: 0, refused: [], doubtful }]);
    expect(agent.queue.batches.toUpload()).toHaveLength(1);
  });

  it('a file that is there already is not written over', async () => {
    await exported();
    const before = readFileSync(file());
    expect(await jdpos('queue', 'export', file())).toMatchObject({ exitCode: 2 });
    expect(readFileSync(file())).toEqual(before);
  });

  it('what lies where it is first written, a pipe or a link, is put away', async () => {
    execFileSync('mkfifo', [`${file()}.part`]);
    await exported();
    const elsewhere = join(stick, 'elsewhere');
    writeFileSync(elsewhere, 'mine');
    symlinkSync(elsewhere, join(stick, 'second.part'));
    expect(await jdpos('queue', 'export', join(stick, 'second'))).toMatchObject({ exitCode: 0 });
    expect(readFileSync(elsewhere, 'utf8')).toBe('mine');
  });

  it('a reversal that was exported counts as sent: nothing rests on its authorisation any more', async () => {
    agent.clearing.down = false;
    agent.clearing.on('POST /v1/authorisations', () => 'break');
    agent.clearing.on('POST /v1/reversals', () => ({ status: 503, json: {} }));
    // A request of before may still end the contact: then the host is not asked.
    await until('a payment for which the host was asked', async () => {
      await until('contact', async () => ((await agent.status()).clearing.reachable ? true : undefined));
      const id = await agent.pay(60_000);
      await agent.tap('rich');
      await agent.reaches(id, 'declined', 'failed', 'cancelled');
      return agent.queue.reversals.due()[0];
    });
    agent.clearing.down = true;
    expect(await exported()).toMatchObject({ reversals: 1 });
    const [, line] = linesOf(file());
    const [due] = agent.queue.reversals.due();
    expect(line?.json['reversal']).toMatchObject({ id: due?.id });
    const path = receipt({ reversals: [due?.id] });
    expect(JSON.parse((await jdpos('queue', 'import-acknowledgements', path)).out.join(''))).toMatchObject({
      reversals: 1,
    });
    expect(agent.queue.reversals.due()).toEqual([]);
  });
});

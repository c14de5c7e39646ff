import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BundleReceipt } from '../../clearing/contract/index.ts';
import { bundleBytes, receiptBytes } from '../../clearing/contract/record/index.ts';
import { sm2Verify, sm3 } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import type { Chip } from './chip.ts';
import { type Answer, HAPPENED, type Terminal, wordsOf } from './terminal.ts';
import { startWorld, type World } from './world.ts';

const BUNDLE_TYPE = 'application/vnd.jdpos.bundle';
const AT = '2026-03-01T12:00:00+08:00';

let world: World;
let terminal: Terminal;
let card: Chip;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  terminal = await world.terminal();
  card = await world.card({ balance: 100_000 });
});

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A bundle as docs/record.md has it, written here a second time. */
class Bundle {
  readonly bundleId = randomUUID();
  readonly #by: Terminal;
  #digest = new Uint8Array(32);
  readonly lines: string[] = [];

  constructor(by: Terminal, head: object = {}) {
    this.#by = by;
    const { terminal: name, epoch } = by.enrolment;
    this.add({ form: 'jdpos-bundle/1', bundleId: this.bundleId, terminal: name, epoch, madeAt: AT, ...head });
  }

  add(value: object): this {
    const json = JSON.stringify(value);
    this.#digest = new Uint8Array(sm3(utf8('jdpos-line/1'), this.#digest, utf8(json)));
    this.lines.push(`${toHex(this.#digest)} ${json}\n`);
    return this;
  }

  /** Ends it, with what it holds or says it holds. */
  end(counts: object): string {
    const { terminal: name, epoch } = this.#by.enrolment;
    const counted = { reversals: 0, batches: 0, records: 0, ...counts };
    const head = { terminal: name, epoch, bundleId: this.bundleId, madeAt: AT };
    const signature = this.#by.sign(bundleBytes({ ...head, ...counted, content: toHex(this.#digest) }));
    this.add({ end: { ...counted, signature } });
    return this.lines.join('');
  }
}

async function bring(bundle: string, type = BUNDLE_TYPE): Promise<Answer> {
  const response = await fetch(`${world.url}/v1/bundles`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: bundle,
  });
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer['body'] };
}

/** Sends the beginning of a bundle, and never its end. */
function begin(text: string): Promise<[number | undefined, string]> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': BUNDLE_TYPE, 'transfer-encoding': 'chunked' };
    const sent = httpRequest(`${world.url}/v1/bundles`, { method: 'POST', headers, agent: false }, (response) => {
      response.setEncoding('utf8').once('data', (answer: string) => {
        resolve([response.statusCode, JSON.parse(answer).detail]);
        sent.destroy();
      });
    });
    sent.once('error', reject);
    sent.write(text);
  });
}

/** A batch of 8 MB of nothing, under a seal of its own. */
function longBatch(by: Terminal): object {
  by.write(HAPPENED.approvedByChip, 100, { card, chip: card.pay(100) });
  const batch = by.seal();
  const records = Array.from({ length: 1_000 }, () => ({ canonical: 'x'.repeat(8_000) }));
  return { ...batch, records };
}

const receiptOf = ({ status, body }: Answer): BundleReceipt => {
  expect([status, body]).toMatchObject([200, {}]);
  return body as unknown as BundleReceipt;
};

function sales(count: number): void {
  for (let made = 0; made < count; made++) terminal.write(HAPPENED.approvedByChip, 100, { card, chip: card.pay(100) });
}

async function held(): Promise<unknown> {
  const [row] = await world.query('select count(*)::int as held from records where terminal = $1', [
    terminal.enrolment.terminal,
  ]);
  return row?.['held'];
}

describe('a bundle', () => {
  it('counts as if it had been sent; sent, or imported again, it has no second effect and the same acknowledgements', async () => {
    const authorisation = terminal.authorisationRequest(card, card.askOnline(500), 500);
    await terminal.authorise(authorisation);
    const reversal = { id: randomUUID(), authorisation: authorisation.id, paymentId: 'p', reason: 'test', at: AT };
    sales(2);
    const first = terminal.seal();
    sales(1);
    const second = terminal.seal();
    const bundle = new Bundle(terminal).add({ reversal }).add({ batch: first }).add({ batch: second });
    const text = bundle.end({ reversals: 1, batches: 2, records: 3 });

    const receipt = receiptOf(await bring(text));
    expect(receipt).toMatchObject({ bundleId: bundle.bundleId, reversals: [reversal.id], refused: [] });
    const { keyId: _, signature, acknowledgements, refused: __, ...content } = receipt;
    const key = hex(terminal.enrolment.hostKeys.acknowledgement);
    expect(sm2Verify(key, receiptBytes(content), hex(signature))).toBe(true);
    expect(await held()).toBe(3);
    expect((await world.host.admin.audit()).balanced).toBe(true);

    for (const [at, batch] of [first, second].entries()) {
      const sent = await terminal.submit(batch);
      expect(sent.body).toEqual(acknowledgements[at]?.acknowledgement);
    }
    expect(receiptOf(await bring(text)).acknowledgements).toEqual(acknowledgements);
    expect((await terminal.reverse(authorisation.id, reversal.id)).body['effect']).toBe('reversed');
    expect(await held()).toBe(3);
    expect(await world.host.admin.audit()).toMatchObject({ balanced: true, heldMinor: 0 });
  });

  it('goes on where an upload has ended', async () => {
    sales(1);
    const uploaded = terminal.seal();
    await terminal.submit(uploaded);
    sales(1);
    const batch = terminal.seal();
    const text = new Bundle(terminal).add({ batch: uploaded }).add({ batch }).end({ batches: 2, records: 2 });
    expect(receiptOf(await bring(text)).acknowledgements).toHaveLength(2);
    sales(1);
    expect(wordsOf(await terminal.submit(terminal.seal()))).toEqual(['accepted']);
  });

  it('with a batch that the host refuses: the receipt names it, and the reversals count all the same', async () => {
    sales(1);
    terminal.seal();
    sales(1);
    const gap = terminal.seal();
    const reversal = { id: randomUUID(), authorisation: randomUUID(), paymentId: 'p', reason: 'test', at: AT };
    const text = new Bundle(terminal)
      .add({ batch: gap })
      .add({ reversal })
      .end({ reversals: 1, batches: 1, records: 1 });
    expect(receiptOf(await bring(text))).toMatchObject({
      reversals: [reversal.id],
      acknowledgements: [],
      refused: [{ kind: 'batch', id: gap.seal.batchId, code: 'gap', detail: expect.stringContaining('record 1') }],
    });
  });

  it('that is long needs a seal of its terminal at its beginning, and no more', async () => {
    sales(1);
    const batch = terminal.seal();
    const other = await world.terminal();
    const bundle = new Bundle(terminal).add({ batch });
    for (const foreign of [1, 2, 3].map(() => longBatch(other))) bundle.add({ batch: foreign });
    const receipt = receiptOf(await bring(bundle.end({ batches: 4, records: 3_001 })));
    expect(receipt.acknowledgements).toHaveLength(1);
    expect(receipt.refused).toHaveLength(3);
  });

  it('is imported from a file by the operator as well, and no pipe is', async () => {
    sales(1);
    const folder = mkdtempSync(join(tmpdir(), 'jdpos-stick-'));
    try {
      writeFileSync(
        join(folder, 'b'),
        new Bundle(terminal).add({ batch: terminal.seal() }).end({ batches: 1, records: 1 }),
      );
      const receipt = await world.host.admin.importBundle(join(folder, 'b'));
      expect(receipt.acknowledgements).toHaveLength(1);
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      await expect(world.host.admin.importBundle(join(folder, 'pipe'))).rejects.toThrow('is no file');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a bundle that is refused, with nothing done', () => {
  let bundle: Bundle;
  beforeEach(() => {
    sales(2);
    bundle = new Bundle(terminal).add({ batch: terminal.seal() });
  });
  const whole = (): string => bundle.end({ batches: 1, records: 2 });

  const refused = async (text: string, detail: string): Promise<void> => {
    expect(await bring(text)).toMatchObject({
      status: 422,
      body: { code: 'bad-bundle', detail: expect.stringContaining(detail) },
    });
    expect(await held()).toBe(0);
  };

  it.each<[string, (text: string) => string, string]>([
    ['cut after a line', (text) => text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1), 'ends after line 2'],
    ['cut within a line', (text) => text.slice(0, -20), 'ends after line 2'],
    ['without its last line feed', (text) => text.slice(0, -1), 'ends after line 2'],
    ['changed in a record', (text) => text.replace('amountMinor=100', 'amountMinor=900'), 'line 2'],
    ['changed in its head', (text) => text.replace('12:00:00', '13:00:00'), 'first line has been changed'],
    ['without a line', (text) => text.replace(/\n.*\n/, '\n'), 'line 2'],
    ['with a line behind its end', (text) => `${text}${text.split('\n')[0]}\n`, 'line 4'],
    ['something else', () => 'PNG', 'ends after line 0'],
    ['something else in lines', () => '{"a":1}\n', 'no bundle'],
    ['empty', () => '', 'no bundle'],
  ])('%s', (_how, change, detail) => refused(change(whole()), detail));

  it('that counts other items than it holds', () => refused(bundle.end({ batches: 2, records: 2 }), '2 batches'));

  it('that was made anew by somebody without the terminal’s key', async () => {
    const other = await world.terminal();
    const forged = new Bundle(other, { terminal: terminal.enrolment.terminal });
    await refused(forged.end({}), 'not signed by');
  });

  it('of a terminal that was never enrolled', () =>
    refused(new Bundle(terminal, { terminal: 'NOBODY' }).end({}), 'no terminal NOBODY'));

  it('of a terminal that was never enrolled, before the rest of it has come', async () => {
    const head = new Bundle(terminal, { terminal: 'NOBODY' }).lines.join('');
    expect(await begin(head)).toEqual([422, 'no terminal NOBODY was enrolled for epoch 1']);
  });

  it('that nothing shows to be its terminal’s, once a long piece of it has come', async () => {
    const other = await world.terminal();
    const forged = new Bundle(other, { terminal: terminal.enrolment.terminal });
    for (const batch of [1, 2, 3].map(() => longBatch(other))) forged.add({ batch });
    const { terminal: name } = terminal.enrolment;
    expect(await begin(forged.lines.join(''))).toEqual([422, expect.stringContaining(`is not signed by ${name}`)]);
  });

  it('in another media type', async () => {
    expect(await bring(whole(), 'application/octet-stream')).toMatchObject({ status: 415 });
    expect(await bring(whole(), 'text/plain')).toMatchObject({ body: { detail: `send it as ${BUNDLE_TYPE}` } });
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeRecord, type Record, sealContentBytes } from '../../clearing/contract/record/index.ts';
import { sm2PublicKey, sm2Sign } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import { acknowledge, IDENTITY, sealBatch, sell, testQueue } from '../../offline-queue/test-support.ts';

const CHECK = join(import.meta.dirname, 'record_check.py');
const VECTORS = join(import.meta.dirname, '../../clearing/contract/record/vectors.json');

const python = spawnSync('python3', ['--version']).status === 0;
if (!python) console.log('python3 is missing: the second implementation of the record is not run');

const check = (...args: readonly string[]) => spawnSync('python3', [CHECK, ...args], { encoding: 'utf8' });

describe.skipIf(!python)('the second implementation of the record', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'jdpos-record-check-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const changed = (change: (vectors: ReturnType<typeof JSON.parse>) => void): string => {
    const vectors = JSON.parse(readFileSync(VECTORS, 'utf8'));
    change(vectors);
    const file = join(folder, 'vectors.json');
    writeFileSync(file, JSON.stringify(vectors));
    return file;
  };

  it('agrees with the committed vectors', () => {
    const { status, stdout } = check(VECTORS);
    expect(stdout).toBe('10 records, 18 documents: the same\n');
    expect(status).toBe(0);
  });

  it('prints the committed vectors from their inputs', () => {
    const committed = JSON.parse(readFileSync(VECTORS, 'utf8'));
    expect(JSON.parse(check('--fill', VECTORS).stdout)).toEqual(committed);
  });

  it('writes any text as this implementation does', () => {
    const texts = fc.sample(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), 60);
    const file = changed((vectors) => {
      const [{ record }] = vectors.records;
      vectors.documents = [];
      vectors.merkle = [];
      vectors.records = texts.map((reference) => ({ record: { ...record, reference } }));
    });
    const filled: { records: { record: Record; canonical: string }[] } = JSON.parse(check('--fill', file).stdout);
    const ours = filled.records.map(({ record }) => new TextDecoder().decode(encodeRecord(record)));
    expect(filled.records.map(({ canonical }) => canonical)).toEqual(ours);
  });

  it('accepts a signature that this implementation makes', () => {
    const file = changed((vectors) => {
      const [seal] = vectors.documents;
      const bytes = sealContentBytes(seal.content);
      seal.bytes = new TextDecoder().decode(bytes);
      seal.signature = toHex(sm2Sign(hex(vectors.keys[0].private), bytes));
    });
    expect(check(file).stdout).toBe('10 records, 18 documents: the same\n');
  });

  it('notices what is changed', () => {
    const file = changed((vectors) => {
      vectors.records[1].hash = vectors.records[0].hash;
      vectors.documents[0].signature = vectors.documents[1].signature;
      vectors.malformed.push({ title: 'a good one', canonical: vectors.records[0].canonical });
    });
    const { status, stdout } = check(file);
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'differs: records',
      'differs: signature of seal',
      'differs: not refused: a good one',
    ]);
    expect(status).toBe(1);
  });

  describe('reads a batch of a terminal', () => {
    interface Sent {
      previous: string;
      terminalKey: string;
      hostKey: string;
      batch: { seal: { [name: string]: unknown }; signature: string; records: { canonical: string }[] };
      acknowledgement: { [name: string]: unknown; verdicts: { sequence: number; verdict: string; reason?: string }[] };
    }

    /** The second batch of a queue: records 3 to 7, one of them disputed. */
    function sentBatch(): Sent {
      const t = testQueue();
      try {
        for (let at = 1; at <= 7; at++) sell(t.queue, `p${at}`, 100 * at);
        acknowledge(t.queue, sealBatch(t.queue, 'b1', 2));
        const sealed = sealBatch(t.queue, 'b2');
        acknowledge(t.queue, sealed, { 5: 'wrong-cryptogram' });
        const {
          id: batchId,
          epoch,
          firstSequence,
          lastSequence,
          count,
          totalMinor,
          chainHead,
          merkleRoot,
          signature,
        } = sealed;
        const range = { terminal: IDENTITY.terminal, epoch, batchId, firstSequence, lastSequence };
        const records = t.queue.batches.records(batchId);
        return {
          previous: toHex(records[0]?.previousHash ?? new Uint8Array()),
          terminalKey: toHex(sm2PublicKey(IDENTITY.signingKey)),
          hostKey: toHex(IDENTITY.hostAcknowledgementKey),
          batch: {
            seal: { ...range, count, totalMinor, chainHead, merkleRoot },
            signature,
            records: records.map(({ canonical }) => ({ canonical: new TextDecoder().decode(canonical) })),
          },
          acknowledgement: t.queue.batches.get(batchId)?.acknowledgement as Sent['acknowledgement'],
        };
      } finally {
        t.end();
      }
    }
    const checked = (change: (sent: Sent) => void = () => {}): readonly string[] => {
      const sent = sentBatch();
      change(sent);
      const file = join(folder, 'batch.json');
      writeFileSync(file, JSON.stringify(sent));
      return check('--batch', file).stdout.trim().split('\n');
    };

    it('and agrees with its seal and its acknowledgement', () => {
      expect(checked()).toEqual(['5 records: the same']);
    });

    it.each<[string, (sent: Sent) => void, readonly string[]]>([
      [
        'a seal with another total',
        ({ batch }) => {
          batch.seal['totalMinor'] = 1;
        },
        ['totalMinor of the seal', 'signature of the seal'],
      ],
      [
        'another signature',
        (sent) => {
          sent.batch.signature = '11'.repeat(64);
        },
        ['signature of the seal'],
      ],
      [
        'another beginning',
        (sent) => {
          sent.previous = '22'.repeat(32);
        },
        ['chainHead of the seal', 'merkleRoot of the seal'],
      ],
      [
        'two records in each other’s place',
        ({ batch }) => {
          batch.records.reverse();
        },
        ['firstSequence of the seal', 'lastSequence of the seal', 'chainHead of the seal', 'merkleRoot of the seal'],
      ],
      [
        'a verdict that was changed',
        ({ acknowledgement }) => {
          acknowledgement.verdicts[2] = { sequence: 5, verdict: 'accepted' };
        },
        ['signature of the acknowledgement'],
      ],
      [
        'a verdict that is missing',
        ({ acknowledgement }) => {
          acknowledgement.verdicts.pop();
        },
        ['verdicts of the acknowledgement', 'signature of the acknowledgement'],
      ],
    ])('and notices %s', (_what, change, found) => {
      expect(checked(change)).toEqual([...found.map((name) => `differs: ${name}`), '5 records: DIFFERENT']);
    });
  });
});

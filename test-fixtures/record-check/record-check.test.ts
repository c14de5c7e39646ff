import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeRecord, type Record, sealContentBytes } from '../../clearing/contract/record/index.ts';
import { sm2Sign } from '../../emv/crypto/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';

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
    expect(stdout).toBe('10 records, 16 documents: the same\n');
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
    expect(check(file).stdout).toBe('10 records, 16 documents: the same\n');
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
});

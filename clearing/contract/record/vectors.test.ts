import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sm2PublicKey, sm2Sign, sm2Verify } from '../../../emv/crypto/index.ts';
import { hex, Pan, toHex } from '../../../emv/values/index.ts';
import {
  type Acknowledgement,
  type AnswerContent,
  acknowledgementBytes,
  answerBytes,
  type BundleContent,
  bundleBytes,
  type CollectionContent,
  type ComparisonContent,
  cardToken,
  chainHash,
  collectionBytes,
  comparisonBytes,
  encodeRecord,
  HASH_BYTES,
  type HotlistDelta,
  type HotlistPage,
  hotlistBytes,
  hotlistPageBytes,
  lineDigest,
  merkleRoot,
  type ParametersContent,
  parametersBytes,
  parseRecord,
  type ReceiptContent,
  type Record,
  type RequestContent,
  receiptBytes,
  requestBytes,
  type SealContent,
  type SettlementContent,
  sealContentBytes,
  settlementBytes,
  totalsOf,
} from './index.ts';

interface Vectors {
  readonly genesis: string;
  readonly cardTokenKey: string;
  readonly keys: readonly { name: string; private: string; public: string }[];
  readonly cardTokens: readonly { pan: string; token: string }[];
  readonly records: readonly { title: string; record: Record; canonical: string; hash: string }[];
  readonly totals: unknown;
  readonly merkle: readonly { count: number; root: string }[];
  readonly documents: readonly DocumentVector[];
  readonly malformed: readonly { title: string; canonical: string }[];
}

type DocumentVector = { readonly signer: string; readonly bytes: string; readonly signature: string } & (
  | { kind: 'seal'; content: SealContent }
  | { kind: 'acknowledgement'; content: Acknowledgement }
  | { kind: 'settlement'; content: SettlementContent }
  | { kind: 'collection'; content: CollectionContent }
  | { kind: 'hotlist'; content: HotlistDelta }
  | { kind: 'hotlist-page'; content: HotlistPage }
  | { kind: 'parameters'; content: ParametersContent }
  | { kind: 'bundle'; content: Omit<BundleContent, 'content'> & { lines: readonly string[] } }
  | { kind: 'receipt'; content: ReceiptContent }
  | { kind: 'comparison'; content: ComparisonContent }
  | { kind: 'answer'; content: Omit<AnswerContent, 'body'> & { body: string } }
  | { kind: 'request'; content: Omit<RequestContent, 'body'> & { body: string } }
);

// The expected values of this file come from the Python implementation in test-fixtures/record-check.
const vectors: Vectors = JSON.parse(readFileSync(join(import.meta.dirname, 'vectors.json'), 'utf8'));
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

function documentBytes(vector: DocumentVector): Uint8Array {
  if (vector.kind === 'seal') return sealContentBytes(vector.content);
  if (vector.kind === 'acknowledgement') return acknowledgementBytes(vector.content);
  if (vector.kind === 'settlement') return settlementBytes(vector.content);
  if (vector.kind === 'collection') return collectionBytes(vector.content);
  if (vector.kind === 'hotlist') return hotlistBytes(vector.content);
  if (vector.kind === 'hotlist-page') return hotlistPageBytes(vector.content);
  if (vector.kind === 'parameters') return parametersBytes(vector.content);
  if (vector.kind === 'bundle') return bundleBytes({ ...vector.content, content: digestOf(vector.content.lines) });
  if (vector.kind === 'receipt') return receiptBytes(vector.content);
  if (vector.kind === 'comparison') return comparisonBytes(vector.content);
  if (vector.kind === 'answer') return answerBytes({ ...vector.content, body: utf8(vector.content.body) });
  return requestBytes({ ...vector.content, body: utf8(vector.content.body) });
}

const digestOf = (lines: readonly string[]): string =>
  toHex(lines.reduce<Uint8Array>((before, line) => lineDigest(before, utf8(line)), new Uint8Array(HASH_BYTES)));

describe('the vectors of the second implementation', () => {
  it.each(vectors.records)('writes and reads: $title', ({ record, canonical }) => {
    expect(textOf(encodeRecord(record))).toBe(canonical);
    expect(parseRecord(utf8(canonical))).toEqual({ kind: 'record', record });
  });

  it('chains the records from the genesis hash', () => {
    let previous = hex(vectors.genesis);
    const hashes = vectors.records.map(({ canonical }) => {
      previous = chainHash(previous, utf8(canonical));
      return toHex(previous);
    });
    expect(hashes).toEqual(vectors.records.map(({ hash }) => hash));
  });

  it.each(vectors.merkle)('gives the Merkle root of the first $count', ({ count, root }) => {
    expect(toHex(merkleRoot(vectors.records.slice(0, count).map(({ hash }) => hex(hash))))).toBe(root);
  });

  it('adds up the approved records', () => {
    expect(totalsOf(vectors.records.map(({ record }) => record))).toEqual(vectors.totals);
  });

  it.each(vectors.cardTokens)('names the card $pan', ({ pan, token }) => {
    const parsed = Pan.parse(pan);
    expect(parsed && cardToken(hex(vectors.cardTokenKey), parsed)).toBe(token);
  });

  it.each(vectors.documents)('writes what is signed: $kind', (vector) => {
    expect(textOf(documentBytes(vector))).toBe(vector.bytes);
  });

  it.each(vectors.documents)('holds with the signature of the $signer: $kind', (vector) => {
    const key = vectors.keys.find(({ name }) => name === vector.signer);
    const publicKey = hex(key?.public ?? '');
    expect(toHex(sm2PublicKey(hex(key?.private ?? '')))).toBe(key?.public);
    expect(sm2Verify(publicKey, utf8(vector.bytes), hex(vector.signature))).toBe(true);
    expect(sm2Verify(publicKey, utf8(`${vector.bytes}\n`), hex(vector.signature))).toBe(false);
    const own = sm2Sign(hex(key?.private ?? ''), utf8(vector.bytes));
    expect(sm2Verify(publicKey, utf8(vector.bytes), own)).toBe(true);
  });

  it('the seal of the vectors is the seal of its records', () => {
    const seal = vectors.documents.find(({ kind }) => kind === 'seal')?.content;
    const head = vectors.records.at(-1)?.hash;
    const merkle = vectors.merkle.at(-1)?.root;
    expect(seal).toMatchObject({ chainHead: head, merkleRoot: merkle, ...Object(vectors.totals) });
  });

  it.each(vectors.malformed)('refuses: $title', ({ canonical }) => {
    expect(parseRecord(utf8(canonical)).kind).toBe('malformed');
  });
});

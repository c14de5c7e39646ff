import { describe, expect, it } from 'vitest';
import { acknowledgementBytes, hotlistBytes, merkleRoot, parametersBytes, requestBytes } from './index.ts';

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('signed documents', () => {
  it('an acknowledgement says an accepted record without, a disputed one with a reason', () => {
    const range = { terminal: 'T', epoch: 1, firstSequence: 1, lastSequence: 1, chainHash: '0'.repeat(64) };
    const verdicts = [{ sequence: 1, verdict: 'accepted' as const, reason: 'x' }];
    expect(() => acknowledgementBytes({ ...range, verdicts })).toThrow(RangeError);
    expect(() => acknowledgementBytes({ ...range, verdicts: [{ sequence: 1, verdict: 'disputed' }] })).toThrow(
      RangeError,
    );
  });

  it('two lists of verdicts never share their bytes', () => {
    const range = { terminal: 'T', epoch: 1, firstSequence: 1, lastSequence: 2, chainHash: '0'.repeat(64) };
    const one = acknowledgementBytes({
      ...range,
      verdicts: [{ sequence: 1, verdict: 'disputed', reason: 'a,2:accepted' }],
    });
    expect(textOf(one)).toContain('verdicts=1:disputed:a%2C2%3Aaccepted\n');
  });

  it('does not sign a token that is no token', () => {
    expect(() => hotlistBytes({ from: 0, to: 1, full: false, add: ['6228480000000000017'], remove: [] })).toThrow(
      RangeError,
    );
  });

  it('does not sign parameters with a fraction, a function or a name beyond ASCII', () => {
    for (const content of [{ a: 0.5 }, { a: () => 1 }, { 名: 1 }, { a: Number.NaN }]) {
      expect(() => parametersBytes({ version: 1, content })).toThrow(RangeError);
    }
  });

  it('signs a path with its query as it is sent, and no half path', () => {
    const request = (path: string) => textOf(requestBytes({ method: 'GET', path, body: new Uint8Array() }));
    expect(request('/a?b=%2C\nbody=')).toContain('path=/a?b=%252C%0Abody=\n');
    expect(() => request('v1/batches')).toThrow(RangeError);
  });
});

describe('merkleRoot', () => {
  it('tells a leaf from a node', () => {
    const [a, b] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    expect(merkleRoot([merkleRoot([a, b])])).not.toEqual(merkleRoot([a, b]));
    expect(merkleRoot([a, b])).not.toEqual(merkleRoot([b, a]));
  });
});

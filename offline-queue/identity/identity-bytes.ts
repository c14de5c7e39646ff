import { ok as assert } from 'node:assert/strict';
import { concat } from '../../emv/values/index.ts';
import type { Identity } from '../interface/queue.ts';

/** The fixed part of an identity's bytes: name and length, in order. Terminal and merchant follow as `terminal LF merchant`. */
const PARTS = [
  ['genesisHash', 32],
  ['signingKey', 32],
  ['cardTokenKey', 32],
  ['hostAcknowledgementKey', 64],
  ['hostHotlistKey', 64],
  ['hostParameterKey', 64],
  ['hostSealingKey', 64],
] as const;

const FIXED_BYTES = PARTS.reduce((sum, [, length]) => sum + length, 0);

/** What is sealed of an identity; secrets go through no string. The epoch is not in it: the seal is bound to it. */
export function identityBytes(identity: Identity): Uint8Array {
  for (const [name, length] of PARTS) {
    assert(identity[name].length === length, `${name} has ${identity[name].length} bytes, not ${length}`);
  }
  const names = [identity.terminal, identity.merchant];
  assert(
    names.every((name) => name !== '' && !name.includes('\n')),
    'terminal or merchant is no name',
  );
  return concat(...PARTS.map(([name]) => identity[name]), new TextEncoder().encode(names.join('\n')));
}

/** Undefined when the bytes are no identity. */
export function parseIdentity(epoch: number, bytes: Uint8Array): Identity | undefined {
  const [terminal, merchant] = new TextDecoder().decode(bytes.subarray(FIXED_BYTES)).split('\n');
  if (bytes.length < FIXED_BYTES || !terminal || !merchant) return undefined;
  let at = 0;
  const next = (length: number): Uint8Array => {
    at += length;
    // A copy, since what it comes from is wiped.
    return Uint8Array.from(bytes.subarray(at - length, at));
  };
  const [genesisHash, signingKey, cardTokenKey] = [next(32), next(32), next(32)];
  const [hostAcknowledgementKey, hostHotlistKey, hostParameterKey, hostSealingKey] = [
    next(64),
    next(64),
    next(64),
    next(64),
  ];
  return {
    terminal,
    merchant,
    epoch,
    genesisHash,
    signingKey,
    cardTokenKey,
    hostAcknowledgementKey,
    hostHotlistKey,
    hostParameterKey,
    hostSealingKey,
  };
}

import { concat } from '../values/index.ts';
import { sm3 } from './digest.ts';
import { openBytes, sealBytes } from './seal.ts';
import { sm2PublicKey, sm2SharedX } from './sm2.ts';

const POINT_LENGTH = 64;
const COUNTER = Uint8Array.of(0, 0, 0, 1);

/** GB/T 32918.4 §5.4.3, one round: both points go in, so that the key belongs to this pair of them and no other. */
function sealingKey(sharedX: Uint8Array, ephemeral: Uint8Array, recipient: Uint8Array): Uint8Array {
  return sm3(sharedX, ephemeral, recipient, COUNTER);
}

/**
 * Seals bytes to the owner of an SM2 key (X then Y, 64 bytes): ephemeral public key 64 ‖ `sealBytes` under
 * SM3(shared x 32 ‖ ephemeral public key 64 ‖ recipient's public key 64 ‖ 00000001), iv all zero: the key is used once.
 * The ephemeral private key (32 bytes, `drawSm2PrivateKey`) must be fresh for every call and wiped afterwards. Undefined
 * when the public key is no point of the curve.
 */
export function sm2Seal(input: {
  readonly publicKey64: Uint8Array;
  readonly ephemeralPrivateKey32: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly associatedData: Uint8Array;
}): Uint8Array | undefined {
  const { publicKey64, ephemeralPrivateKey32, plaintext, associatedData } = input;
  const sharedX = sm2SharedX(ephemeralPrivateKey32, publicKey64);
  if (sharedX === undefined) return undefined;
  const ephemeral = sm2PublicKey(ephemeralPrivateKey32);
  const key = sealingKey(sharedX, ephemeral, publicKey64);
  try {
    return concat(ephemeral, sealBytes({ key, iv: new Uint8Array(16), plaintext, associatedData }));
  } finally {
    sharedX.fill(0);
    key.fill(0);
  }
}

/** What `sm2Seal` sealed to this private key (32 bytes); undefined when envelope or associated data are anything else. */
export function sm2Open(input: {
  readonly privateKey32: Uint8Array;
  readonly envelope: Uint8Array;
  readonly associatedData: Uint8Array;
}): Uint8Array | undefined {
  const { privateKey32, envelope, associatedData } = input;
  const ephemeral = envelope.subarray(0, POINT_LENGTH);
  const sharedX = sm2SharedX(privateKey32, ephemeral);
  if (sharedX === undefined) return undefined;
  const key = sealingKey(sharedX, ephemeral, sm2PublicKey(privateKey32));
  try {
    return openBytes({ key, sealed: envelope.subarray(POINT_LENGTH), associatedData });
  } finally {
    sharedX.fill(0);
    key.fill(0);
  }
}

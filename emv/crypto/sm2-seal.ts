import { concat, toHex } from '../values/index.ts';
import { sm3 } from './digest.ts';
import { type SealingKey, sealingKey } from './seal.ts';
import { sm2Agreement, sm2PublicKey, sm2SharedX } from './sm2.ts';

const POINT_LENGTH = 64;
const COUNTER = Uint8Array.of(0, 0, 0, 1);

/**
 * GB/T 32918.4 §5.4.3, one round: both points go in, so that the key belongs to this pair of them and no other. Wipes the shared x,
 * and the bytes of the key once it is ready.
 */
function agreedKey(sharedX: Uint8Array, ephemeral: Uint8Array, recipient: Uint8Array): SealingKey {
  const key = sm3(sharedX, ephemeral, recipient, COUNTER);
  try {
    return sealingKey(key);
  } finally {
    key.fill(0);
    sharedX.fill(0);
  }
}

/** Seals one thing after another to one owner, with one key agreement for all of them. */
export interface Sm2Sealer {
  /**
   * An envelope that `sm2Open` opens: ephemeral public key 64 ‖ `sealBytes`.
   * @param iv 16 bytes, drawn anew for each: all of them are under one key
   */
  seal(input: {
    readonly plaintext: Uint8Array;
    readonly associatedData: Uint8Array;
    readonly iv: Uint8Array;
  }): Uint8Array;
  wipe(): void;
}

/**
 * A sealer to an SM2 key (X then Y, 64 bytes) under SM3(shared x 32 ‖ ephemeral public key 64 ‖ recipient's public key 64 ‖
 * 00000001). The ephemeral private key (32 bytes, `drawSm2PrivateKey`) must be fresh for each sealer and wiped afterwards.
 * Undefined when the public key is no point of the curve.
 */
export function sm2Sealer(publicKey64: Uint8Array, ephemeralPrivateKey32: Uint8Array): Sm2Sealer | undefined {
  const agreed = sm2Agreement(ephemeralPrivateKey32, publicKey64);
  if (agreed === undefined) return undefined;
  const { sharedX, publicKey: ephemeral } = agreed;
  const key = agreedKey(sharedX, ephemeral, publicKey64);
  return { seal: (input) => concat(ephemeral, key.seal(input)), wipe: key.wipe };
}

/** A key is used once by `sm2Seal`, so that its iv may always be the same. */
const IV_OF_ONE = new Uint8Array(16);

/** Seals one thing, as `sm2Sealer` does, with an ephemeral key for this call alone and an iv of zeros. */
export function sm2Seal(input: {
  readonly publicKey64: Uint8Array;
  readonly ephemeralPrivateKey32: Uint8Array;
  readonly plaintext: Uint8Array;
  readonly associatedData: Uint8Array;
}): Uint8Array | undefined {
  const { publicKey64, ephemeralPrivateKey32, plaintext, associatedData } = input;
  const sealer = sm2Sealer(publicKey64, ephemeralPrivateKey32);
  try {
    return sealer?.seal({ plaintext, associatedData, iv: IV_OF_ONE });
  } finally {
    sealer?.wipe();
  }
}

interface Sealed {
  readonly privateKey32: Uint8Array;
  readonly envelope: Uint8Array;
  readonly associatedData: Uint8Array;
}

/** The key under which an envelope was sealed; undefined when it names no point of the curve. */
function keyOf({ privateKey32, envelope }: Sealed, recipient: Uint8Array): SealingKey | undefined {
  const ephemeral = envelope.subarray(0, POINT_LENGTH);
  const sharedX = sm2SharedX(privateKey32, ephemeral);
  return sharedX && agreedKey(sharedX, ephemeral, recipient);
}

const openWith = (key: SealingKey, { envelope, associatedData }: Sealed): Uint8Array | undefined =>
  key.open({ sealed: envelope.subarray(POINT_LENGTH), associatedData });

/** What `sm2Seal` sealed to this private key (32 bytes); undefined when envelope or associated data are anything else. */
export function sm2Open(input: Sealed): Uint8Array | undefined {
  const key = keyOf(input, sm2PublicKey(input.privateKey32));
  if (key === undefined) return undefined;
  try {
    return openWith(key, input);
  } finally {
    key.wipe();
  }
}

/** Sealers whose keys an opener remembers. */
const MAX_REMEMBERED = 64;

/**
 * `sm2Open` for one owner who opens much of few sealers: the key agreement is done once a sealer.
 * @param publicKey64 of the owner, whose private key each call brings
 */
export function sm2Opener(publicKey64: Uint8Array): (input: Sealed) => Uint8Array | undefined {
  const remembered = new Map<string, SealingKey>();
  return (input) => {
    const name = toHex(input.envelope.subarray(0, POINT_LENGTH));
    const key = remembered.get(name) ?? keyOf(input, publicKey64);
    if (key === undefined) return undefined;
    if (!remembered.has(name)) {
      const [oldest] = remembered;
      if (oldest !== undefined && remembered.size >= MAX_REMEMBERED) {
        oldest[1].wipe();
        remembered.delete(oldest[0]);
      }
      remembered.set(name, key);
    }
    return openWith(key, input);
  };
}

import { ok as assert } from 'node:assert/strict';
import {
  drawSm2PrivateKey,
  type HmacKey,
  hmacSm3Key,
  openBytes,
  type Sm2SigningKey,
  sealBytes,
  sm2Opener,
  sm2PublicKey,
  sm2Seal,
  sm2SigningKey,
  sm2SignWith,
  sm3,
} from '../../emv/crypto/index.ts';
import { checkPinBlock } from '../../emv/issuer/index.ts';
import { hex, Pan, PurseSerial, Secret, toHex } from '../../emv/values/index.ts';
import type { PinKeyFile } from '../contract/pin-key.ts';
import type { RecordChip } from '../contract/record/index.ts';
import { cardToken } from '../contract/record/index.ts';
import { type CryptogramCheck, checkCryptogram } from './check-cryptogram.ts';
import { checkPurse, type PurseToCheck } from './check-purse.ts';
import { type IssuerAnswer, issuerAnswer, type WordToCard } from './issuer-answer.ts';
import { assertUsable, type HsmKey, type HsmKeys, holdsTestKey } from './keys.ts';
import { withPinKey, wrapPinKey } from './pin-keys.ts';

type SigningPurpose = 'acknowledgement' | 'hotlist' | 'parameters';

/** The host's SM2 public keys: X then Y, upper-case hex. */
interface HsmPublicKeys {
  readonly acknowledgement: string;
  readonly hotlist: string;
  readonly parameters: string;
  readonly sealing: string;
}

export interface SignedWith {
  readonly keyId: string;
  /** r then s, hex. */
  readonly signature: string;
}

/**
 * The one module that holds keys, as a hardware security module would: work goes in, results come out, no key ever does.
 * It keeps no state besides its keys.
 */
export interface Hsm {
  readonly publicKeys: HsmPublicKeys;
  /** Is one of the keys marked TEST? */
  readonly isTest: boolean;
  /** Which key signs for a purpose: first 8 bytes of SM3 of its public key, hex. */
  keyId(purpose: SigningPurpose): string;
  sign(purpose: SigningPurpose, bytes: Uint8Array): SignedWith;
  /** The PAN that was sealed to the host (hex), if it is the one the token stands for; undefined otherwise. */
  openPan(sealedPan: string, token: string): Pan | undefined;
  /** The same for a purse's serial number. */
  openPurseSerial(sealedSerial: string, token: string): PurseSerial | undefined;
  /** A card's number, as the database may keep it, so that `openPan` or `openPurseSerial` opens it: hex. */
  sealNumber(number: Pan | PurseSerial): string;
  cardToken(number: Pan | PurseSerial): string;
  /** The scheme's card token key for a terminal: sm2Seal to its signing key, hex; undefined when that is no key. */
  wrapCardTokenKey(signingKey: string, terminal: string): string | undefined;
  /** Did this card make this cryptogram over these data? */
  checkCryptogram(pan: Pan, panSequence: number, chip: RecordChip): CryptogramCheck;
  /** What the card is told about its ARQC; undefined when that is not genuine. */
  issuerAnswer(word: WordToCard): IssuerAnswer | undefined;
  /** Did this purse make this TAC over these data? */
  checkPurse(checked: PurseToCheck): 'genuine' | 'wrong';
  /** A PIN of 4 to 12 digits as the database may keep it, bound to its card: hex. */
  sealPin(pin: Secret, token: string): string;
  /** Is the PIN in the pad's block the one that was sealed? */
  checkPin(entry: PinEntry): PinCheck;
  /** A PIN key for the pad that holds this transport key; undefined when there is none of the name, or they do not go together. */
  wrapPinKey(keyId: string, transportName: string): PinKeyFile | undefined;
}

interface PinEntry {
  readonly pan: Pan;
  readonly token: string;
  /** As `sealPin` gave it. */
  readonly sealedPin: string;
  readonly block: Uint8Array;
  readonly format: string;
  readonly keyId: string;
}

/** `unreadable`: unknown key or format, or a block of something else. It uses up no try. */
type PinCheck = 'right' | 'wrong' | 'unreadable';

export interface HsmOptions {
  readonly keys: HsmKeys;
  /** Refuses every key that is marked TEST. */
  readonly production: boolean;
  /** Unpredictable bytes. */
  readonly random: (length: number) => Uint8Array;
}

const IV_LENGTH = 16;
const utf8 = (text: string): Uint8Array => Buffer.from(text);

/** Loads the keys. Throws ClearingError on a key that may not be used here or has the wrong length. */
export function createHsm({ keys, production, random }: HsmOptions): Hsm {
  assertUsable(keys, production);
  const publicKeys = {
    acknowledgement: publicKeyOf(keys.acknowledgement),
    hotlist: publicKeyOf(keys.hotlist),
    parameters: publicKeyOf(keys.parameters),
    sealing: publicKeyOf(keys.sealing),
  };
  const tokenKey = keys.cardToken.value.use(hmacSm3Key);
  const opening: Opening = { key: keys.sealing.value, open: sm2Opener(hex(publicKeys.sealing)), tokenKey };
  const signing = {
    acknowledgement: readyKey(keys.acknowledgement, publicKeys.acknowledgement),
    hotlist: readyKey(keys.hotlist, publicKeys.hotlist),
    parameters: readyKey(keys.parameters, publicKeys.parameters),
  };
  return {
    publicKeys,
    isTest: holdsTestKey(keys),
    keyId: (purpose) => keyIdOf(publicKeys[purpose]),
    sign: (purpose, bytes) => ({
      keyId: keyIdOf(publicKeys[purpose]),
      signature: toHex(sm2SignWith(signing[purpose], bytes)),
    }),
    openPan: (sealedPan, token) => openNumber(opening, sealedPan, token, Pan.parse),
    openPurseSerial: (sealedSerial, token) => openNumber(opening, sealedSerial, token, serialOf),
    sealNumber: (number) => sealNumber(publicKeys.sealing, random, number, cardToken(tokenKey, number)),
    cardToken: (number) => cardToken(tokenKey, number),
    wrapCardTokenKey: (signingKey, terminal) => wrapCardTokenKey(keys, random, signingKey, terminal),
    checkCryptogram: (pan, panSequence, chip) => checkCryptogram(keys.masterKeys, pan, panSequence, chip),
    issuerAnswer: (word) => issuerAnswer(keys.masterKeys, word),
    checkPurse: (checked) => checkPurse(keys.purse, checked),
    sealPin: (pin, token) =>
      toHex(
        keys.storage.value.use((key) =>
          pin.use((plaintext) => sealBytes({ key, iv: random(IV_LENGTH), plaintext, associatedData: utf8(token) })),
        ),
      ),
    checkPin: (entry) => checkPin(keys, entry),
    wrapPinKey: (keyId, transportName) => wrapPinKey(keys, keyId, transportName, random),
  };
}

const publicKeyOf = ({ value }: HsmKey): string => toHex(value.use((key) => sm2PublicKey(key)));

/** Made once: it costs as much as a signature. */
const readyKey = ({ value }: HsmKey, publicKey: string): Sm2SigningKey =>
  value.use((key) => sm2SigningKey(key, hex(publicKey)));

const keyIdOf = (publicKey: string): string => toHex(sm3(hex(publicKey)).subarray(0, 8));

const serialOf = (digits: string): PurseSerial | undefined =>
  /^[0-9A-F]{20}$/.test(digits) ? PurseSerial.parse(hex(digits)) : undefined;

/** What opens the numbers of cards, and says whose they are. */
interface Opening {
  readonly key: Secret;
  readonly open: ReturnType<typeof sm2Opener>;
  readonly tokenKey: HmacKey;
}

/** The number of a card that was sealed to the host, if it is the one that the token stands for. */
function openNumber<T extends Pan | PurseSerial>(
  { key, open, tokenKey }: Opening,
  sealed: string,
  token: string,
  parse: (digits: string) => T | undefined,
): T | undefined {
  const envelope = hex(sealed);
  const digits = key.use((privateKey32) => open({ privateKey32, envelope, associatedData: utf8(token) }));
  const number = digits === undefined ? undefined : parse(String.fromCharCode(...digits));
  digits?.fill(0);
  return number !== undefined && cardToken(tokenKey, number) === token ? number : undefined;
}

function sealNumber(
  publicKey: string,
  random: (length: number) => Uint8Array,
  number: Pan | PurseSerial,
  token: string,
): string {
  const plaintext = Buffer.from(number.reveal(), 'latin1');
  try {
    const sealed = sealedTo(publicKey, random, plaintext, token);
    assert(sealed !== undefined, 'the own sealing key is a point');
    return sealed;
  } finally {
    plaintext.fill(0);
  }
}

/** sm2Seal with an ephemeral key for this alone, in hex; undefined when the public key is no point. */
function sealedTo(
  publicKey: string,
  random: (length: number) => Uint8Array,
  plaintext: Uint8Array,
  name: string,
): string | undefined {
  const ephemeralPrivateKey32 = drawSm2PrivateKey(random);
  try {
    const sealed = sm2Seal({
      publicKey64: hex(publicKey),
      ephemeralPrivateKey32,
      plaintext,
      associatedData: utf8(name),
    });
    return sealed && toHex(sealed);
  } finally {
    ephemeralPrivateKey32.fill(0);
  }
}

function wrapCardTokenKey(
  keys: HsmKeys,
  random: (length: number) => Uint8Array,
  signingKey: string,
  terminal: string,
): string | undefined {
  return keys.cardToken.value.use((plaintext) => sealedTo(signingKey, random, plaintext, terminal));
}

function checkPin(keys: HsmKeys, { pan, token, sealedPin, block, format, keyId }: PinEntry): PinCheck {
  const digits = keys.storage.value.use((key) =>
    openBytes({ key, sealed: hex(sealedPin), associatedData: utf8(token) }),
  );
  if (digits === undefined) throw new Error('a PIN in the database was not sealed by this module for this card');
  const reference = new Secret(digits);
  try {
    const verdict = withPinKey(keys, keyId, format, (key, known) =>
      checkPinBlock({ block, format: known, key, pan, reference }),
    );
    return verdict === undefined || verdict.kind === 'malformed' ? 'unreadable' : verdict.kind;
  } finally {
    reference.wipe();
  }
}

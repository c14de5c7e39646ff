import { fingerprint, rsaPublicKey, sm2VerifyingKey } from '../crypto/index.ts';
import { equalBytes } from '../values/index.ts';
import type { CaPublicKey } from './ca-keys.ts';
import {
  type Certificate,
  type CertificateData,
  type CertificateForm,
  type ChainKey,
  openCertificate,
} from './certificate.ts';
import type { OdaFailure } from './failure.ts';

/** More than a terminal has CA keys (64 in the contract), old parameters' and new ones' together. */
const MAX_ROOTS = 128;

/** Named entries, at most so many of them; the one that has not been asked for longest goes first. */
class BoundedMap<T> {
  readonly #entries = new Map<string, T>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(name: string): T | undefined {
    const found = this.#entries.get(name);
    if (found === undefined) return undefined;
    this.#entries.delete(name);
    this.#entries.set(name, found);
    return found;
  }

  add(name: string, entry: T): void {
    this.#entries.set(name, entry);
    if (this.#entries.size <= this.#max) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}

/** Makes a CA's key ready for use; undefined when its bytes are no key. */
export function chainKeyOf(ca: CaPublicKey): ChainKey | undefined {
  if (ca.algorithm === 'sm2') {
    const key = sm2VerifyingKey(ca.point);
    return key && { algorithm: 'sm2', key };
  }
  const key = rsaPublicKey(ca.modulus, ca.exponent);
  return key && { algorithm: 'rsa', key };
}

/** A CA key, and the bytes that it was made of. */
interface Root {
  readonly algorithm: CaPublicKey['algorithm'];
  /** Modulus or point. */
  readonly bytes: Uint8Array;
  readonly exponent: Uint8Array;
  readonly key: ChainKey;
}

const NOTHING = new Uint8Array();
const bytesOf = (ca: CaPublicKey): Uint8Array => (ca.algorithm === 'sm2' ? ca.point : ca.modulus);
const exponentOf = (ca: CaPublicKey): Uint8Array => (ca.algorithm === 'sm2' ? NOTHING : ca.exponent);

/** Comparing them is cheaper than naming them. */
const isMadeOf = (root: Root, ca: CaPublicKey): boolean =>
  root.algorithm === ca.algorithm && equalBytes(root.bytes, bytesOf(ca)) && equalBytes(root.exponent, exponentOf(ca));

/** Branch by branch, since a spread costs as much as a hash. */
const named = (chainKey: ChainKey, name: string): ChainKey =>
  chainKey.algorithm === 'rsa'
    ? { algorithm: 'rsa', key: chainKey.key, name }
    : { algorithm: 'sm2', key: chainKey.key, name };

/**
 * The subject of a card's certificate is its PAN, and an entry stays for days: it is kept under a mask that only the
 * certificate itself gives back, its last bytes (of RSA all of it is enciphered, of SM2 the signature stands there), which
 * are not kept. The same again takes the mask off.
 */
const masked = (subject: Uint8Array, { certificate = NOTHING }: CertificateData): Uint8Array =>
  subject.map((byte, at) => byte ^ (certificate[certificate.length - 1 - at] ?? 0));

/** A copy that shares no memory with what a card said: a transport may use its buffer again. */
const ownCopy = ({ kind, subject, expiry, key }: Certificate, data: CertificateData, name: string): Certificate => ({
  kind,
  subject: masked(subject, data),
  expiry: expiry.slice(),
  key: named(key, name),
});

/**
 * Keys of cards' chains that have been recovered once, so that a card, or another one of its issuer, costs less the next
 * time. One instance serves a terminal for as long as it runs. What is kept is only that a signer certified a key: the
 * name of an entry is a hash over everything that verdict rests on (the kind of certificate, the signer and with it its
 * whole chain up to the CA key, which is told by its bytes, certificate, remainder, exponent, static data), so no other card finds it. Kept
 * are certificates that verified, never failures. Expiry, PAN and issuer identifier are no part of an entry: they are
 * checked at every recovery.
 */
export class KeyCache {
  /** Few, so they are looked through. */
  readonly #roots: Root[] = [];
  /** Roots that there have ever been: the next one's number. */
  #rootCount = 0;
  readonly #certificates: BoundedMap<Certificate>;

  /** `maxCertificates`: at least 2, an issuer's and a card's; 2 KB of memory each. */
  constructor(maxCertificates: number) {
    if (!Number.isInteger(maxCertificates) || maxCertificates < 2) {
      throw new RangeError(`${maxCertificates} is no size for a cache of keys`);
    }
    this.#certificates = new BoundedMap(maxCertificates);
  }

  /** Certificates that are kept now. */
  get size(): number {
    return this.#certificates.size;
  }

  /** As `chainKeyOf`. */
  root(ca: CaPublicKey): ChainKey | undefined {
    const known = this.#roots.find((root) => isMadeOf(root, ca));
    if (known !== undefined) return known.key;
    const made = chainKeyOf(ca);
    if (made === undefined) return undefined;
    // A number that no other root of this cache has or will have: it is told by its bytes, and names what it has certified.
    const key = named(made, `root ${this.#rootCount++}`);
    const { algorithm } = ca;
    this.#roots.push({ algorithm, bytes: bytesOf(ca).slice(), exponent: exponentOf(ca).slice(), key });
    if (this.#roots.length > MAX_ROOTS) this.#roots.shift();
    return key;
  }

  /** As `openCertificate`. Of a signer that did not come from a cache nothing is kept. */
  open(form: CertificateForm, signer: ChainKey, data: CertificateData): Certificate | OdaFailure {
    if (signer.name === undefined) return openCertificate(form, signer, data);
    const { certificate, remainder, exponent, appended } = data;
    const name = fingerprint(`${form.object} by ${signer.name}`, certificate, remainder, exponent, appended);
    const known = this.#certificates.get(name);
    if (known !== undefined) {
      const { kind, subject, expiry, key } = known;
      return { kind, subject: masked(subject, data), expiry, key };
    }
    const opened = openCertificate(form, signer, data);
    if (opened.kind === 'failed') return opened;
    const kept = ownCopy(opened, data, name);
    this.#certificates.add(name, kept);
    return { kind: kept.kind, subject: opened.subject, expiry: kept.expiry, key: kept.key };
  }
}

import { fingerprint, rsaPublicKey, sm2VerifyingKey } from '../crypto/index.ts';
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

const rootName = (ca: CaPublicKey): string =>
  ca.algorithm === 'sm2' ? fingerprint('sm2', ca.point) : fingerprint('rsa', ca.modulus, ca.exponent);

/** A copy that shares no memory with what a card said: a transport may use its buffer again. */
const ownCopy = ({ subject, expiry, ...rest }: Certificate): Certificate => ({
  ...rest,
  subject: subject.slice(),
  expiry: expiry.slice(),
});

/**
 * Keys of cards' chains that have been recovered once, so that a card, or another one of its issuer, costs less the next
 * time. One instance serves a terminal for as long as it runs. What is kept is only that a signer certified a key: the
 * name of an entry is a hash over everything that verdict rests on (the kind of certificate, the signer and with it its
 * whole chain up to the CA key's bytes, certificate, remainder, exponent, static data), so no other card finds it. Kept
 * are certificates that verified, never failures. Expiry, PAN and issuer identifier are no part of an entry: they are
 * checked at every recovery.
 */
export class KeyCache {
  readonly #roots = new BoundedMap<ChainKey>(MAX_ROOTS);
  readonly #certificates: BoundedMap<Certificate>;
  /** The same by the object that a CA key came in, which saves its name; forgotten with it. */
  readonly #rootsAsGiven = new WeakMap<CaPublicKey, ChainKey>();
  /** The names of the keys that were given out; forgotten with the keys. */
  readonly #names = new WeakMap<ChainKey, string>();

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
    const known = this.#rootsAsGiven.get(ca);
    if (known !== undefined) return known;
    const key = this.#rootByName(ca);
    if (key !== undefined) this.#rootsAsGiven.set(ca, key);
    return key;
  }

  #rootByName(ca: CaPublicKey): ChainKey | undefined {
    const name = rootName(ca);
    const known = this.#roots.get(name);
    if (known !== undefined) return known;
    const key = chainKeyOf(ca);
    if (key === undefined) return undefined;
    this.#roots.add(name, key);
    this.#names.set(key, name);
    return key;
  }

  /** As `openCertificate`. Of a signer that is not from this cache nothing is kept. */
  open(form: CertificateForm, signer: ChainKey, data: CertificateData): Certificate | OdaFailure {
    const signerName = this.#names.get(signer);
    if (signerName === undefined) return openCertificate(form, signer, data);
    const { certificate, remainder, exponent, appended } = data;
    const name = fingerprint(`${form.object} by ${signerName}`, certificate, remainder, exponent, appended);
    const known = this.#certificates.get(name);
    if (known !== undefined) return known;
    const opened = openCertificate(form, signer, data);
    if (opened.kind === 'failed') return opened;
    const kept = ownCopy(opened);
    this.#certificates.add(name, kept);
    this.#names.set(kept.key, name);
    return kept;
  }
}

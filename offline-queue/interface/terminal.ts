/** Who this terminal is. Secrets are sealed under the master key. */
export interface IdentityStore {
  get(): Identity | undefined;
  /** Throws QueueError `unacknowledged` or `epoch-used`; the same identity again is no change. */
  enrol(identity: Identity): void;
  /**
   * Notes, before the centre is asked, the code of an enrolment: after a crash it must be asked again with the same code and key.
   * Throws QueueError `unacknowledged`. Until the enrolment has ended nothing may be sold: the centre may have closed the epoch.
   */
  beginEnrolment(code: string): void;
  /** The code of an enrolment that has begun and is neither done (`enrol`) nor given up. */
  enrolmentUnderWay(): string | undefined;
  /** The centre has refused it for good. */
  giveUpEnrolment(): void;
  /** SM2 private key for an enrolment under way: sealed when it is made, the same until `enrol` (32 bytes). */
  nextSigningKey(): Uint8Array;
  /** Small named values (sync cursors, parameters); not for secrets. */
  setting(name: string): string | undefined;
  setSetting(name: string, value: string): void;
}

/** What this terminal shows the host when it dials (docs/clearing-api.md). Throws QueueError `corrupt` when a row does not open. */
export interface TlsStore {
  /** PKCS #8, DER: the key that a certificate is being asked for with. A copy that the caller wipes. */
  nextKey(): Uint8Array | undefined;
  /** Seals a key, so that it outlives a crash between the request and `adopt`. */
  keepNextKey(key: Uint8Array): void;
  /** The certificate (PEM) of the next key: they become the current pair in one transaction. */
  adopt(certificate: string): void;
  /** PEM. */
  certificate(): string | undefined;
  /** PKCS #8, DER: the key of `certificate`. A copy that the caller wipes. */
  key(): Uint8Array | undefined;
}

export interface Identity {
  readonly terminal: string;
  readonly merchant: string;
  readonly epoch: number;
  /** 32 bytes: what the chain starts from. */
  readonly genesisHash: Uint8Array;
  /** SM2 private key, 32 bytes, with which this terminal signs. */
  readonly signingKey: Uint8Array;
  /** 32 bytes: HMAC-SM3 key of card tokens. */
  readonly cardTokenKey: Uint8Array;
  /** SM2 public keys of the host, X then Y, 64 bytes each. */
  readonly hostAcknowledgementKey: Uint8Array;
  readonly hostHotlistKey: Uint8Array;
  readonly hostParameterKey: Uint8Array;
  /** To which PANs are sealed. */
  readonly hostSealingKey: Uint8Array;
}

/**
 * Other keys while the agent works: a new data key, and a new master key where the key store makes its own. Rows are sealed
 * and tagged anew in small transactions; until the last one both data keys open. A rotation that a crash has ended goes on.
 */
export interface KeyRotation {
  underWay(): boolean;
  /** Begins one, unless one is under way. Throws what the key store says; then nothing has changed. */
  begin(): { readonly masterKey: 'new' | 'same' };
  /** Does the next small part. `waits`: a reader must end before what was erased is gone from the log as well. */
  goOn(): 'more' | 'waits' | 'done';
}

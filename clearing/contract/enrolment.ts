import { z } from 'zod';
import { certificateRequestPem, clientCertificate } from './certificate.ts';
import { count, hash, hexUpTo, ordinal, publicKey, shortName, testMark } from './values.ts';

/** POST /v1/enrolments. The same code with the same signing key gives the same terminal, epoch and genesis hash again. */
export const enrolmentRequest = z.strictObject({
  /** One-time code that the operator of the centre gave out for one terminal. */
  code: z.string().regex(/^[A-Za-z0-9-]{6,64}$/, 'expected 6 to 64 letters, digits or hyphens'),
  /** The terminal's SM2 public key; its private half never leaves the terminal. */
  signingKey: publicKey,
  software: z.string().min(1).max(64),
  /** For the client certificate, where the host is dialled over TLS. */
  certificateRequest: certificateRequestPem.exactOptional(),
  /** Where the terminal's last epoch stood, if it had one: its last acknowledged record (sequence 0: none). */
  previous: z.strictObject({ terminal: shortName, epoch: ordinal, sequence: count, chainHash: hash }).exactOptional(),
});
export type EnrolmentRequest = z.output<typeof enrolmentRequest>;

/** The host's SM2 public keys, pinned by the terminal. */
const hostKeys = z.strictObject({
  /** Signs acknowledgements and settlements. */
  acknowledgement: publicKey,
  hotlist: publicKey,
  parameters: publicKey,
  /** PANs are sealed to it. */
  sealing: publicKey,
});

/** How the epoch before ended: at the last record that the host holds. What came after it, if anything, is not known here. */
const closedEpoch = z.strictObject({ epoch: ordinal, sequence: count, chainHash: hash });

export const enrolmentAnswer = z.strictObject({
  terminal: shortName,
  merchant: shortName,
  epoch: ordinal,
  /** What the epoch's chain starts from. */
  genesisHash: hash,
  /**
   * The scheme's 32-byte card token key, sealed to `signingKey` (sm2Seal) with the UTF-8 of `terminal` as associated data.
   */
  cardTokenKey: hexUpTo(144, 144),
  hostKeys,
  /** There when one was requested, and the host gives out any. */
  clientCertificate: clientCertificate.exactOptional(),
  /** There when the terminal had an epoch before. */
  closed: closedEpoch.exactOptional(),
  /** There when the host holds a key that is marked TEST. */
  mark: testMark.exactOptional(),
});
export type EnrolmentAnswer = z.output<typeof enrolmentAnswer>;

/** What every request of an enrolled terminal carries; Node gives header names in lower case. */
export const terminalHeaders = z.looseObject({
  'jdpos-terminal': shortName,
  'jdpos-epoch': z.string().regex(/^[1-9][0-9]{0,8}$/, 'expected an epoch'),
  /** SM2 signature, r then s in hex, over requestBytes({method, path, body}); path is the request target with its query. */
  'jdpos-signature': z.string().regex(/^[0-9A-F]{128}$/, 'expected 64 bytes in upper-case hex'),
  /** Asks for a signed answer: its `jdpos-signature` is the host's over answerBytes, by the acknowledgement key. */
  'jdpos-nonce': z
    .string()
    .regex(/^[0-9A-F]{32}$/, 'expected 16 bytes in upper-case hex')
    .exactOptional(),
});

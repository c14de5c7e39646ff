import { type Algorithm, applicationCryptogram, type CryptogramInput, equalSecrets } from '../crypto/index.ts';
import type { Pan } from '../values/index.ts';
import { withSessionKey } from './card-session-key.ts';
import { cryptogramData, hasRightLengths } from './cryptogram-data.ts';
import { type IssuerApplicationData, parseIssuerApplicationData } from './issuer-application-data.ts';

export type CryptogramVerdict =
  /** This card made it over these values. `iad.cvr.firstDecision` says whether it is a TC, an ARQC or an AAC. */
  | { readonly kind: 'genuine'; readonly iad: IssuerApplicationData }
  | {
      readonly kind: 'wrong';
      readonly reason: /** A value has another length than its tag. */
        | 'malformed-input'
        /** 9F10 cannot be read. */
        | 'malformed-issuer-data'
        | 'unknown-cryptogram-version'
        /** The card says another algorithm than the master key is for. */
        | 'other-algorithm'
        /** Another card, another key, or other values than the card saw. */
        | 'cryptogram';
    };

const wrong = (reason: Extract<CryptogramVerdict, { kind: 'wrong' }>['reason']): CryptogramVerdict => ({
  kind: 'wrong',
  reason,
});

/**
 * Did this card make this cryptogram (9F26, 8 bytes) over these values? Cryptogram versions 01 and 17, triple DES and SM4
 * (JR/T 0025.5, JR/T 0025.12-2018 annex E, JR/T 0025.17). `mdk` is the issuer's master key for cryptograms, 16 bytes.
 * Version 17 covers amount, unpredictable number, ATC and the card's decision alone: believe nothing else of it. That a
 * cryptogram has not been used before, the caller must check by PAN, sequence number and ATC. Never throws on what a
 * terminal sends; throws RangeError on a master key of another length or a sequence number over 99.
 */
export function verifyCryptogram(parameters: {
  readonly mdk: Uint8Array;
  readonly algorithm: Algorithm;
  readonly pan: Pan;
  readonly panSequence: number;
  readonly input: CryptogramInput;
  readonly cryptogram: Uint8Array;
}): CryptogramVerdict {
  const { input, cryptogram, algorithm } = parameters;
  if (!hasRightLengths(input)) return wrong('malformed-input');
  const parsed = parseIssuerApplicationData(input.issuerApplicationData);
  if (parsed.kind === 'malformed') return wrong('malformed-issuer-data');
  const { iad } = parsed;
  if (iad.algorithm !== algorithm) return wrong('other-algorithm');
  const data = cryptogramData(iad.cryptogramVersion, input);
  if (data === undefined) return wrong('unknown-cryptogram-version');
  const expected = withSessionKey({ ...parameters, atc: input.atc }, (key) =>
    applicationCryptogram(key, data, algorithm),
  );
  return equalSecrets(expected, cryptogram) ? { kind: 'genuine', iad } : wrong('cryptogram');
}

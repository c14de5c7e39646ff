import type { CryptogramInput } from '../crypto/index.ts';
import { concat } from '../values/index.ts';

/**
 * Bytes of each value but 9F10. Values run into one another in the MAC, so one of another length would be read as its
 * neighbour.
 */
const LENGTHS: Readonly<Record<Exclude<keyof CryptogramInput, 'issuerApplicationData'>, number>> = {
  amountAuthorised: 6,
  amountOther: 6,
  terminalCountryCode: 2,
  tvr: 5,
  currencyCode: 2,
  transactionDate: 3,
  transactionType: 1,
  unpredictableNumber: 4,
  aip: 2,
  atc: 2,
};

export function hasRightLengths(input: CryptogramInput): boolean {
  return Object.entries(LENGTHS).every(([name, length]) => input[name as keyof typeof LENGTHS].length === length);
}

/** 37 bytes: every value, and the CVR with its length (JR/T 0025.5, cryptogram version 01). */
function version01(input: CryptogramInput): Uint8Array {
  return concat(
    input.amountAuthorised,
    input.amountOther,
    input.terminalCountryCode,
    input.tvr,
    input.currencyCode,
    input.transactionDate,
    input.transactionType,
    input.unpredictableNumber,
    input.aip,
    input.atc,
    input.issuerApplicationData.subarray(3, 7),
  );
}

/** 13 bytes: amount, unpredictable number, ATC and the CVR's decision byte (JR/T 0025.12-2018 annex E). */
function version17(input: CryptogramInput): Uint8Array {
  return concat(
    input.amountAuthorised,
    input.unpredictableNumber,
    input.atc,
    input.issuerApplicationData.subarray(4, 5),
  );
}

const VERSIONS: ReadonlyMap<number, (input: CryptogramInput) => Uint8Array> = new Map([
  [0x01, version01],
  [0x11, version17],
]);

/** What a cryptogram of this version (CVN) covers; undefined when the version is not known. 9F10 must have been parsed. */
export function cryptogramData(version: number, input: CryptogramInput): Uint8Array | undefined {
  return VERSIONS.get(version)?.(input);
}

import type { CryptogramInput } from '../../emv/crypto/index.ts';
import {
  balanceOf,
  type IssuerApplicationData,
  parseIssuerApplicationData,
  verifyCryptogram,
  verifyDiscretionaryData,
} from '../../emv/issuer/index.ts';
import { type Fen, hex, type Pan } from '../../emv/values/index.ts';
import type { RecordChip } from '../contract/record/index.ts';
import type { MasterKeys } from './keys.ts';

export type CryptogramCheck =
  | {
      readonly kind: 'genuine';
      /** The chip's balance when it made the cryptogram: after a TC's amount. Absent when its MAC is missing or wrong. */
      readonly balance?: Fen;
    }
  | { readonly kind: 'wrong' };

const WRONG: CryptogramCheck = { kind: 'wrong' };

/** Checks a cryptogram under the master keys that 9F10 names, and that it is of the kind the terminal says. Never throws. */
export function checkCryptogram(
  masterKeys: readonly MasterKeys[],
  pan: Pan,
  panSequence: number,
  chip: RecordChip,
): CryptogramCheck {
  const input = inputOf(chip);
  const parsed = parseIssuerApplicationData(input.issuerApplicationData);
  if (parsed.kind === 'malformed') return WRONG;
  const { iad } = parsed;
  const keys = keysOf(masterKeys, iad);
  if (keys === undefined) return WRONG;
  const card = { algorithm: keys.algorithm, pan, panSequence };
  const verdict = keys.ac.value.use((mdk) =>
    verifyCryptogram({ mdk, ...card, input, cryptogram: hex(chip.cryptogram) }),
  );
  // The CVR is under the cryptogram, the terminal's word for it is not.
  if (verdict.kind === 'wrong' || decisionOf(verdict.iad) !== chip.cryptogramType) return WRONG;
  const balance = provenBalance(keys, { ...card, atc: input.atc }, iad);
  return { kind: 'genuine', ...(balance !== undefined && { balance }) };
}

/** At the second GENERATE AC, once the card has come to it; else at the first, or at GET PROCESSING OPTIONS of qPBOC. */
const decisionOf = ({ cvr }: IssuerApplicationData): string =>
  cvr.secondDecision === 'not-requested' ? cvr.firstDecision : cvr.secondDecision;

const keysOf = (masterKeys: readonly MasterKeys[], iad: IssuerApplicationData): MasterKeys | undefined =>
  masterKeys.find(({ index, algorithm }) => index === iad.keyIndex && algorithm === iad.algorithm);

/** The master keys that 9F10 names; undefined when they are not here, or 9F10 cannot be read. */
export function masterKeysOf(masterKeys: readonly MasterKeys[], chip: RecordChip): MasterKeys | undefined {
  const parsed = parseIssuerApplicationData(hex(chip.issuerApplicationData));
  return parsed.kind === 'malformed' ? undefined : keysOf(masterKeys, parsed.iad);
}

function provenBalance(
  keys: MasterKeys,
  card: Pick<MasterKeys, 'algorithm'> & { pan: Pan; panSequence: number; atc: Uint8Array },
  { discretionaryData: data }: IssuerApplicationData,
): Fen | undefined {
  if (data === undefined) return undefined;
  const proven = keys.mac.value.use((mdk) => verifyDiscretionaryData({ mdk, ...card, data }));
  return proven ? balanceOf(data) : undefined;
}

function inputOf(chip: RecordChip): CryptogramInput {
  return {
    amountAuthorised: hex(chip.amountAuthorised),
    amountOther: hex(chip.amountOther),
    terminalCountryCode: hex(chip.terminalCountryCode),
    tvr: hex(chip.tvr),
    currencyCode: hex(chip.currencyCode),
    transactionDate: hex(chip.transactionDate),
    transactionType: hex(chip.transactionType),
    unpredictableNumber: hex(chip.unpredictableNumber),
    aip: hex(chip.aip),
    atc: hex(chip.atc),
    issuerApplicationData: hex(chip.issuerApplicationData),
  };
}

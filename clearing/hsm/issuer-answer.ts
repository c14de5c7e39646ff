import { applicationBlock, issuerAuthenticationData, issuerScript, putData } from '../../emv/issuer/index.ts';
import { amountBytes, type Fen, hex, type Pan, toHex } from '../../emv/values/index.ts';
import type { RecordChip } from '../contract/record/index.ts';
import { checkCryptogram, masterKeysOf } from './check-cryptogram.ts';
import type { MasterKeys } from './keys.ts';

/** What the host wants to tell a card that waits at its first GENERATE AC. */
export interface WordToCard {
  readonly pan: Pan;
  readonly panSequence: number;
  /** The card's ARQC and what it covers. */
  readonly chip: RecordChip;
  /** 8A, 2 bytes. */
  readonly responseCode: Uint8Array;
  /** The whole new balance of electronic cash (9F79), fen. */
  readonly newBalance?: Fen;
  /** Blocks the application for good. */
  readonly blockApplication?: true;
  /** 9F18 of the script, 4 bytes. */
  readonly scriptIdentifier: Uint8Array;
}

/** Hex, as the contract has it. */
export interface IssuerAnswer {
  readonly authorisationResponseCode: string;
  readonly issuerAuthenticationData: string;
  readonly scripts?: string[];
}

/** 9F79 */
const EC_BALANCE = 0x9f79;

/**
 * The answer to a card's ARQC: ARPC ‖ 8A (91), and what is to be done to the card, in one script 72, which the card takes after
 * its second GENERATE AC (pboc: load d.3, formulas f.1). Undefined when it is not this card's ARQC over these data: no ARPC is made
 * for a stranger.
 */
export function issuerAnswer(masterKeys: readonly MasterKeys[], word: WordToCard): IssuerAnswer | undefined {
  const { pan, panSequence, chip, responseCode } = word;
  const keys = masterKeysOf(masterKeys, chip);
  const genuine = checkCryptogram(masterKeys, pan, panSequence, chip).kind === 'genuine';
  if (keys === undefined || !genuine || chip.cryptogramType !== 'arqc') return undefined;
  const card = { algorithm: keys.algorithm, pan, panSequence, atc: hex(chip.atc), cryptogram: hex(chip.cryptogram) };
  const data = keys.ac.value.use((mdk) => issuerAuthenticationData({ ...card, mdk, responseCode }));
  const commands = keys.mac.value.use((mdk) => commandsOf(word, { ...card, mdk }));
  return {
    authorisationResponseCode: toHex(responseCode),
    issuerAuthenticationData: toHex(data),
    ...(commands.length > 0 && { scripts: [scriptOf(word, commands)] }),
  };
}

const commandsOf = (
  { newBalance, blockApplication }: WordToCard,
  context: Parameters<typeof applicationBlock>[0],
): readonly Uint8Array[] => [
  ...(newBalance === undefined ? [] : [putData({ ...context, tag: EC_BALANCE, value: amountBytes(newBalance) })]),
  ...(blockApplication === undefined ? [] : [applicationBlock(context)]),
];

const scriptOf = ({ scriptIdentifier: identifier }: WordToCard, commands: readonly Uint8Array[]): string =>
  toHex(issuerScript({ when: 'after-final-cryptogram', identifier, commands }));

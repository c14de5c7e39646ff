import { PIN_PADDING_BYTES } from '../cvm/index.ts';
import { isBitSet, TAG } from '../dictionary/index.ts';
import type { ApplicationParameters, DebitCreditInput, TerminalParameters, TransactionInput } from '../kernel/index.ts';
import type { CaKeys } from '../oda/index.ts';
import type { DataObjects } from '../tlv/index.ts';
import {
  type CivilDate,
  type CivilTime,
  type Fen,
  fen,
  hex,
  isFen,
  parseAmount,
  parseBcd,
  parseDate,
  toHex,
} from '../values/index.ts';
import type { Recording } from './recording.ts';
import { dataField, isSelect, questionsOf, toldIn } from './told.ts';

/** What a replay is told beside the recording; it wins over what the recorded terminal told its card. */
export interface ReplayOptions {
  readonly amount?: Fen;
  readonly date?: CivilDate;
  /** 4 bytes. */
  readonly unpredictableNumber?: Uint8Array;
  readonly caKeys: CaKeys;
}

export type ReplayInput =
  /** `assumed`: what stands in for the recorded terminal's settings, a line each. */
  | { readonly kind: 'input'; readonly input: TransactionInput; readonly assumed: readonly string[] }
  /** The recorded card was not told it, and no option gives it. */
  | { readonly kind: 'missing'; readonly what: 'amount' | 'date' };

/** 1PAY.SYS.DDF01 and 2PAY.SYS.DDF01. */
const DIRECTORIES: readonly string[] = ['315041592E5359532E4444463031', '325041592E5359532E4444463031'];
/** PBOC 3.0. */
const VERSION = hex('0030');
const YUAN = hex('0156');
const CHINA = hex('0156');
/** Attended, offline with online capability. */
const TERMINAL_TYPE = 0x22;
const CAPABILITIES = { plainPinAlone: hex('E0E9C8'), encipheredPin: hex('E0F9C8') } as const;
const GET_CHALLENGE = 0x84;
const GET_PIN_TRIES = '80CA9F17';
/** 9F41 has eight digits at most. */
const COUNTERS = 100_000_000;
const NOON: CivilTime = { hour: 12, minute: 0, second: 0 };

type Told = DataObjects;

/** Does the recording begin at a directory of the contact interface? */
export function isContact(recording: Recording): boolean {
  const first = questionsOf(recording).find(isSelect);
  return first !== undefined && toHex(dataField(first.command)) === DIRECTORIES[0];
}

function timeOf(value: Uint8Array | undefined): CivilTime {
  const [hour = Number.NaN, minute = Number.NaN, second = Number.NaN] = [0, 1, 2].map((at) =>
    parseBcd(value?.subarray(at, at + 1) ?? new Uint8Array()),
  );
  return value?.length === 3 && hour < 24 && minute < 60 && second < 60 ? { hour, minute, second } : NOON;
}

/** Limits under which pre-processing gives the TTQ that was recorded: above the floor, or at the CVM limit, as its bits say. */
function limitsFor(
  amount: Fen,
  ttq: Uint8Array | undefined,
): Pick<ApplicationParameters, 'offlineFloorLimit' | 'cvmLimit'> {
  const online = ttq !== undefined && isBitSet(ttq, 2, 8);
  const verified = ttq !== undefined && isBitSet(ttq, 2, 7);
  const below = amount - 1;
  return {
    offlineFloorLimit: online && isFen(below) ? below : amount,
    ...(verified && { cvmLimit: amount }),
  };
}

/** Limits of full debit/credit under which 9F7A and the TVR are those that were recorded. */
function debitCreditLimitsFor(
  amount: Fen,
  told: Told,
): Pick<ApplicationParameters, 'terminalFloorLimit' | 'debitCredit'> {
  const above = amount + 1;
  if (!isFen(above)) return {};
  const [tvr, offer] = [told.get(TAG.tvr), told.get(TAG.ecSupport)?.at(-1)];
  const below = tvr !== undefined && !isBitSet(tvr, 4, 8);
  return {
    ...(below && { terminalFloorLimit: above }),
    ...(offer !== undefined && { debitCredit: { electronicCashLimit: offer === 1 ? above : amount } }),
  };
}

/** Zeros do for padding: there is no PIN in a replay. Byte 4 bit 4 of the TVR is the cashier's wish. */
function debitCreditOf(told: Told): DebitCreditInput {
  const tvr = told.get(TAG.tvr);
  const forcedOnline = tvr !== undefined && isBitSet(tvr, 4, 4);
  return { randomPercent: 99, pinPadding: new Uint8Array(PIN_PADDING_BYTES), forcedOnline };
}

function applicationsOf(recording: Recording, amount: Fen, told: Told): ApplicationParameters[] {
  const names = questionsOf(recording)
    .filter(isSelect)
    .map(({ command }) => toHex(dataField(command)))
    .filter((name, at, all) => !DIRECTORIES.includes(name) && all.indexOf(name) === at);
  return names.map((name) => ({
    aid: hex(name),
    partialSelection: true,
    version: told.get(TAG.terminalVersion) ?? VERSION,
    ...limitsFor(amount, told.get(TAG.ttq)),
    ...debitCreditLimitsFor(amount, told),
  }));
}

/** Did the terminal try enciphered PIN: has it asked for a challenge, or for the try counter once for each form of PIN? */
function capabilitiesIn(recording: Recording): Uint8Array {
  const commands = recording.exchanges.map(({ command }) => command);
  const asksTries = (command: Uint8Array): boolean => toHex(command.subarray(0, 4)) === GET_PIN_TRIES;
  const enciphers = commands.some(([, ins]) => ins === GET_CHALLENGE) || commands.filter(asksTries).length > 1;
  return enciphers ? CAPABILITIES.encipheredPin : CAPABILITIES.plainPinAlone;
}

function terminalOf(recording: Recording, amount: Fen, told: Told): TerminalParameters {
  const ttq = told.get(TAG.ttq);
  const can = (bit: number): boolean => ttq === undefined || isBitSet(ttq, 1, bit);
  return {
    countryCode: told.get(TAG.terminalCountry) ?? CHINA,
    terminalType: told.get(TAG.terminalType)?.[0] ?? TERMINAL_TYPE,
    capabilities: told.get(TAG.terminalCapabilities) ?? capabilitiesIn(recording),
    data: told,
    onlineCapable: ttq === undefined || !isBitSet(ttq, 1, 4),
    onlinePin: can(3),
    signature: can(2),
    contactInterface: can(5),
    contactlessDebitCredit: ttq !== undefined && isBitSet(ttq, 1, 7),
    statusCheck: false,
    applications: applicationsOf(recording, amount, told),
  };
}

/**
 * The kernel's input for a recording: what its terminal told the card in GPO (and GENERATE AC), unless an option says
 * otherwise, and settings under which a terminal would have told the same.
 */
export function replayInput(recording: Recording, options: ReplayOptions): ReplayInput {
  const told = toldIn(questionsOf(recording));
  const amount = options.amount ?? parseAmount(told.get(TAG.amountAuthorised) ?? new Uint8Array());
  if (amount === undefined) return { kind: 'missing', what: 'amount' };
  const date = options.date ?? parseDate(told.get(TAG.transactionDate) ?? new Uint8Array());
  if (date === undefined) return { kind: 'missing', what: 'date' };
  const terminal = terminalOf(recording, amount, told);
  const input: TransactionInput = {
    amount: fen(amount),
    transactionType: told.get(TAG.transactionType)?.[0] ?? 0,
    currencyCode: told.get(TAG.currencyCode) ?? YUAN,
    date,
    time: timeOf(told.get(TAG.transactionTime)),
    unpredictableNumber: options.unpredictableNumber ?? told.get(TAG.unpredictableNumber) ?? new Uint8Array(4),
    transactionCounter: (parseBcd(told.get(TAG.transactionCounter) ?? Uint8Array.of(1)) ?? 1) % COUNTERS,
    terminal,
    caKeys: options.caKeys,
    debitCredit: debitCreditOf(told),
  };
  return { kind: 'input', input, assumed: assumptions(terminal, told) };
}

function assumptions({ applications, onlineCapable }: TerminalParameters, told: Told): string[] {
  const ttq = told.get(TAG.ttq);
  return [
    `Applications: ${applications.map(({ aid }) => toHex(aid)).join(', ') || 'none was selected'}`,
    ttq === undefined ? 'TTQ: none was recorded' : `Limits and abilities: such that TTQ ${toHex(ttq)} comes of them`,
    `Host: ${onlineCapable ? 'can be asked' : 'cannot be asked'}`,
  ];
}

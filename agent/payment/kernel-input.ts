import type { ParametersContent } from '../../clearing/contract/index.ts';
import type {
  ApplicationParameters,
  DebitCreditParameters,
  TerminalParameters,
  TransactionInput,
} from '../../emv/kernel/index.ts';
import { type CaKeys, type CaPublicKey, caKeysOf, type KeyCache } from '../../emv/oda/index.ts';
import { type Fen, fen, hex, readUint } from '../../emv/values/index.ts';
import type { LocalTime } from '../clock.ts';
import { present } from '../present.ts';

/** What changes from tap to tap. */
export interface TapFacts {
  readonly amount: Fen;
  /** 9C. */
  readonly transactionType: number;
  readonly local: LocalTime;
  /** 4 bytes. */
  readonly unpredictableNumber: Uint8Array;
  readonly transactionCounter: number;
  /** Can the host be asked now? */
  readonly onlineCapable: boolean;
  readonly pinPad: boolean;
  /** Can a PIN be typed for the card to check? */
  readonly pinForCard: boolean;
  /** And can it be enciphered on its way to the card? */
  readonly encipheredPinForCard: boolean;
  readonly contactSlot: boolean;
  /** 1 to 99. */
  readonly randomPercent: number;
  readonly pinPadding: Uint8Array;
  /** The floor limit that holds now instead of that of the parameters. */
  readonly floorFor: (floor: Fen) => Fen;
  /** Those of the parameters. */
  readonly caKeys: CaKeys;
  /** The terminal's one; kept from tap to tap. */
  readonly keyCache: KeyCache;
}

/** 5F2A: the yuan renminbi. */
const CNY = hex('0156');

/** The kernel's input for one tap, from the signed parameters and what holds now. */
export function transactionInput(parameters: ParametersContent, tap: TapFacts): TransactionInput {
  return {
    amount: tap.amount,
    transactionType: tap.transactionType,
    currencyCode: CNY,
    date: tap.local.date,
    time: tap.local.time,
    unpredictableNumber: tap.unpredictableNumber,
    transactionCounter: tap.transactionCounter,
    terminal: terminalParameters(parameters, tap),
    debitCredit: { randomPercent: tap.randomPercent, pinPadding: tap.pinPadding, forcedOnline: false },
    caKeys: tap.caKeys,
    keyCache: tap.keyCache,
  };
}

function terminalParameters({ rules, ...parameters }: ParametersContent, tap: TapFacts): TerminalParameters {
  return {
    countryCode: hex(rules.countryCode),
    terminalType: readUint(hex(rules.terminalType)),
    capabilities: capabilities(hex(rules.capabilities), tap),
    data: dataForCard(parameters, rules.additionalCapabilities),
    onlineCapable: tap.onlineCapable,
    onlinePin: rules.onlinePin && tap.pinPad,
    signature: rules.signature,
    contactInterface: tap.contactSlot,
    contactlessDebitCredit: rules.contactlessDebitCredit ?? false,
    statusCheck: rules.statusCheck,
    applications: parameters.applications.map((application) => applicationParameters(application, tap)),
  };
}

/** 9F33 byte 2: what the cardholder can do here. The scheme says what may be offered, the devices and the host what can be. */
const PLAINTEXT_PIN = 0x80;
const ONLINE_PIN = 0x40;
const ENCIPHERED_PIN = 0x10;

function capabilities(scheme: Uint8Array, tap: TapFacts): Uint8Array {
  const absent =
    (tap.pinPad && tap.onlineCapable ? 0 : ONLINE_PIN) |
    (tap.pinForCard ? 0 : PLAINTEXT_PIN) |
    (tap.encipheredPinForCard ? 0 : ENCIPHERED_PIN);
  return scheme.map((byte, at) => (at === 1 ? byte & ~absent : byte));
}

type ApplicationEntry = ParametersContent['applications'][number];

/** Without DF19 the kernel falls back to 9F1B, so whichever is there says what may be approved offline. */
const floorOf = ({ offlineFloorLimitMinor, terminalFloorLimitMinor }: ApplicationEntry): number =>
  offlineFloorLimitMinor ?? terminalFloorLimitMinor ?? 0;

/** The largest floor limit of all applications. */
export const floorLimitOf = ({ applications }: Pick<ParametersContent, 'applications'>): Fen =>
  fen(Math.max(0, ...applications.map(floorOf)));

const optionalFen = (amount: number | undefined): Fen | undefined => (amount === undefined ? undefined : fen(amount));

function applicationParameters(entry: ApplicationEntry, tap: TapFacts): ApplicationParameters {
  const floor = floorOf(entry);
  return present({
    aid: hex(entry.aid),
    partialSelection: entry.partialSelection,
    version: hex(entry.version),
    transactionLimit: optionalFen(entry.transactionLimitMinor),
    cvmLimit: optionalFen(entry.cvmLimitMinor),
    offlineFloorLimit: tap.floorFor(fen(floor)),
    // Full debit/credit has this limit alone, and it shrinks like the other.
    terminalFloorLimit: tap.floorFor(fen(entry.terminalFloorLimitMinor ?? floor)),
    debitCredit: debitCredit(entry),
  });
}

function debitCredit({ debitCredit: given }: ApplicationEntry): DebitCreditParameters | undefined {
  if (given === undefined) return undefined;
  const { randomSelection } = given;
  const bytes = (text: string | undefined): Uint8Array | undefined => (text === undefined ? undefined : hex(text));
  return present({
    actionCodes: present({
      default: bytes(given.tacDefault),
      online: bytes(given.tacOnline),
      denial: bytes(given.tacDenial),
    }),
    defaultDdol: bytes(given.defaultDdol),
    defaultTdol: bytes(given.defaultTdol),
    randomSelection: randomSelection && {
      threshold: fen(randomSelection.thresholdMinor),
      targetPercent: randomSelection.targetPercent,
      maximumTargetPercent: randomSelection.maximumTargetPercent,
    },
    electronicCashLimit: optionalFen(given.electronicCashLimitMinor),
  });
}

const ascii = (text: string, length: number): Uint8Array =>
  new TextEncoder().encode(text.slice(0, length).padEnd(length, ' '));

/** Values by tag that a card may ask for in a DOL. */
function dataForCard(
  { merchant, terminal }: Pick<ParametersContent, 'merchant' | 'terminal'>,
  additionalCapabilities: string | undefined,
): Map<number, Uint8Array> {
  return new Map([
    [0x9f15, hex(merchant.categoryCode)],
    [0x9f16, ascii(merchant.id, 15)],
    [0x9f1c, ascii(terminal, 8)],
    [0x9f4e, ascii(merchant.name, 20)],
    ...(additionalCapabilities === undefined ? [] : [[0x9f40, hex(additionalCapabilities)] as const]),
  ]);
}

function caPublicKey(entry: ParametersContent['caKeys'][number]): CaPublicKey {
  const name = present({ rid: hex(entry.rid), index: entry.index, expiry: entry.expiry?.replaceAll('-', '') });
  if (entry.algorithm === 'sm2') return { ...name, algorithm: 'sm2', point: hex(entry.point) };
  return { ...name, algorithm: 'rsa', modulus: hex(entry.modulus), exponent: hex(entry.exponent) };
}

/** The CA keys of parameters: made once of each, since they change far less often than a card comes. */
export function caKeysByParameters(): (parameters: ParametersContent) => CaKeys {
  let made: { readonly of: ParametersContent; readonly caKeys: CaKeys } | undefined;
  return (parameters) => {
    if (made?.of !== parameters) made = { of: parameters, caKeys: caKeysOf(parameters.caKeys.map(caPublicKey)) };
    return made.caKeys;
  };
}

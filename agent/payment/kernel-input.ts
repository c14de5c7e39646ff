import type { ParametersContent } from '../../clearing/contract/index.ts';
import type { ApplicationParameters, TerminalParameters, TransactionInput } from '../../emv/kernel/index.ts';
import { type CaPublicKey, caKeysOf, type KeyCache } from '../../emv/oda/index.ts';
import { type Fen, fen, hex, readUint } from '../../emv/values/index.ts';
import type { LocalTime } from '../clock.ts';
import { present } from '../present.ts';

/** What changes from tap to tap. */
export interface TapFacts {
  readonly amount: Fen;
  readonly local: LocalTime;
  /** 4 bytes. */
  readonly unpredictableNumber: Uint8Array;
  readonly transactionCounter: number;
  /** Can the host be asked now? */
  readonly onlineCapable: boolean;
  readonly pinPad: boolean;
  /** The floor limit that holds now instead of that of the parameters. */
  readonly floorFor: (floor: Fen) => Fen;
  /** The terminal's one; kept from tap to tap. */
  readonly keyCache: KeyCache;
}

/** 9C of a purchase. */
const PURCHASE = 0x00;
/** 5F2A: the yuan renminbi. */
const CNY = hex('0156');

/** The kernel's input for one tap, from the signed parameters and what holds now. */
export function transactionInput(parameters: ParametersContent, tap: TapFacts): TransactionInput {
  return {
    amount: tap.amount,
    transactionType: PURCHASE,
    currencyCode: CNY,
    date: tap.local.date,
    time: tap.local.time,
    unpredictableNumber: tap.unpredictableNumber,
    transactionCounter: tap.transactionCounter,
    terminal: terminalParameters(parameters, tap),
    caKeys: caKeysOf(parameters.caKeys.map(caPublicKey)),
    keyCache: tap.keyCache,
  };
}

function terminalParameters({ rules, ...parameters }: ParametersContent, tap: TapFacts): TerminalParameters {
  return {
    countryCode: hex(rules.countryCode),
    terminalType: readUint(hex(rules.terminalType)),
    capabilities: hex(rules.capabilities),
    data: dataForCard(parameters),
    onlineCapable: tap.onlineCapable,
    onlinePin: rules.onlinePin && tap.pinPad,
    signature: rules.signature,
    // A payment in a contact slot is not built: a card must not be sent there.
    contactInterface: false,
    statusCheck: rules.statusCheck,
    applications: parameters.applications.map((application) => applicationParameters(application, tap)),
  };
}

type ApplicationEntry = ParametersContent['applications'][number];

const optionalFen = (amount: number | undefined): Fen | undefined => (amount === undefined ? undefined : fen(amount));

function applicationParameters(entry: ApplicationEntry, tap: TapFacts): ApplicationParameters {
  // Without DF19 the kernel falls back to 9F1B, so whichever is there is given as what may be approved offline now.
  const floor = entry.offlineFloorLimitMinor ?? entry.terminalFloorLimitMinor ?? 0;
  return present({
    aid: hex(entry.aid),
    partialSelection: entry.partialSelection,
    version: hex(entry.version),
    transactionLimit: optionalFen(entry.transactionLimitMinor),
    cvmLimit: optionalFen(entry.cvmLimitMinor),
    offlineFloorLimit: tap.floorFor(fen(floor)),
    terminalFloorLimit: optionalFen(entry.terminalFloorLimitMinor),
  });
}

const ascii = (text: string, length: number): Uint8Array =>
  new TextEncoder().encode(text.slice(0, length).padEnd(length, ' '));

/** Values by tag that a card may ask for in a DOL. */
function dataForCard({ merchant, terminal }: Pick<ParametersContent, 'merchant' | 'terminal'>) {
  return new Map([
    [0x9f15, hex(merchant.categoryCode)],
    [0x9f16, ascii(merchant.id, 15)],
    [0x9f1c, ascii(terminal, 8)],
    [0x9f4e, ascii(merchant.name, 20)],
  ]);
}

function caPublicKey(entry: ParametersContent['caKeys'][number]): CaPublicKey {
  const name = present({ rid: hex(entry.rid), index: entry.index, expiry: entry.expiry?.replaceAll('-', '') });
  if (entry.algorithm === 'sm2') return { ...name, algorithm: 'sm2', point: hex(entry.point) };
  return { ...name, algorithm: 'rsa', modulus: hex(entry.modulus), exponent: hex(entry.exponent) };
}

import { SUCCESS } from '../kernel/transceive.ts';
import { equalBytes, readUint } from '../values/index.ts';
import type { PurseCard } from './card.ts';
import { creditSamForPurchase, initSamForPurchase, readBinary, select } from './commands.ts';
import { take, toSam } from './exchange.ts';
import type { PursePurchaseIntent, SamUse } from './intent.ts';
import type { PurseFinding, PurseReason } from './outcome.ts';
import type { SamParameters } from './parameters.ts';
import type { PurseStep } from './requests.ts';
import { reasonFor, triesLeft } from './status-words.ts';

const SERIAL = { sfi: 0x15, length: 10 } as const;
const TERMINAL = { sfi: 0x16, length: 6 } as const;
const SEQUENCE_LENGTH = 4;

export interface SamRefusal {
  readonly kind: 'refused';
  readonly reason: PurseReason;
  readonly finding?: PurseFinding;
}

export interface Sam {
  readonly kind: 'sam';
  readonly serial: Uint8Array;
  readonly terminalId: Uint8Array;
}

const UNAVAILABLE: SamRefusal = { kind: 'refused', reason: 'sam-unavailable' };

function* readFile({ sfi, length }: { sfi: number; length: number }): PurseStep<Uint8Array | undefined> {
  const got = take(yield* toSam(readBinary(sfi, length)), length, 'sam');
  return got.kind === 'data' ? got.data : undefined;
}

/** Who the PSAM is (files 15 and 16), and its purchase application selected. */
export function* openSam(parameters: SamParameters): PurseStep<Sam | SamRefusal> {
  const serial = yield* readFile(SERIAL);
  if (serial === undefined) return UNAVAILABLE;
  const terminalId = yield* readFile(TERMINAL);
  if (terminalId === undefined) return UNAVAILABLE;
  if (parameters.terminalId !== undefined && !equalBytes(parameters.terminalId, terminalId)) {
    return { ...UNAVAILABLE, finding: 'other-sam' };
  }
  const selected = yield* toSam(select(parameters.application));
  if (selected.kind !== 'answered') return UNAVAILABLE;
  if (selected.sw !== SUCCESS) return { kind: 'refused', reason: reasonFor('sam', selected.sw) };
  return { kind: 'sam', serial, terminalId };
}

/** What the PSAM derives the card's purchase key by. */
function diversifiers({ diversifiedByIssuer, city }: SamParameters, card: PurseCard): readonly Uint8Array[] {
  const { diversifier } = card.serial;
  if (!diversifiedByIssuer) return [diversifier];
  return city === undefined ? [diversifier, card.issuerId] : [diversifier, card.issuerId, city];
}

export type Mac1 =
  | { readonly kind: 'mac1'; readonly mac1: Uint8Array; readonly use: SamUse }
  | (SamRefusal & { readonly use?: SamUse });

/**
 * INIT SAM FOR PURCHASE: the PSAM counts and answers with its number and MAC1. A number that has not risen is refused: under it
 * clearing would know another purchase.
 */
export function* askMac1(
  parameters: SamParameters,
  { serial, terminalId }: Sam,
  purchase: Omit<PursePurchaseIntent, 'sam' | 'mac1'>,
): PurseStep<Mac1> {
  const command = initSamForPurchase({ ...purchase, diversifiers: diversifiers(parameters, purchase.card) });
  const got = take(yield* toSam(command), 8, 'sam');
  if (got.kind === 'torn') return UNAVAILABLE;
  if (got.kind === 'refused') return got;
  const terminalSequence = readUint(got.data.subarray(0, SEQUENCE_LENGTH));
  const { lastTerminalSequence: last } = parameters;
  const use: SamUse = { serial, terminalId, terminalSequence };
  if (last === undefined) return { kind: 'mac1', mac1: got.data.slice(SEQUENCE_LENGTH), use };
  if (terminalSequence <= last) return { ...UNAVAILABLE, finding: 'sam-sequence', use };
  const skipped = terminalSequence - last - 1;
  return { kind: 'mac1', mac1: got.data.slice(SEQUENCE_LENGTH), use: { ...use, skipped } };
}

export type SamVerdict = 'genuine' | 'wrong' | 'none';

/**
 * CREDIT SAM FOR PURCHASE: is MAC2 the card's word for the purchase that the PSAM has begun? `none`: it left, or was reset
 * since and has begun none.
 */
export function* askVerdict(mac2: Uint8Array): PurseStep<SamVerdict> {
  const reply = yield* toSam(creditSamForPurchase(mac2));
  if (reply.kind !== 'answered') return 'none';
  if (reply.sw === SUCCESS) return 'genuine';
  const wrong = triesLeft(reply.sw) !== undefined || reasonFor('sam', reply.sw) === 'not-genuine';
  return wrong ? 'wrong' : 'none';
}

import { SUCCESS } from '../kernel/transceive.ts';
import { type Fen, readUint } from '../values/index.ts';
import { readPurseBalance } from './balance.ts';
import { getTransactionProve } from './commands.ts';
import { toCard } from './exchange.ts';
import { type PurseLogEntry, readLog } from './log.ts';
import type { PurseSeen } from './outcome.ts';
import type { PurseApplication } from './parameters.ts';
import type { PurseStep } from './requests.ts';

const PROOF_LENGTH = 8;
const NO_MAC = 0x9406;

/** MAC2 (of a purchase) and TAC of a transaction, as the card gave them. */
export interface Proof {
  readonly mac: Uint8Array;
  readonly transactionCode: Uint8Array;
}

/** What became of one transaction, as far as the card's own data can say: the question. */
export interface Doubt {
  readonly application: PurseApplication;
  /** `PURSE_TYPE`. */
  readonly type: number;
  /** The counter of the transaction, as INITIALIZE gave it. */
  readonly sequence: number;
  readonly balanceBefore: Fen;
  /** What the balance is once it has taken place. */
  readonly balanceAfter: Fen;
  readonly isOurs: (entry: PurseLogEntry) => boolean;
  /** INITIALIZE with an amount of zero: it moves nothing and tells the counter, bytes 5 and 6 of its answer. */
  readonly initialise: Uint8Array;
  /** Of that answer, bytes. */
  readonly initialisedLength: number;
}

/** And the answer. */
export interface Evidence {
  readonly proof: Proof | 'none' | 'not-supported';
  readonly balance: Fen | undefined;
  readonly logged: boolean;
  /** Asked only where the rest leaves a doubt. */
  readonly sequence: number | undefined;
}

/**
 * GET TRANSACTION PROVE: MAC ‖ TAC of the last transaction, if it has this type and number. An answer of another length is no
 * proof; 9406 says that there is none; any other word, that the card does not know the command.
 */
function* readProof({ application, type, sequence }: Doubt): PurseStep<Evidence['proof'] | 'torn'> {
  const number = application.proves === 'number-after' ? (sequence + 1) & 0xffff : sequence;
  const reply = yield* toCard(getTransactionProve(type, number));
  if (reply.kind === 'torn') return 'torn';
  if (reply.kind === 'faulty') return 'not-supported';
  if (reply.sw === NO_MAC) return 'none';
  if (reply.sw !== SUCCESS || reply.data.length !== PROOF_LENGTH) return 'not-supported';
  return { mac: reply.data.slice(0, 4), transactionCode: reply.data.slice(4) };
}

function* readCounter({ initialise, initialisedLength }: Doubt): PurseStep<number | undefined | 'torn'> {
  const reply = yield* toCard(initialise);
  if (reply.kind === 'torn') return 'torn';
  const told = reply.kind === 'answered' && reply.sw === SUCCESS && reply.data.length === initialisedLength;
  return told ? readUint(reply.data.subarray(4, 6)) : undefined;
}

/** Is the card's proof borne out by its balance or its log? Alone it may be of another terminal, or of long ago. */
const isBorneOut = (doubt: Doubt, { balance, logged }: Pick<Evidence, 'balance' | 'logged'>): boolean =>
  logged || balance === doubt.balanceAfter;

/** Asks the selected card for everything it can say. The proof first: an INITIALIZE may cost it. Undefined when the card left. */
export function* gatherEvidence(doubt: Doubt): PurseStep<Evidence | undefined> {
  const proof = yield* readProof(doubt);
  if (proof === 'torn') return undefined;
  const read = yield* readPurseBalance(doubt.application.purse);
  if (read.kind === 'torn') return undefined;
  const balance = read.kind === 'balance' ? read.balance : undefined;
  const entries = yield* readLog(doubt.isOurs);
  if (entries === undefined) return undefined;
  const logged = entries.some(doubt.isOurs);
  const evidence = { proof, balance, logged, sequence: undefined };
  if (typeof proof === 'object' && isBorneOut(doubt, evidence)) return evidence;
  const sequence = yield* readCounter(doubt);
  return sequence === 'torn' ? undefined : { ...evidence, sequence };
}

/**
 * Has the transaction taken place? Never a guess: what fits neither side is for the centre.
 *
 * A proof counts with the balance after it, or with the log. Without one it takes both. It has not taken place where the
 * counter has not moved, or where the card has no proof for it and its balance is untouched. A card that proves it and shows a balance
 * that fits neither side has said nothing.
 */
export function judgeEvidence(
  doubt: Doubt,
  evidence: Evidence,
): 'taken-place' | 'not-taken-place' | 'moved-on' | 'no-evidence' {
  const { proof, balance, logged, sequence } = evidence;
  const isAfter = balance === doubt.balanceAfter;
  if (typeof proof === 'object' && isBorneOut(doubt, evidence)) return 'taken-place';
  if (balance === undefined) return 'no-evidence';
  if (logged) return isAfter ? 'taken-place' : 'moved-on';
  if (isAfter) return 'moved-on';
  // A proof of long ago stands beside an untouched balance; beside another one, proof or counter are somebody's lie.
  if (typeof proof === 'object' && balance !== doubt.balanceBefore) return 'moved-on';
  if (sequence !== undefined) return sequence === doubt.sequence ? 'not-taken-place' : 'moved-on';
  if (balance !== doubt.balanceBefore) return 'moved-on';
  return proof === 'none' ? 'not-taken-place' : 'no-evidence';
}

/** The evidence without its bytes, for whoever decides. */
export function seenOf({ proof, balance, logged, sequence }: Evidence): PurseSeen {
  return {
    proof: typeof proof === 'object' ? 'given' : proof,
    logged,
    ...(balance !== undefined && { balance }),
    ...(sequence !== undefined && { sequence }),
  };
}

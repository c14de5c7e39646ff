import type { DebitCreditTransaction, StoredDebitCredit } from './state.ts';

/** How a GENERATE AC was answered. */
export type Cryptogram = 'tc' | 'arqc' | 'aac';

/** What the card verification results say of one GENERATE AC. */
export interface Results {
  readonly first: Cryptogram;
  /** Undefined: this is the first. */
  readonly second?: 'tc' | 'aac';
  readonly unableToGoOnline?: boolean;
  /** The online transaction before this one never came to its end. */
  readonly lastOnlineNotCompleted: boolean;
  readonly velocityExceeded: boolean;
  readonly pinTries: number;
  /** As it was before this transaction changed it. */
  readonly memory: StoredDebitCredit;
  readonly transaction: DebitCreditTransaction;
}

const FIRST = { aac: 0x00, tc: 0x10, arqc: 0x20 } as const;
const SECOND = { aac: 0x00, tc: 0x40 } as const;
const NO_SECOND = 0x80;

/** Card verification results with their length, 03 and 3 bytes (JR/T 0025.5, appendix on 9F10). */
export function verificationResults(results: Results): Uint8Array {
  const { first, second, memory, transaction } = results;
  const decisions = FIRST[first] | (second === undefined ? NO_SECOND : SECOND[second]);
  return Uint8Array.of(
    0x03,
    decisions |
      bits([
        [transaction.issuerAuthentication === 'failed', 0x08],
        [transaction.pin !== 'none', 0x04],
        [transaction.pin === 'failed', 0x02],
        [results.unableToGoOnline === true, 0x01],
      ]),
    bits([
      [results.lastOnlineNotCompleted, 0x80],
      [results.pinTries === 0, 0x40],
      [results.velocityExceeded, 0x20],
      [memory.lastOnlineAtc === 0, 0x10],
      [memory.issuerAuthenticationFailed, 0x08],
      [memory.issuerAuthenticationMissing, 0x04],
      [memory.blockedByPin, 0x02],
      [memory.sdaFailed, 0x01],
    ]),
    (memory.scripts << 4) |
      bits([
        [memory.scriptFailed, 0x08],
        [memory.ddaFailed, 0x04],
        [transaction.dda, 0x02],
      ]),
  );
}

const bits = (flags: readonly (readonly [set: boolean, bit: number])[]): number =>
  flags.reduce((byte, [set, bit]) => (set ? byte | bit : byte), 0);

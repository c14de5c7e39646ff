import { isAttended } from '../debit-credit/terminal-type.ts';
import type { TvrBit } from '../debit-credit/verification-results.ts';
import { isBitSet } from '../dictionary/index.ts';

/** A part of a method that somebody must perform. Signature and "no CVM required" perform themselves. */
export type CvmTask = 'plaintext-pin' | 'enciphered-pin' | 'online-pin' | 'id-document';

export interface CvmMethod {
  readonly kind: 'fail' | 'none' | 'perform';
  readonly task?: CvmTask;
  /** The receipt must be signed. */
  readonly signature?: boolean;
}

/** What a terminal can do for cardholder verification. */
export interface CvmTerminal {
  /** 9F33, 3 bytes. */
  readonly capabilities: Uint8Array;
  /** 9F35, the byte. */
  readonly terminalType: number;
}

/** Bit 7 of a code: try the next rule when this one is not successful. */
const NEXT_IF_UNSUCCESSFUL = 0x40;

/** EMV Book 3, annex C3, by the lower six bits; 20 is PBOC's own (JR/T 0025.5). */
const METHODS: ReadonlyMap<number, CvmMethod> = new Map<number, CvmMethod>([
  [0x00, { kind: 'fail' }],
  [0x01, { kind: 'perform', task: 'plaintext-pin' }],
  [0x02, { kind: 'perform', task: 'online-pin' }],
  [0x03, { kind: 'perform', task: 'plaintext-pin', signature: true }],
  [0x04, { kind: 'perform', task: 'enciphered-pin' }],
  [0x05, { kind: 'perform', task: 'enciphered-pin', signature: true }],
  [0x1e, { kind: 'perform', signature: true }],
  [0x1f, { kind: 'none' }],
  [0x20, { kind: 'perform', task: 'id-document' }],
]);

/** Bits of 9F33, byte 2 (EMV Book 4, annex A2; bit 1: JR/T 0025.6). */
const TASK_BITS: Readonly<Record<CvmTask, number>> = {
  'plaintext-pin': 8,
  'online-pin': 7,
  'enciphered-pin': 5,
  'id-document': 1,
};
const SIGNATURE_BIT = 6;
const NO_CVM_BIT = 4;

const can = ({ capabilities }: CvmTerminal, bit: number): boolean => isBitSet(capabilities, 2, bit);

/** The method of a rule's code; undefined when it is not recognised. Bit 8 stands for values that are no standard's. */
export function cvmMethod(code: number): CvmMethod | undefined {
  return METHODS.get(code & ~NEXT_IF_UNSUCCESSFUL);
}

export function goesOnIfUnsuccessful(code: number): boolean {
  return (code & NEXT_IF_UNSUCCESSFUL) !== 0;
}

/** Can the terminal perform all parts of it? (EMV Book 4, §6.3.4.) A document needs an attendant who looks at it. */
export function isSupported(method: CvmMethod, terminal: CvmTerminal): boolean {
  const { kind, task, signature } = method;
  if (kind !== 'perform') return kind === 'fail' || can(terminal, NO_CVM_BIT);
  if (task === 'id-document' && !isAttended(terminal.terminalType)) return false;
  return (task === undefined || can(terminal, TASK_BITS[task])) && (!signature || can(terminal, SIGNATURE_BIT));
}

/**
 * What the TVR says of a method that the terminal does not support (EMV Book 3, §10.5.1 and §10.5.2). A terminal that
 * verifies offline PINs one way or the other counts as one with a PIN pad.
 */
export function unsupportedBits({ task }: CvmMethod, terminal: CvmTerminal): readonly TvrBit[] {
  const offlinePin = can(terminal, TASK_BITS['plaintext-pin']) || can(terminal, TASK_BITS['enciphered-pin']);
  const hasPad: Readonly<Record<CvmTask, boolean>> = {
    'plaintext-pin': offlinePin,
    'enciphered-pin': offlinePin,
    'online-pin': can(terminal, TASK_BITS['online-pin']),
    'id-document': true,
  };
  return task === undefined || hasPad[task] ? [] : ['pin-pad-not-present-or-not-working'];
}

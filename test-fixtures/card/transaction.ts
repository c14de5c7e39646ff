import type { AlgorithmProfile, ApplicationProfile } from './profile.ts';
import type { Decision } from './risk.ts';
import { splitDol } from './tlv.ts';

/** The PDOL values as the terminal sent them, by tag; a tag that the PDOL does not name reads as `length` zeroes. */
export type Sent = (tag: number, length: number) => Uint8Array;

/** One transaction between GPO and its end. */
export interface Transaction {
  readonly application: ApplicationProfile;
  readonly algorithms: AlgorithmProfile;
  readonly sent: Sent;
  readonly decision: Decision;
}

/** A card that knows SM uses it exactly when the terminal says in its PDOL's values that it does too (DF69 = 01, JR/T 0025.17 §10). */
export function speaksSm({ smAlgorithms }: ApplicationProfile, sent: Sent): boolean {
  return smAlgorithms !== undefined && sent(0xdf69, 1)[0] === 0x01;
}

/** What it proves itself with in this transaction. */
export function algorithmsFor(application: ApplicationProfile, sent: Sent): AlgorithmProfile {
  return (speaksSm(application, sent) ? application.smAlgorithms : undefined) ?? application.algorithms;
}

/** Cuts PDOL values apart; undefined when they are not as long as the PDOL asks. */
export function readPdolValues(pdol: Uint8Array, values: Uint8Array): Sent | undefined {
  return readDolValues(pdol, values, (_, length) => new Uint8Array(length));
}

/** As readPdolValues, for any data object list; a tag that it does not name reads as in what was sent `before`. */
export function readDolValues(dol: Uint8Array, values: Uint8Array, before: Sent): Sent | undefined {
  const found = new Map<number, Uint8Array>();
  let at = 0;
  for (const { tag, length } of splitDol(dol)) {
    found.set(tag, values.slice(at, at + length));
    at += length;
  }
  if (at !== values.length) return undefined;
  return (tag, length) => found.get(tag) ?? before(tag, length);
}

import { parseBcd, readUint } from '../../../emv/values/index.ts';
import type { DebitCreditProfile } from './profile.ts';
import type { StoredDebitCredit } from './state.ts';

/** The value of a data object of the card as PUT DATA or its issuer wrote it; undefined: the card has none. */
export function dataObject(
  profile: DebitCreditProfile,
  memory: StoredDebitCredit,
  tag: number,
): Uint8Array | undefined {
  return memory.data.find((object) => object.tag === tag)?.value ?? profile.data.get(tag);
}

/** A counter limit of one byte; undefined: not checked. */
export function countLimit(profile: DebitCreditProfile, memory: StoredDebitCredit, tag: number): number | undefined {
  const value = dataObject(profile, memory, tag);
  return value && readUint(value);
}

/** An amount limit, n12 in fen; undefined: not checked. */
export function amountLimit(profile: DebitCreditProfile, memory: StoredDebitCredit, tag: number): number | undefined {
  const value = dataObject(profile, memory, tag);
  return value && parseBcd(value);
}

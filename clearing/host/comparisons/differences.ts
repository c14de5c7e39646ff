import { sm3 } from '../../../emv/crypto/index.ts';
import { toHex } from '../../../emv/values/index.ts';
import type { DisputeReason } from '../../contract/batch.ts';
import type { ClaimedRecord, Difference } from '../../contract/index.ts';
import type { Record } from '../../contract/record/index.ts';

/** A record as the centre holds it. */
export interface HeldRecord {
  readonly sequence: number;
  readonly canonical: Uint8Array;
  readonly reason: DisputeReason | null;
  /** Null when it cannot be read. */
  readonly outcome: Record['outcome'] | null;
  readonly amountMinor: number | null;
  /** What the card owes for it, or has owed. */
  readonly debt?: {
    readonly debt: 'open' | 'collected' | 'waived';
    readonly amountMinor: number;
    readonly since: string;
  };
  /** What an operator has decided of it. */
  readonly claim?: {
    readonly suspense: 'paid' | 'rejected';
    readonly amountMinor: number;
    readonly since: string;
    readonly note: string;
  };
}

/** Every record on which the two sides do not agree, in sequence order (both lists rise). */
export function differencesBetween(claimed: readonly ClaimedRecord[], held: readonly HeldRecord[]): Difference[] {
  const atTerminal = new Map(claimed.map((record) => [record.sequence, record]));
  const atCentre = new Map(held.map((record) => [record.sequence, record]));
  const sequences = [...new Set([...atTerminal.keys(), ...atCentre.keys()])].sort((a, b) => a - b);
  return sequences.flatMap((sequence) => differencesIn(sequence, atTerminal.get(sequence), atCentre.get(sequence)));
}

function differencesIn(
  sequence: number,
  claimed: ClaimedRecord | undefined,
  held: HeldRecord | undefined,
): Difference[] {
  if (held === undefined)
    return [{ sequence, kind: 'missing-at-centre', ...said(claimed?.outcome, claimed?.amountMinor) }];
  const { reason } = held;
  const disputed: Difference[] =
    reason === null ? [] : [{ sequence, kind: 'disputed', reason, ...held.debt, ...held.claim }];
  const { outcome, amountMinor } = held;
  if (claimed === undefined)
    return [{ sequence, kind: 'missing-at-terminal', ...said(outcome, amountMinor) }, ...disputed];
  return [...differencesOf(claimed, held), ...disputed];
}

const said = (outcome: Record['outcome'] | null | undefined, amountMinor: number | null | undefined) => ({
  ...(outcome !== null && outcome !== undefined && { outcome }),
  ...(amountMinor !== null && amountMinor !== undefined && { amountMinor }),
});

/** The bytes decide; amount and outcome say in what they differ, which may be in both. */
function differencesOf(claimed: ClaimedRecord, held: HeldRecord): Difference[] {
  const { sequence } = held;
  if (claimed.digest === toHex(sm3(held.canonical)) && agrees(claimed, held)) return [];
  const found: Difference[] = [];
  const { amountMinor, outcome } = claimed;
  if (amountMinor !== undefined && held.amountMinor !== null && amountMinor !== held.amountMinor)
    found.push({ sequence, kind: 'amount', atTerminalMinor: amountMinor, atCentreMinor: held.amountMinor });
  if (outcome !== undefined && held.outcome !== null && outcome !== held.outcome)
    found.push({ sequence, kind: 'outcome', atTerminal: outcome, atCentre: held.outcome });
  return found.length === 0 ? [{ sequence, kind: 'content' }] : found;
}

const agrees = (claimed: ClaimedRecord, held: HeldRecord): boolean =>
  (claimed.amountMinor ?? null) === held.amountMinor && (claimed.outcome ?? null) === held.outcome;

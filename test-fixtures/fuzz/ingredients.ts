import { leavesOf, readTree } from './tlv-tree.ts';
import { type Transcript, withoutStatus } from './transcript.ts';

/** What a hostile card may know: everything that honest cards have ever said. */
export interface Ingredients {
  /** Whole answers, status words included. */
  readonly answers: readonly Uint8Array[];
  readonly leaves: readonly { readonly tag: number; readonly value: Uint8Array }[];
  readonly byTag: ReadonlyMap<number, readonly Uint8Array[]>;
}

/** For what is fuzzed without cards. */
export const NOTHING_KNOWN: Ingredients = { answers: [], leaves: [], byTag: new Map() };

export function ingredientsOf(transcripts: readonly Transcript[]): Ingredients {
  const answers = transcripts.flatMap(({ exchanges }) => exchanges.map(({ answer }) => answer));
  const leaves = answers.flatMap((answer) => leavesOf(readTree(withoutStatus(answer)) ?? []));
  const byTag = new Map<number, Uint8Array[]>();
  for (const { tag, value } of leaves) byTag.set(tag, [...(byTag.get(tag) ?? []), value]);
  return { answers, leaves, byTag };
}

import { type ChipTransaction, nextBalance } from '../cards/cryptograms.ts';
import { type HostContext, moment } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { noteIncident } from '../ledger/incidents.ts';
import { decideLoad } from './decide-load.ts';
import { dropLoad, type Load, markProven, postLoad, unprovenLoads } from './loads.ts';

/**
 * Decides what can be decided of a chip's loads, after something was seen of it. What the chip proves goes before what a terminal
 * has said. The caller has the card's lock.
 */
export async function weighLoadsOf(
  tx: Transaction,
  context: HostContext,
  chip: Pick<ChipTransaction, 'token' | 'panSequence'>,
): Promise<void> {
  for (const load of await unprovenLoads(tx, chip)) await weighLoad(tx, context, load);
}

/** The same for one of them. */
export async function weighLoad(tx: Transaction, context: HostContext, load: Load): Promise<void> {
  // Its terminal has not spoken yet, and will.
  if (load.state === 'open') return;
  const later = await nextBalance(tx, load);
  if (later === undefined) return;
  const at = moment(context.now());
  const verdict = decideLoad(load, { ...later, knownForMs: context.now() - Date.parse(later.seenAt) });
  if (verdict === undefined) {
    if (later.atc === load.atc + 1)
      await note(tx, load, 'load-puzzle', 'the next balance fits neither; decide by hand', at);
    return;
  }
  await markProven(tx, load);
  if (verdict === load.state) return;
  if (load.state !== 'waiting') {
    await note(
      tx,
      load,
      'load-contradicted',
      `said to be ${load.state}, the chip shows ${verdict}; the books follow it`,
      at,
    );
  }
  if (verdict === 'loaded') await postLoad(tx, load, undefined, at);
  else await dropLoad(tx, load, at);
}

const note = (tx: Transaction, { origin, authorisation, amountMinor }: Load, kind: string, words: string, at: string) =>
  noteIncident(tx, { kind, ...origin, detail: `load ${authorisation} of ${amountMinor} fen: ${words}`, at });

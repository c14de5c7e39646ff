import type { ReversalAnswer } from '../../contract/authorisation.ts';
import type { ReversalRequest } from '../../contract/index.ts';
import { lockCard } from '../cards/cards.ts';
import { type HostContext, moment } from '../context.ts';
import type { Transaction } from '../database/database.ts';
import { dropLoad, findLoad, keepWaiting } from './loads.ts';
import { weighLoad } from './weigh-loads.ts';

const EFFECTS: { readonly [state in 'waiting' | 'loaded' | 'not-loaded']: ReversalAnswer['effect'] } = {
  waiting: 'waits-for-card',
  loaded: 'already-posted',
  'not-loaded': 'reversed',
};

/**
 * Undoes a load that is held (design 4.5). Its terminal may know that the chip has not taken it; what it does not know, the chip's
 * next cryptogram decides, which may have come already. The caller has the authorisation's lock.
 */
export async function reverseLoad(
  tx: Transaction,
  context: HostContext,
  { authorisation, notLoaded }: ReversalRequest,
): Promise<ReversalAnswer['effect']> {
  const { token } = await loadOf(tx, authorisation);
  await lockCard(tx, token);
  await keepWaiting(tx, await loadOf(tx, authorisation));
  // What the chip has shown goes before what its terminal says.
  await weighLoad(tx, context, await loadOf(tx, authorisation));
  const load = await loadOf(tx, authorisation);
  if (load.state === 'waiting' && notLoaded === true) {
    await dropLoad(tx, load, moment(context.now()));
    return 'reversed';
  }
  if (load.state === 'open') throw new Error(`the load ${authorisation} is still open`);
  return EFFECTS[load.state];
}

async function loadOf(tx: Transaction, authorisation: string) {
  const load = await findLoad(tx, authorisation);
  if (load === undefined) throw new Error(`authorisation ${authorisation} is for a load that is not there`);
  return load;
}

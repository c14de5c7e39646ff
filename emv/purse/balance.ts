import { type Fen, fen, readUint } from '../values/index.ts';
import type { PurseCard } from './card.ts';
import { getBalance } from './commands.ts';
import { refuse, TORN } from './ending.ts';
import { type Got, take, toCard } from './exchange.ts';
import { openPurse } from './open-purse.ts';
import type { PurseRefused, PurseTorn } from './outcome.ts';
import type { PurseApplication, PurseKind } from './parameters.ts';
import type { PurseStep } from './requests.ts';

const BALANCE_LENGTH = 4;

/** GET BALANCE: what the card says it holds. */
export function* readPurseBalance(
  purse: PurseKind,
): PurseStep<Exclude<Got, { kind: 'data' }> | { readonly kind: 'balance'; readonly balance: Fen }> {
  const got = take(yield* toCard(getBalance(purse)), BALANCE_LENGTH, 'card');
  return got.kind === 'data' ? { kind: 'balance', balance: fen(readUint(got.data)) } : got;
}

export type PurseBalance =
  | { readonly kind: 'balance'; readonly card: PurseCard; readonly balance: Fen }
  | PurseRefused
  | PurseTorn;

/** Who the card is and what it holds; an expired card may be asked as well. */
export function* purseBalance(application: PurseApplication): PurseStep<PurseBalance> {
  const opened = yield* openPurse(application);
  if (opened.kind !== 'opened') return opened;
  const { card } = opened;
  const read = yield* readPurseBalance(application.purse);
  if (read.kind === 'torn') return TORN;
  return read.kind === 'balance' ? { ...read, card } : refuse(read.reason, { card });
}

import { SUCCESS } from '../kernel/transceive.ts';
import type { CivilDate } from '../values/index.ts';
import { PUBLIC_DATA, type PurseCard, parsePurseCard, standing } from './card.ts';
import { readBinary, select } from './commands.ts';
import { refuse, TORN } from './ending.ts';
import { take, toCard } from './exchange.ts';
import type { PurseRefused, PurseTorn } from './outcome.ts';
import type { PurseApplication } from './parameters.ts';
import { ask, type PurseStep } from './requests.ts';
import { reasonFor } from './status-words.ts';

type Opened = { readonly kind: 'opened'; readonly card: PurseCard } | PurseRefused | PurseTorn;

/** Selects the purse application, directory by directory, and reads who the card is (file 15). */
export function* openPurse(application: PurseApplication): PurseStep<Opened> {
  for (const name of application.path) {
    const reply = yield* toCard(select(name));
    if (reply.kind === 'torn') return TORN;
    if (reply.kind === 'faulty') return refuse('card-error');
    if (reply.sw !== SUCCESS) return refuse(reasonFor('select', reply.sw));
  }
  const file = take(yield* toCard(readBinary(PUBLIC_DATA.sfi, PUBLIC_DATA.length)), PUBLIC_DATA.length, 'card');
  if (file.kind === 'torn') return TORN;
  const card = file.kind === 'data' ? parsePurseCard(file.data) : undefined;
  if (card === undefined) return refuse(file.kind === 'refused' ? file.reason : 'card-error');
  return { kind: 'opened', card };
}

/** The same, and may the card be used today, at this terminal? Its type, its days, the exception file. */
export function* openUsablePurse(application: PurseApplication, today: CivilDate): PurseStep<Opened> {
  const opened = yield* openPurse(application);
  if (opened.kind !== 'opened') return opened;
  const { card } = opened;
  if (!application.applicationTypes.includes(card.applicationType)) return refuse('no-common-application', { card });
  const days = standing(card, today);
  if (days !== 'valid') return refuse(days, { card });
  const { listed } = yield* ask('check-exception-file', { card });
  return listed ? refuse('hotlisted', { card }) : opened;
}

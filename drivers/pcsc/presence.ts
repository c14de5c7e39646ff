import type { ReaderState } from '../ports.ts';
import type { StatusSignal } from './status.ts';

/**
 * What is known of the card at one reader. `count` is the service's number of insertions and removals; `tears` counts the
 * exchanges that failed since a card was last seen to come.
 */
export type Presence =
  | { readonly kind: 'unplugged' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'card'; readonly count: number; readonly tears: number }
  | Missing
  | Unresponsive;

/** A reset found no card, but the service has not counted a removal: the card may have gone, or another may have come unseen. */
interface Missing {
  readonly kind: 'missing';
  readonly count: number;
  readonly tears: number;
  readonly looks: number;
  /** The service says by now that there is no card. */
  readonly seenEmpty: boolean;
}

/** Mute: does not answer a reset. Silent: an announced card owes an answer. Worn: has failed too often. */
interface Unresponsive {
  readonly kind: 'unresponsive';
  readonly why: 'mute' | 'silent' | 'worn';
  readonly count: number;
  readonly tears: number;
}

/** What can happen at a reader: a status of the service, an exchange without an answer, the result of a reset. */
export type Signal =
  | StatusSignal
  | { readonly kind: 'silent' }
  | { readonly kind: 'probed'; readonly card: ProbedCard };

export type ProbedCard = 'absent' | 'present' | 'mute';

/** What the driver must do about it, in this order. */
export type Effect = 'removed' | 'arrived' | 'look-again';

export interface Step {
  readonly presence: Presence;
  readonly effects: readonly Effect[];
}

/** So many failed exchanges without the card having gone, and it is left alone until it goes. */
export const MAX_TEARS = 3;

/** So many resets without an answer after a removal that the service has not counted, and there will be none. */
export const MAX_LOOKS = 5;

const step = (presence: Presence, ...effects: Effect[]): Step => ({ presence, effects });

/**
 * One step of the presence state machine. `removed` and `arrived` alternate.
 * A change of the service's count between two words of status is a change of cards even if both say "present".
 */
export function nextPresence(now: Presence, signal: Signal): Step {
  switch (signal.kind) {
    case 'unplugged':
      return leave(now, { kind: 'unplugged' });
    case 'absent':
      return onAbsent(now, signal.count);
    case 'present':
      return onPresent(now, signal.count);
    case 'mute':
      return onMute(now, signal.count);
    case 'silent':
      return now.kind === 'card' ? step({ ...now, kind: 'unresponsive', why: 'silent' }) : step(now);
    case 'probed':
      return onProbed(now, signal.card);
  }
}

/** How the terminal sees it. */
export function stateOf(presence: Presence): ReaderState {
  return presence.kind === 'missing' ? 'empty' : presence.kind;
}

const isAnnounced = (presence: Presence): boolean =>
  presence.kind === 'card' || (presence.kind === 'unresponsive' && presence.why === 'silent');

const countOf = (presence: Presence): number | undefined => ('count' in presence ? presence.count : undefined);

/** Goes on to `next`; a card that was announced has gone. */
const leave = (now: Presence, next: Presence, ...effects: Effect[]): Step =>
  isAnnounced(now) ? step(next, 'removed', ...effects) : step(next, ...effects);

function onAbsent(now: Presence, count: number): Step {
  // A reset that fails makes the service say "empty" before its own watch has seen the card go. Should another card come
  // before that, the watch never tells: so an absence that is not counted is looked into.
  if (now.kind === 'unplugged' && isOdd(count)) return step(uncounted(count), 'look-again');
  if (!('count' in now) || now.count !== count) return leave(now, { kind: 'empty' });
  if (now.kind === 'missing') return step({ ...now, seenEmpty: true });
  return leave(now, { kind: 'missing', count, tears: now.tears, looks: 0, seenEmpty: true }, 'look-again');
}

// Of a reader that was found empty first, insertions are odd and removals even: whoever used it before us made such a reset.
const isOdd = (count: number): boolean => count % 2 === 1;

/** One look is enough: by then the service has counted the removal, unless a card has come. */
const uncounted = (count: number): Missing => ({
  kind: 'missing',
  count,
  tears: 0,
  looks: MAX_LOOKS - 1,
  seenEmpty: true,
});

function onPresent(now: Presence, count: number): Step {
  const nothingNew = countOf(now) === count && !(now.kind === 'unresponsive' && now.why === 'mute');
  return nothingNew ? step(now) : leave(now, { kind: 'card', count, tears: 0 }, 'arrived');
}

function onMute(now: Presence, count: number): Step {
  // It is our own failed reset that made it mute: a second look will tell whether a card is there at all.
  if (now.kind === 'missing' && now.count === count) return step(now);
  return leave(now, { kind: 'unresponsive', why: 'mute', count, tears: 0 });
}

function onProbed(now: Presence, card: ProbedCard): Step {
  if (now.kind === 'missing') return onLook(now, card);
  if (now.kind !== 'card' && !(now.kind === 'unresponsive' && now.why === 'silent')) return step(now);
  const torn = { count: now.count, tears: now.tears + 1 };
  if (card === 'absent') return leave(now, { kind: 'missing', ...torn, looks: 0, seenEmpty: false }, 'look-again');
  return foundThere(now, card, torn);
}

function onLook(now: Missing, card: ProbedCard): Step {
  const { count, tears } = now;
  if (card !== 'absent') return foundThere(now, card, { count, tears });
  const looks = now.looks + 1;
  if (looks < MAX_LOOKS) return step({ ...now, looks }, 'look-again');
  return step(now.seenEmpty ? { kind: 'empty' } : { kind: 'unresponsive', why: 'mute', count, tears });
}

/** After a reset there is a card. Whether it is the one from before nobody can tell: it is announced as another. */
function foundThere(now: Presence, card: 'present' | 'mute', been: { count: number; tears: number }): Step {
  if (card === 'mute') return leave(now, { kind: 'unresponsive', why: 'mute', ...been });
  if (been.tears >= MAX_TEARS) return leave(now, { kind: 'unresponsive', why: 'worn', ...been });
  return leave(now, { kind: 'card', ...been }, 'arrived');
}

import { type CardReply, SUCCESS, transceiveWith } from '../kernel/transceive.ts';
import type { PurseReason } from './outcome.ts';
import { exchangeAnswer, exchangeOf, type PurseStep } from './requests.ts';
import { type Place, reasonFor } from './status-words.ts';

/** Sends a command to the customer's card and fetches its whole answer. */
export function toCard(command: Uint8Array, secret = false): PurseStep<CardReply> {
  return transceiveWith((bytes) => exchangeOf('card', bytes, secret), exchangeAnswer, command);
}

/** The same to the PSAM. */
export function toSam(command: Uint8Array): PurseStep<CardReply> {
  return transceiveWith((bytes) => exchangeOf('sam', bytes, false), exchangeAnswer, command);
}

export type Got =
  | { readonly kind: 'data'; readonly data: Uint8Array }
  | { readonly kind: 'refused'; readonly reason: PurseReason }
  | { readonly kind: 'torn' };

/** Takes a reply for data of exactly this length; anything else is refused for the reason that its status word has there. */
export function take(reply: CardReply, length: number, place: Place): Got {
  if (reply.kind === 'torn') return reply;
  if (reply.kind === 'faulty') return { kind: 'refused', reason: place === 'sam' ? 'sam-unavailable' : 'card-error' };
  if (reply.sw !== SUCCESS) return { kind: 'refused', reason: reasonFor(place, reply.sw) };
  if (reply.data.length === length) return { kind: 'data', data: reply.data };
  return { kind: 'refused', reason: place === 'sam' ? 'sam-unavailable' : 'card-error' };
}

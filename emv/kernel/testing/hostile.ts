import { concat, hex, parseHex, toHex } from '../../values/index.ts';
import { type Answer, type OnlineAnswer, type Request, runStepSync, type Step } from '../requests.ts';
import type { Script } from './golden-cards.ts';

/** What a hostile card may do with one answer. */
export type Trick =
  | { readonly kind: 'genuine' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'status'; readonly sw: Uint8Array }
  | { readonly kind: 'flip'; readonly at: number; readonly mask: number }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'of-another-command'; readonly index: number }
  | { readonly kind: 'torn' };

const STATUS_WORDS = ['6110', '6C10', '6100', '6283', '6985', '9000'].map(hex);
/** How many of `DICE` sides each trick has: a card that is always hostile gets nowhere. */
export const DICE = 22;

/** A trick by a throw of the dice (0 to DICE - 1), a number and some bytes: for the arbitraries of tests. */
export function trickOf(dice: number, at: number, bytes: Uint8Array): Trick {
  if (dice < 12) return { kind: 'genuine' };
  if (dice < 14) return { kind: 'bytes', bytes };
  if (dice < 15) return { kind: 'status', sw: Uint8Array.of(at >> 4, at & 0xff) };
  if (dice < 16) return { kind: 'status', sw: STATUS_WORDS[at % STATUS_WORDS.length] ?? hex('6F00') };
  if (dice < 19) return { kind: 'flip', at, mask: ((bytes[0] ?? 0) % 255) + 1 };
  if (dice < 20) return { kind: 'cut', at };
  return dice < 21 ? { kind: 'of-another-command', index: at } : { kind: 'torn' };
}

/** What the card answers when it plays a trick instead of this genuine answer. */
function play(trick: Trick, genuine: Uint8Array, card: Script): Answer {
  const flipped = genuine.slice();
  switch (trick.kind) {
    case 'torn':
      return { kind: 'torn' };
    case 'genuine':
      return { kind: 'answered', response: genuine };
    case 'bytes':
      return { kind: 'answered', response: concat(trick.bytes, hex('9000')) };
    case 'status':
      return { kind: 'answered', response: trick.sw };
    case 'flip':
      if (flipped.length > 2)
        flipped[trick.at % (flipped.length - 2)] = (flipped[trick.at % (flipped.length - 2)] ?? 0) ^ trick.mask;
      return { kind: 'answered', response: flipped };
    case 'cut':
      return { kind: 'answered', response: concat(genuine.subarray(0, trick.at), hex('9000')) };
    case 'of-another-command':
      return { kind: 'answered', response: hex(card[trick.index % card.length]?.answer ?? '9000') };
  }
}

/** Runs a step against a card that plays one trick after another; counts, and keeps what was asked. */
export function against<T>(
  step: Step<T>,
  card: Script,
  list: readonly Trick[],
  { first = 0, host = { kind: 'no-answer' } }: { readonly first?: number; readonly host?: OnlineAnswer } = {},
) {
  let exchanges = 0;
  const asked: Request[] = [];
  const result = runStepSync(step, (request): Answer => {
    asked.push(request);
    switch (request.name) {
      case 'exchange': {
        const known = card.find(({ command }) => command === toHex(request.command));
        const trick = list[(first + exchanges++) % list.length] ?? { kind: 'genuine' };
        return play(trick, parseHex(known?.answer ?? '6A88') ?? hex('6F00'), card);
      }
      case 'confirm-application':
        return { kind: 'confirmed', index: 0 };
      case 'save-intent':
        return { kind: 'saved' };
      case 'check-exception-file':
        return { listed: false };
      case 'check-offline-limits':
        return { kind: 'allowed' };
      case 'verify-cardholder':
        return { kind: 'bypassed' };
      case 'authorise-online':
        return host;
    }
  });
  return { result, exchanges, asked };
}

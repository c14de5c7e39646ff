import { isBitSet } from '../dictionary/index.ts';
import { toHex } from '../values/index.ts';
import { SECTION } from './explain.ts';
import type { CardholderVerification, DeclineReason } from './outcome.ts';
import { type Tap, ttqOf } from './tap.ts';

export type ChosenVerification =
  | { readonly kind: 'method'; readonly method: CardholderVerification }
  | { readonly kind: 'refused'; readonly reason: DeclineReason };

type Method = Extract<CardholderVerification, 'online-pin' | 'signature'>;

/** JR/T 0025.12-2013 §7.8.2 and §7.8.3: online PIN before signature; offline, only the signature bit counts. */
function methodsOf(ctq: Uint8Array, online: boolean): readonly Method[] {
  const pin = online && isBitSet(ctq, 1, 8);
  return [...(pin ? (['online-pin'] as const) : []), ...(isBitSet(ctq, 1, 7) ? (['signature'] as const) : [])];
}

/**
 * Which cardholder verification the card's transaction qualifiers (9F6C) ask for. A card that sends none leaves it to the
 * reader: signature, else online PIN (JR/T 0025.12-2013 §7.6). When the terminal's limit requires a verification and none
 * comes of it, the payment is refused.
 */
export function chooseVerification(tap: Tap): ChosenVerification {
  const { terminal } = tap.input;
  const { ctq, decision } = tap.answer;
  const required = isBitSet(ttqOf(tap), 2, 7);
  const online = decision === 'arqc';
  const readers: readonly Method[] = online ? ['signature', 'online-pin'] : ['signature'];
  const wanted = ctq !== undefined ? methodsOf(ctq, online) : required ? readers : [];
  const supported: Readonly<Record<Method, boolean>> = {
    'online-pin': terminal.onlinePin,
    signature: terminal.signature,
  };
  const method = wanted.find((one) => supported[one]);
  if (method !== undefined) return { kind: 'method', method };
  if (wanted.length > 0 || required) return { kind: 'refused', reason: 'online-pin-required' };
  return { kind: 'method', method: 'none' };
}

export function explainVerification(tap: Tap, chosen: ChosenVerification): void {
  const { ctq } = tap.answer;
  const by = ctq === undefined ? 'the reader, without CTQ' : `CTQ ${toHex(ctq)}`;
  const section = ctq === undefined ? 'JR/T 0025.12-2013 §7.6' : SECTION.outcome;
  const result = chosen.kind === 'method' ? chosen.method : chosen.reason;
  tap.input.explain?.({ section, text: `Cardholder verification by ${by}: ${result}` });
}

import type { Fen, Pan, Secret } from '../../emv/values/index.ts';
import type { PinPadKey } from '../ports.ts';
import type { PadWire } from './pad-wire.ts';

export interface EntryOrder {
  /** Which of the pad's keys enciphers: 0 to 9. */
  readonly slot: number;
  /** Length of the enciphered block, bytes: 8 under triple DES, 16 under AES and SM4. */
  readonly blockLength: 8 | 16;
  readonly pan: Pan;
  readonly amount: Fen;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Why nothing came of it. `refused`: the pad says no, in words for an installer. `silent`: it does not answer, or was pulled. */
export type PadFailure = { readonly kind: 'refused'; readonly why: string } | { readonly kind: 'silent' };

export type PadEntry =
  | { readonly kind: 'entered'; readonly block: Secret }
  | { readonly kind: 'cancelled' | 'timed-out' | 'bypassed' }
  | PadFailure;

export type PadKeyAnswer = { readonly kind: 'told'; readonly key: PinPadKey } | PadFailure;

/** The messages of one make of PIN pads. Each function is one conversation; none throws on what a pad sends. */
export interface PinPadProtocol {
  /** Maker and model whose documents it follows. */
  readonly make: string;
  /** The names of its places for keys that may hold a PIN key, or the key that protects key blocks. */
  readonly slots: readonly string[];
  /** What is in one of its places for keys. */
  key(wire: PadWire, slot: string): Promise<PadKeyAnswer>;
  /** Hands over a key block. */
  loadKey(wire: PadWire, slot: string, block: string): Promise<{ readonly kind: 'loaded' } | PadFailure>;
  /** Lets a person type the PIN. Whatever ends it, the pad is left idle, as far as it listens. */
  enter(wire: PadWire, order: EntryOrder): Promise<PadEntry>;
}

import type { EntryKey } from './amount.ts';
import type { View } from './view.ts';
import type { PaymentKind } from './wire.ts';

export interface KeyPress {
  readonly key: string;
  /** The key is held down. */
  readonly repeat: boolean;
  /** Ctrl, Alt or Meta is held: the browser's business. */
  readonly modified: boolean;
  /** What has the focus: a field that takes text or a choice, a control that Enter presses, or neither. */
  readonly focus: 'field' | 'control' | 'none';
}

export type KeyAction =
  | { readonly kind: 'type'; readonly key: EntryKey }
  | { readonly kind: 'start'; readonly asked: PaymentKind }
  | { readonly kind: 'choose'; readonly number: number }
  | { readonly kind: 'cancel' | 'keep-waiting' | 'next' | 'confirm' };

/** Beside a sale, from the keypad alone. Keys that no scanner types. */
const ASIDE: Readonly<Record<string, PaymentKind>> = { F2: 'balance', F8: 'load' };

const EDITING: Readonly<Record<string, EntryKey>> = { Backspace: 'backspace', Delete: 'clear' };

function typing(press: KeyPress): KeyAction | undefined {
  if (/^[0-9]$/.test(press.key)) return press.repeat ? undefined : { kind: 'type', key: press.key as EntryKey };
  const key = EDITING[press.key];
  return key === undefined ? undefined : { kind: 'type', key };
}

/** The main key of a view: it must never do twice what was meant once, so a held key does nothing. */
function entering(view: View): KeyAction | undefined {
  if (view.kind === 'entry') return { kind: 'start', asked: 'purchase' };
  return view.kind === 'payment' ? { kind: 'next' } : undefined;
}

/** An answer to what the payment asks has its number for a key; Enter is one only where there is no other. */
function answering(press: KeyPress): KeyAction | undefined {
  if (press.repeat) return undefined;
  if (/^[1-9]$/.test(press.key)) return { kind: 'choose', number: Number(press.key) };
  return press.key === 'Enter' && press.focus !== 'control' ? { kind: 'confirm' } : undefined;
}

const isAsking = (view: View): boolean =>
  view.kind === 'payment' && (view.face === 'choose' || view.face === 'document');

/** Esc never takes a result away: it may come in the same moment in which the cashier wants to cancel. */
function escaping(view: View, confirming: boolean): KeyAction {
  if (view.kind === 'entry') return { kind: 'type', key: 'clear' };
  return { kind: confirming ? 'keep-waiting' : 'cancel' };
}

/** What a key on the keyboard means in this view; undefined leaves it to the browser. */
export function keyAction(press: KeyPress, view: View, confirming: boolean): KeyAction | undefined {
  if (press.modified || press.focus === 'field') return undefined;
  const asked = ASIDE[press.key];
  if (asked !== undefined) return press.repeat || view.kind !== 'entry' ? undefined : { kind: 'start', asked };
  if (press.key === 'Escape') return press.repeat ? undefined : escaping(view, confirming);
  if (isAsking(view)) return answering(press);
  if (press.key !== 'Enter') return typing(press);
  return press.repeat || press.focus === 'control' ? undefined : entering(view);
}

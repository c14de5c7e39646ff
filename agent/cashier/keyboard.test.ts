import { describe, expect, it } from 'vitest';
import { type KeyAction, type KeyPress, keyAction } from './keyboard.ts';
import type { View } from './view.ts';

const press = (key: string, change: Partial<KeyPress> = {}): KeyPress => ({
  key,
  repeat: false,
  modified: false,
  focus: 'none',
  ...change,
});

const ENTRY: View = { kind: 'entry' };
const STARTING: View = { kind: 'starting', asked: 'purchase', amountMinor: 1, unanswered: false, cancelWanted: false };
const PAYMENT: View = {
  kind: 'payment',
  face: 'tap',
  mayCancel: true,
  payment: {
    id: 'a',
    kind: 'purchase',
    state: 'awaiting-card',
    amountMinor: 1,
    reference: '',
    offline: false,
    debited: 'none',
    createdAt: '',
  },
};

const CHOOSE: View = { ...PAYMENT, face: 'choose' };
const DOCUMENT: View = { ...PAYMENT, face: 'document' };

describe('the keyboard', () => {
  it.each<[string, KeyPress, View, boolean, KeyAction | undefined]>([
    ['types digits', press('7'), ENTRY, false, { kind: 'type', key: '7' }],
    ['types digits from a button', press('7', { focus: 'control' }), ENTRY, false, { kind: 'type', key: '7' }],
    ['leaves fields alone', press('7', { focus: 'field' }), ENTRY, false, undefined],
    ['types a held digit once', press('7', { repeat: true }), ENTRY, false, undefined],
    ['deletes', press('Backspace', { repeat: true }), ENTRY, false, { kind: 'type', key: 'backspace' }],
    ['ignores the point', press('.'), ENTRY, false, undefined],
    ['leaves shortcuts to the browser', press('1', { modified: true }), ENTRY, false, undefined],
    ['starts', press('Enter'), ENTRY, false, { kind: 'start', asked: 'purchase' }],
    ['asks for a balance', press('F2'), ENTRY, false, { kind: 'start', asked: 'balance' }],
    ['loads', press('F8'), ENTRY, false, { kind: 'start', asked: 'load' }],
    ['loads once when the key is held', press('F8', { repeat: true }), ENTRY, false, undefined],
    ['loads from a button', press('F8', { focus: 'control' }), ENTRY, false, { kind: 'start', asked: 'load' }],
    ['does not load beside a payment', press('F8'), PAYMENT, false, undefined],
    ['nor over a result', press('F2'), STARTING, false, undefined],
    ['starts once when Enter is held', press('Enter', { repeat: true }), ENTRY, false, undefined],
    ['lets Enter press the focused button', press('Enter', { focus: 'control' }), ENTRY, false, undefined],
    ['does nothing on Enter while starting', press('Enter'), STARTING, false, undefined],
    ['goes on after a result', press('Enter'), PAYMENT, false, { kind: 'next' }],
    ['clears', press('Escape'), ENTRY, false, { kind: 'type', key: 'clear' }],
    ['cancels', press('Escape'), PAYMENT, false, { kind: 'cancel' }],
    ['cancels what is starting', press('Escape'), STARTING, false, { kind: 'cancel' }],
    ['answers the question with the safe answer', press('Escape'), PAYMENT, true, { kind: 'keep-waiting' }],
    ['chooses', press('2'), CHOOSE, false, { kind: 'choose', number: 2 }],
    ['chooses from a button', press('2', { focus: 'control' }), DOCUMENT, false, { kind: 'choose', number: 2 }],
    ['chooses once when the key is held', press('2', { repeat: true }), CHOOSE, false, undefined],
    ['has no answer 0', press('0'), CHOOSE, false, undefined],
    ['confirms', press('Enter'), CHOOSE, false, { kind: 'confirm' }],
    ['does not confirm by an Enter that is still held', press('Enter', { repeat: true }), CHOOSE, false, undefined],
    ['lets Enter press the focused answer', press('Enter', { focus: 'control' }), CHOOSE, false, undefined],
    ['cancels instead of an answer', press('Escape'), DOCUMENT, false, { kind: 'cancel' }],
    [
      'does not choose while a PIN is typed',
      press('2'),
      { ...PAYMENT, face: 'pin' },
      false,
      { kind: 'type', key: '2' },
    ],
    ['cancels once when Esc is held', press('Escape', { repeat: true }), PAYMENT, false, undefined],
  ])('%s', (_what, key, view, confirming, action) => {
    expect(keyAction(key, view, confirming)).toEqual(action);
  });
});

import { expect, it } from 'vitest';
import type { DeclineReason, Outcome } from '../../../emv/kernel/index.ts';
import { hex, Pan } from '../../../emv/values/index.ts';
import { mayBePurse } from './purchase.ts';

const pan = Pan.parse('6299990000000000012');
if (pan === undefined) throw new Error('no PAN');
const expiry = { year: 2049, month: 12, day: 31 };
const card = { pan, panSequence: 1, expiry, aid: hex('A000000333010101'), label: '' };
const declined = (reason: DeclineReason) => ({ kind: 'declined', reason, debited: 'none' }) as const;

it.each<[string, Outcome, boolean]>([
  ['a card without an application', declined('no-common-application'), true],
  ['the same beside a slot', { kind: 'other-interface', reason: 'no-common-application' }, true],
  ['an amount that no tap may pay', declined('transaction-limit'), true],
  ['a blocked card', declined('card-blocked'), false],
  ['a blocked application', declined('application-blocked'), false],
  ['a card that has been seen', { ...declined('transaction-limit'), card }, false],
  ['the same beside a slot', { kind: 'other-interface', reason: 'transaction-limit', card }, false],
  ['a card that left', { kind: 'torn', at: 'before-intent' }, false],
  ['two cards', { kind: 'present-again', reason: 'several-cards' }, false],
  ['a card that has paid', { kind: 'declined', reason: 'not-genuine', debited: 'chip', card }, false],
])('%s may be a purse: %#', (_, outcome, expected) => {
  expect(mayBePurse(outcome)).toBe(expected);
});

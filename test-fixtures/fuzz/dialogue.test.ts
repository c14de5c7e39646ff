import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../emv/kernel/index.ts';
import { hex, toHex } from '../../emv/values/index.ts';
import type { Circumstances } from '../tray/dialogue-at-terminal.ts';
import { dialogueEntry, inquiryEntry, inspectEntry, loadEntry, openDialogueEntry } from './dialogue-entries.ts';
import type { Way } from './dialogue-taps.ts';
import { fuzzerOf } from './fuzz.ts';
import { fuzzSuite } from './fuzz-suite.ts';
import { liveDialogue, liveDialogueEntry } from './live-dialogue.ts';
import type { TapCard } from './transcript.ts';
import { FRIENDLY_WORLD } from './world.ts';

fuzzSuite('full debit/credit with a hostile card', [
  [fuzzerOf(dialogueEntry()), 750],
  [fuzzerOf(loadEntry()), 400],
  [fuzzerOf(inquiryEntry()), 500],
  [fuzzerOf(inspectEntry()), 250],
  [fuzzerOf(openDialogueEntry()), 750],
  [fuzzerOf(liveDialogueEntry()), 150],
]);

/** What stands between terminal and card: sees each command, and answers in the card's place or lets it through. */
type Wedge = (card: TapCard) => TapCard;

function pay(id: string, way: Way, wedge: Wedge, circumstances: Circumstances = {}) {
  const tap = liveDialogue(id, way, circumstances);
  const entry = liveDialogueEntry([tap]);
  const { played, faults } = entry.run(0, wedge(entry.card(0)), FRIENDLY_WORLD);
  const outcome = played.result as Outcome;
  const said = outcome.kind === 'approved' ? `approved ${outcome.fundedBy}` : outcome.kind;
  return { said, outcome, faults, paid: tap.paid() };
}

const honest: Wedge = (card) => card;

const VERIFY = 0x20;
const GPO = 0xa8;

/** Changes what the card says: hex by hex of the same length. */
const saying =
  (...changes: readonly (readonly [from: string, to: string])[]): Wedge =>
  (card) =>
  (command) => {
    const answer = card(command);
    if (answer === 'torn') return answer;
    return hex(changes.reduce((said, [from, to]) => said.replace(from, to), toHex(answer)));
  };

describe('an enemy who moves the amount within what the card signs', () => {
  // One fen of his own stands where the amount is to the card, and the amount where the other amount is.
  const shifted = saying(['703C8C1B9F02069F0306', '7045DF71060000000000018C1BDF71069F0206']);
  // Amount and other amount change places.
  const swapped = saying(['8C1B9F02069F0306', '8C1B9F03069F0206']);

  it('is paid without his help', () => {
    expect(pay('signing-cash', 'contact', honest)).toMatchObject({ said: 'approved chip', paid: 1_250, faults: [] });
  });

  it.each([
    ['swapped', swapped],
    ['shifted', shifted],
  ])('is not: %s', (_, wedge) => {
    const { said, faults } = pay('signing-cash', 'contact', wedge);
    expect(faults).toEqual([]);
    expect(said).not.toBe('approved chip');
  });
});

describe('an enemy who answers VERIFY in the place of the card', () => {
  const relayed: Wedge = (card) => (command) => (command[1] === VERIFY ? hex('9000') : card(command));

  it('is not approved where nobody else can tell', () => {
    expect(pay('offline-pin', 'contact', honest, { online: false })).toMatchObject({
      said: 'approved account',
      faults: [],
    });
    const { said, faults } = pay('offline-pin', 'contact', relayed, { online: false });
    expect({ said, faults }).toEqual({ said: 'declined', faults: [] });
  });
});

describe('an enemy who calls a cryptogram by another name', () => {
  it.each([
    ['a TC an ARQC', '9F270140', '9F270180'],
    ['a TC an AAC', '9F270140', '9F270100'],
  ])('%s: the chip has paid, and nobody says otherwise', (_, from, to) => {
    const { said, faults, outcome, paid } = pay('ec-contact', 'contact', saying([from, to]));
    expect({ faults, paid }).toEqual({ faults: [], paid: 1_250 });
    expect(said).toBe('declined');
    expect(outcome).toMatchObject({ debited: 'chip' });
  });
});

describe('an enemy who sends a card of qPBOC the long way', () => {
  it('does not make it pay without an intent', () => {
    const { said, faults, paid } = pay('rich', 'contactless', saying(['82027C00', '82027C80']));
    expect({ said, faults, paid }).toEqual({ said: 'declined', faults: [], paid: 0 });
  });
});

describe('an enemy who would rather not have the card sign its cryptogram', () => {
  // CDA is taken out of the AIP, which the issuer has signed.
  const unasked: Wedge = (card) => (command) => {
    const answer = card(command);
    return answer === 'torn' || command[1] !== GPO ? answer : hex(toHex(answer).replace('82022D00', '82022C00'));
  };

  it('is not approved', () => {
    expect(pay('signing-cash', 'contact', unasked)).toMatchObject({ said: 'declined', faults: [], paid: 0 });
  });
});

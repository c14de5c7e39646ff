import { declined } from './decide.ts';
import { decideLoad } from './load-endings.ts';
import { type Operation, runKernel } from './runner.ts';
import { interfaceOf, type Tap } from './tap.ts';
import type { Tools } from './tools.ts';

/** 9C of a load from the card's account (圈存). */
const LOAD = 0x60;

/** Full debit/credit is always at hand in the slot, over the air where the installation allows it. */
const isPossible = (tap: Tap): boolean =>
  interfaceOf(tap) === 'contact' || tap.input.terminal.contactlessDebitCredit === true;

/**
 * A load (JR/T 0025.13): the host grants it, the issuer's script puts it into the chip, and only the chip's balance proves it.
 * Its reversal says for certain that the chip has nothing (`notLoaded`), or waits at the centre until the card tells (design 4.5).
 */
export const load: Operation = {
  transactionType: LOAD,
  async run(tap, tools: Tools) {
    const cardInterface = interfaceOf(tap);
    if (!isPossible(tap)) return { decision: declined('use-contact', cardInterface), intentOpen: false };
    const { result: outcome, notes } = await runKernel(tap, tools.kernel.load(tap.input, cardInterface), tools);
    return { decision: decideLoad({ ...notes, outcome }), intentOpen: notes.intentOpen };
  },
};

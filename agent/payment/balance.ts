import type { CardBalance } from '../../emv/kernel/index.ts';
import { toHex } from '../../emv/values/index.ts';
import { type Decision, decide, type Ending } from './decide.ts';
import { type Operation, runKernel } from './runner.ts';
import { interfaceOf } from './tap.ts';

/** 9C of an inquiry; no card is told it, since there is no GPO. */
const INQUIRY = 0x31;

/** What the card holds. Its number is not read for that. */
function answered({ label, aid, balance }: CardBalance): Ending {
  if (balance === undefined) {
    return { kind: 'ending', state: 'declined', detail: { reason: 'no-balance', debited: 'none' } };
  }
  const card = { label, aid: toHex(aid), balanceMinor: balance };
  return { kind: 'ending', state: 'approved', detail: { card, debited: 'none' } };
}

/** No money, so no record. */
function withoutRecord(decision: Decision): Decision {
  if (decision.kind !== 'ending') return decision;
  const { kind, state, detail } = decision;
  return { kind, state, detail };
}

/** What the card's electronic cash comes to (JR/T 0025.13). Neither card nor books change. */
export const balance: Operation = {
  transactionType: INQUIRY,
  async run(tap, tools) {
    const step = tools.kernel.balanceInquiry(tap.input, interfaceOf(tap));
    const { result, notes } = await runKernel(tap, step, tools);
    const decision =
      result.kind === 'balance' ? answered(result) : withoutRecord(decide({ ...notes, outcome: result }));
    return { decision, intentOpen: false };
  },
};

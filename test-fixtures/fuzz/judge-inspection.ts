import type { CardReport } from '../../emv/inspect/index.ts';
import type { TransactionInput } from '../../emv/kernel/index.ts';
import type { CaPublicKey } from '../../emv/oda/index.ts';
import { toHex } from '../../emv/values/index.ts';
import { turnsOf } from './conversation.ts';
import { dialogueFacts } from './dialogue-facts.ts';
import { provedBy } from './dialogue-proof.ts';
import { mannersOf } from './judge-dialogue.ts';
import type { Played } from './play.ts';

/** GENERATE AC, VERIFY, EXTERNAL AUTHENTICATE, PUT DATA, UPDATE RECORD: commands with which a card pays, or is changed. */
const FORBIDDEN: readonly number[] = [0xae, 0x20, 0x82, 0xda, 0xdc];
const SELECT = 0xa4;

/** What was asked from each SELECT to the next. */
function visits({ asked }: Played<CardReport>): readonly Pick<Played<CardReport>, 'asked'>[] {
  const starts = [...asked.entries()].flatMap(([at, { request }]) =>
    request.name === 'exchange' && request.command[1] === SELECT ? [at] : [],
  );
  return starts.map((from, nth) => ({ asked: asked.slice(from, starts[nth + 1]) }));
}

/** An inspection makes no card pay, and calls none genuine that has not proved it. RSA alone. */
export function judgeInspection(
  played: Played<CardReport>,
  input: TransactionInput,
  caKeys: readonly CaPublicKey[],
): readonly string[] {
  const faults = [...mannersOf(played)];
  const forbidden = turnsOf(played).find(({ command }) => FORBIDDEN.includes(command[1] ?? 0));
  if (forbidden !== undefined) faults.push(`nothing is moved: sent ${toHex(forbidden.command)}`);
  const verdicts = played.result?.applications.map(({ authentication }) => authentication) ?? [];
  for (const [kind, method] of [
    ['card-genuine', 'dda'],
    ['data-genuine', 'sda'],
  ] as const) {
    const said = verdicts.filter((verdict) => verdict.kind === kind).length;
    if (said === 0) continue;
    const proved = visits(played).filter((visit) => {
      const facts = dialogueFacts(visit);
      // Whose data contradict each other cannot be judged here: which of them the report goes by is its own affair.
      const isContradictory = facts.chip !== undefined && facts.values === undefined;
      return isContradictory || provedBy(facts, input, caKeys).has(method);
    }).length;
    if (said > proved) faults.push(`${said} called genuine by ${method}, ${proved} proved`);
  }
  return faults;
}

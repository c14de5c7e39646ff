import { Draw } from '../fuzz/draw.ts';
import type { SandboxUnderTest } from '../scenarios/sandbox-under-test.ts';
import { until } from '../until.ts';
import { centreBook, terminalBook } from './books.ts';
import { type Aftermath, disagreements } from './compare.ts';
import { cutCable } from './cut-cable.ts';
import { SHOPPING_CARDS, type Sold, sellOnce } from './sell.ts';

export interface StormReport {
  readonly payments: number;
  readonly approved: number;
  readonly cuts: number;
  readonly records: number;
  /** What does not agree; nothing is as it should be. */
  readonly disagreements: readonly string[];
}

/** Everything that was sold is at the centre within this time after the network is whole again. */
const CALM_WITHIN_MS = 120_000;

/**
 * Sells under a network that is cut at random, then waits for calm and compares every fen: what chips hold, what the terminal
 * has recorded, what the centre has posted.
 */
export async function storm(
  sandbox: SandboxUnderTest,
  { seed, forMs, tell }: { readonly seed: number; readonly forMs: number; readonly tell: (line: string) => void },
): Promise<StormReport> {
  const balances = async () => new Map((await sandbox.cards()).map(({ id, balanceMinor }) => [id, balanceMinor]));
  const before = await balances();
  const over = new AbortController();
  const cutting = cutCable(sandbox, Draw.ofInput(seed, 0), over.signal);
  const sold: Sold[] = [];
  const draw = Draw.ofInput(seed, 1);
  const end = performance.now() + forMs;
  let told = performance.now();
  try {
    while (performance.now() < end) {
      sold.push(await sellOnce(sandbox, draw));
      if (performance.now() - told < 60_000) continue;
      told = performance.now();
      tell(`${sold.length} payments, ${approvedOf(sold)} approved`);
    }
  } finally {
    over.abort();
    await cutting;
  }
  const cuts = await cutting;
  for (const card of SHOPPING_CARDS) await sandbox.remove(card);
  await calm(sandbox);
  const terminal = terminalBook(sandbox.stateDir);
  const centre = await centreBook(sandbox.stateDir);
  const aftermath: Aftermath = { sold, before, after: await balances(), terminal, centre };
  return {
    payments: sold.length,
    approved: approvedOf(sold),
    cuts,
    records: terminal.records.length,
    disagreements: disagreements(aftermath),
  };
}

const approvedOf = (sold: readonly Sold[]): number => sold.filter(({ payment }) => payment.state === 'approved').length;

/** Everything is sent, acknowledged and settled; what is not by then is found by the comparison. */
async function calm(sandbox: SandboxUnderTest): Promise<void> {
  await sandbox.call('POST', '/v1/batches/close', {});
  const isCalm = async (): Promise<true | undefined> => {
    const { records, reversalsDue } = terminalBook(sandbox.stateDir);
    const { settledRecords } = await centreBook(sandbox.stateDir);
    return reversalsDue === 0 && settledRecords === records.length ? true : undefined;
  };
  await until('calm', isCalm, CALM_WITHIN_MS).catch(() => undefined);
}

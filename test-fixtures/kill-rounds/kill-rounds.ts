import { Draw } from '../fuzz/draw.ts';
import { SandboxUnderTest } from '../scenarios/sandbox-under-test.ts';
import { until } from '../until.ts';
import { centreBooks } from './books.ts';
import { Cashier } from './cashier.ts';
import { type CardState, type Compared, compareAll } from './compare.ts';
import { Killer, type Kills } from './killer.ts';

export interface KillRounds {
  readonly rounds: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

export interface KillReport extends Compared {
  readonly kills: Kills;
  /** Payments whose end was told. */
  readonly told: number;
}

const SETTLED_WITHIN_MS = 60_000;
const SAY_EVERY = 20;

/**
 * A sandbox whose cashier sells without a pause, while its agent, and now and then its centre, is killed; at the end every fen
 * is compared. Throws an Error when it does not come to an end.
 */
export async function killRounds({ rounds, seed, say }: KillRounds): Promise<KillReport> {
  const sandbox = await SandboxUnderTest.start('in-process');
  const before = await cardsOf(sandbox);
  const cashier = new Cashier(sandbox, Draw.ofInput(seed, 0));
  const killer = new Killer(sandbox, Draw.ofInput(seed, 1));
  let over = false;
  const selling = cashier.sell(() => over);
  try {
    for (let round = 1; round <= rounds; round++) {
      // A cashier who cannot go on ends it.
      await Promise.race([killer.round(), selling]);
      if (round % SAY_EVERY === 0) say(`${round} rounds, ${cashier.told.size} payments told`);
    }
    over = true;
    await selling;
    await cashier.finish();
    await settled(sandbox);
  } catch (error) {
    over = true;
    await sandbox.down();
    say(`the state is in ${sandbox.stateDir}`);
    throw error;
  }
  const after = await cardsOf(sandbox);
  await sandbox.down();
  const { stateDir } = sandbox;
  const centre = await centreBooks(stateDir);
  const compared = compareAll({ stateDir, before, after, told: cashier.told, centre });
  if (compared.faults.length === 0) await sandbox.stop();
  else say(`the state is in ${stateDir}`);
  return { ...compared, kills: killer.kills, told: cashier.told.size };
}

const cardsOf = (sandbox: SandboxUnderTest): Promise<readonly CardState[]> => sandbox.cards();

/** Everything has gone up, reversals as well. */
async function settled(sandbox: SandboxUnderTest): Promise<void> {
  const nothingLeft = async (): Promise<true | undefined> => {
    const { queue, openIntent } = await sandbox.status();
    return queue.unacknowledgedCount === 0 && !openIntent ? true : undefined;
  };
  await until('everything to be acknowledged', nothingLeft, SETTLED_WITHIN_MS);
  await sandbox.settledRecords();
}

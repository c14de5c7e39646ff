import type { Device } from '../../drivers/index.ts';
import { type Asker, SetupCancelled } from './asker.ts';
import { failed, inWords, NONE, type TestId, type TestResult } from './tests.ts';

/** One thing to be tried. */
export interface Trial {
  readonly id: TestId;
  readonly attempt: () => Promise<TestResult>;
  /** What is wrong now with what was tried; undefined: nothing. */
  readonly trouble: () => string | undefined;
  /** Asks again where it is, and how it is spoken to; what is tried next is that. Absent where there is nothing to choose. */
  readonly chooseAgain?: () => Promise<void>;
  /** Everything is in place already: there is no setup to be ended. */
  readonly last?: boolean;
}

/**
 * Tries one thing after the other. What fails is told at once, and whoever sits there tries it again, goes on without it, or ends the
 * setup; so is, after each, what worked before and has gone. Throws SetupCancelled.
 */
export async function runTrials(asker: Asker, trials: readonly Trial[]): Promise<readonly TestResult[]> {
  const results: TestResult[] = [];
  for (const trial of trials) {
    results.push(await tryUntilContent(asker, trial, await attempted(trial)));
    // What is left behind as failed is not looked at again, so this ends.
    for (let gone = goneSince(trials, results); gone !== undefined; gone = goneSince(trials, results)) {
      results[gone.at] = await tryUntilContent(asker, gone.trial, gone.result);
    }
  }
  return results;
}

async function tryUntilContent(asker: Asker, trial: Trial, first: TestResult): Promise<TestResult> {
  for (let result = first; ; result = await attempted(trial)) {
    if (result.detail !== NONE) asker.say(inWords(result));
    if (result.outcome !== 'failed' || !asker.asks) return result;
    const { chooseAgain } = trial;
    const onward = await asker.decide<'again' | 'choose' | 'without' | 'end'>(
      'That did not work. What now?',
      [
        { value: 'again', label: 'try it again', hint: 'once it is plugged in and switched on' },
        ...(chooseAgain === undefined
          ? []
          : [{ value: 'choose' as const, label: 'choose it again', hint: 'another port, speed or address' }]),
        { value: 'without', label: 'go on without it', hint: 'the report will say that it failed' },
        ...(trial.last === true ? [] : [{ value: 'end' as const, label: 'end the setup here' }]),
      ],
      'again',
    );
    if (onward === 'end') throw new SetupCancelled();
    if (onward === 'without') return result;
    if (onward === 'choose') await chooseAgain?.();
  }
}

/** Whatever a driver throws is a failure of this one thing. */
async function attempted({ id, attempt }: Trial): Promise<TestResult> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof SetupCancelled) throw error;
    return failed(id, error instanceof Error ? error.message : String(error));
  }
}

function goneSince(trials: readonly Trial[], results: readonly TestResult[]) {
  for (const [at, trial] of trials.entries()) {
    if (results[at]?.outcome !== 'passed') continue;
    const trouble = trial.trouble();
    if (trouble !== undefined)
      return { at, trial, result: failed(trial.id, `it worked, and does no more: ${trouble}`) };
  }
  return undefined;
}

/** Works with a device; `gone` aborts as soon as it is not there any more, or does not answer. */
export async function whileThere<T>(device: Device, work: (gone: AbortSignal) => Promise<T>): Promise<T> {
  const left = new AbortController();
  const look = (): void => {
    if (device.state !== 'ready' && device.state !== 'attention') left.abort();
  };
  const unlisten = device.onChange(look);
  try {
    look();
    return await work(left.signal);
  } finally {
    unlisten();
  }
}

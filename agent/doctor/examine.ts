import { type Finding, unknown } from './finding.ts';
import type { Check, Machine, Subject } from './machine.ts';

/** Runs the checks side by side; one that breaks or takes too long is a finding of its own, and keeps none of the others. */
export async function examine(checks: readonly Check[], machine: Machine, subject: Subject): Promise<Finding[]> {
  return (await Promise.all(checks.map((check) => examineOne(check, machine, subject)))).flat();
}

async function examineOne(check: Check, machine: Machine, subject: Subject): Promise<readonly Finding[]> {
  const { id, limitMs } = check;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<readonly Finding[]>((resolve) => {
    timer = setTimeout(() => resolve([unknown(id, `this check was given up after ${limitMs / 1_000} s`)]), limitMs);
  });
  try {
    return await Promise.race([check.run(machine, subject), late]);
  } catch (error) {
    return [unknown(id, `this check broke: ${error instanceof Error ? error.message : error}`)];
  } finally {
    clearTimeout(timer);
  }
}

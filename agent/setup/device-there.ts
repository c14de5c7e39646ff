import type { Device } from '../../drivers/index.ts';
import { NONE, skipped, type TestId, type TestResult } from './tests.ts';

/** A device that was just opened, or plugged in again, says within so long whether it is there: a line that was lost is looked for every five seconds. */
const SETTLE_MS = 6_000;

/** Undefined where it was chosen and is open. */
export function notThere(id: TestId, chosen: unknown, device: unknown): TestResult | undefined {
  if (chosen === undefined) return skipped(id, NONE);
  return device === undefined ? skipped(id, 'this software has no driver for it yet') : undefined;
}

/** What is wrong with a device once it had time to say so. */
export async function troubleOf(device: Device | undefined): Promise<string | undefined> {
  if (device === undefined) return undefined;
  await new Promise<void>((resolve) => {
    const settled = (): boolean => device.state === 'ready' || device.state === 'attention';
    if (settled()) return resolve();
    const timer = setTimeout(() => end(), SETTLE_MS);
    const unlisten = device.onChange(() => settled() && end());
    const end = (): void => {
      clearTimeout(timer);
      unlisten();
      resolve();
    };
  });
  return faultOf(device);
}

/** What is wrong with a device now, in words; undefined: nothing. */
export const faultOf = ({ name, state, detail }: Device): string | undefined =>
  state === 'ready' ? undefined : [`${name} is ${state}`, detail].filter(Boolean).join(': ');

/** What is wrong with a device that went away while it was tried. */
export const whyGone = (device: Device): string => faultOf(device) ?? `${device.name} was gone for a moment`;

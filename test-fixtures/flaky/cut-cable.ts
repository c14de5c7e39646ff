import { setTimeout as sleep } from 'node:timers/promises';
import type { Draw } from '../fuzz/draw.ts';
import type { SandboxUnderTest } from '../scenarios/sandbox-under-test.ts';

const CUTS = ['refuse', 'blackhole', 'lose-answers'] as const;
const SHORTEST_MS = 30;
/** Long enough that the terminal notices, and now and then that it counts as back. */
const LONGEST_MS = 4_000;

/** Cuts the cable in one of three ways, mends it, and again, for random times; leaves it mended. How often it was cut. */
export async function cutCable(sandbox: SandboxUnderTest, draw: Draw, signal: AbortSignal): Promise<number> {
  let cuts = 0;
  const wait = () =>
    sleep(SHORTEST_MS + draw.below(LONGEST_MS) ** 2 / LONGEST_MS, undefined, { signal }).catch(() => {});
  while (!signal.aborted) {
    const mode = CUTS[draw.below(CUTS.length)] ?? 'refuse';
    await sandbox.network({ up: false, mode });
    cuts += 1;
    await wait();
    await sandbox.network({ up: true });
    await wait();
  }
  return cuts;
}

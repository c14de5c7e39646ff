import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Draw } from '../fuzz/draw.ts';
import type { SandboxUnderTest } from '../scenarios/sandbox-under-test.ts';
import { until } from '../until.ts';

/** How long the processes are left alone: from within a tap to several of them. */
const MAX_QUIET_MS = 1_500;
const MAX_START_MS = 400;
const BACK_WITHIN_MS = 60_000;

export interface Kills {
  agent: number;
  host: number;
}

/** Kills the agent, and sometimes the centre, at moments that nobody chose; each time it is to come back. */
export class Killer {
  readonly kills: Kills = { agent: 0, host: 0 };
  readonly #sandbox: SandboxUnderTest;
  readonly #draw: Draw;

  constructor(sandbox: SandboxUnderTest, draw: Draw) {
    this.#sandbox = sandbox;
    this.#draw = draw;
  }

  async round(): Promise<void> {
    await delay(this.#draw.below(MAX_QUIET_MS));
    const victim = this.#draw.oneIn(5) ? 'host' : 'agent';
    this.#kill(victim);
    // Sometimes it is killed again while it starts.
    if (victim === 'agent' && this.#draw.oneIn(6)) {
      const found = await until('the agent to start', async () => this.#pidOf('agent'), BACK_WITHIN_MS);
      await delay(this.#draw.below(MAX_START_MS));
      if (this.#pidOf('agent') === found) this.#kill('agent');
    }
    await until('the terminal to be back', () => this.#isBack(), BACK_WITHIN_MS);
  }

  async #isBack(): Promise<true | undefined> {
    const status = await this.#sandbox.status().catch(() => undefined);
    const readerThere = status?.readers.some(({ state }) => state !== 'unplugged');
    return status?.clearing.reachable && readerThere ? true : undefined;
  }

  #kill(name: keyof Kills): void {
    const pid = this.#pidOf(name);
    if (pid === undefined) return;
    process.kill(pid, 'SIGKILL');
    this.kills[name]++;
  }

  #pidOf(name: keyof Kills): number | undefined {
    try {
      return Number(readFileSync(join(this.#sandbox.stateDir, 'run', `${name}.pid`), 'utf8')) || undefined;
    } catch {
      return undefined;
    }
  }
}

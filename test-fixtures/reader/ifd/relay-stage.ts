import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cannotTest } from '../../missing-parts.ts';
import { privatePcscd } from '../private-pcscd.ts';
import { buildRelayDriver, missingForRelayReader } from './relay-driver.ts';
import type { RelayReader } from './relay-reader.ts';

export interface RelayStage {
  /** Where its pcscd listens. */
  readonly socketPath: string;
  /** Ends pcscd at once, as a crash does, and starts it again. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A pcscd of one's own with these readers, by name, each through the relay driver. This process's PC/SC library uses it from
 * now on: it reads the place once, so there is one stage a process.
 */
export async function relayStage(readers: Readonly<Record<string, RelayReader>>): Promise<RelayStage> {
  const dir = mkdtempSync(join(tmpdir(), 'jdpos-relay-'));
  chmodSync(dir, 0o711);
  const driver = buildRelayDriver(dir);
  const others = Object.entries(readers).map(([name, { port }]) => ({ name, driver, port }));
  const pcscd = await privatePcscd({ dir: join(dir, 'd'), others });
  await pcscd.start();
  Object.assign(process.env, { PCSCLITE_CSOCK_NAME: pcscd.socketPath });
  return {
    socketPath: pcscd.socketPath,
    kill: pcscd.kill,
    restart: pcscd.start,
    stop: async () => {
      for (const reader of Object.values(readers)) reader.unplug();
      await pcscd.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Must the tests that need relay readers be left out here? Says why; where CI is set it throws instead. */
export const withoutRelayReaders = (): boolean => cannotTest('a reader with a keypad', missingForRelayReader());

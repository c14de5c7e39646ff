import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Asker } from './asker.ts';
import type { DeviceFlags } from './choose-devices.ts';
import type { ClearingFlags } from './clearing-question.ts';
import type { Run } from './machine.ts';
import type { Places } from './places.ts';
import type { Probes } from './probes.ts';

/** What the command line says. */
export interface SetupFlags extends DeviceFlags, ClearingFlags {
  readonly acceptTestKeys: boolean;
  /** Of the register API; the central API has the next one. */
  readonly port?: number;
  /** Installs and starts a systemd service. */
  readonly systemd: boolean;
}

export interface SetupParts {
  readonly flags: SetupFlags;
  readonly asker: Asker;
  readonly places: Places;
  /** What stands for `/`. */
  readonly root: string;
  readonly probes: Probes;
  readonly run: Run;
  /** Node and the command line, as the service is to start them. */
  readonly program: { readonly node: string; readonly cli: string };
  readonly environment: NodeJS.ProcessEnv;
  readonly fetch: typeof fetch;
  readonly sleep: (ms: number) => Promise<void>;
  readonly clock: Clock;
  readonly random: Random;
  readonly uuid: () => string;
  readonly interrupted: AbortSignal;
}

import type { CardReaders } from '../../drivers/index.ts';
import type { Devices } from '../devices/devices.ts';
import type { ChosenDevices, DeviceSettings } from './choose-devices.ts';
import type { ChosenRoles } from './choose-roles.ts';
import { draftConfig } from './draft-config.ts';
import type { SetupParts } from './setup-parts.ts';
import type { TestId, TestResult } from './tests.ts';
import { runTrials, type Trial } from './trials.ts';
import { cardTrial } from './try-card.ts';
import { deviceTrials } from './try-devices.ts';

/** Readers and devices as they were chosen, open. */
interface Bench {
  /** Undefined: as the settings that are there have them. */
  readonly chosen: ChosenDevices | undefined;
  readonly devices: Devices & { close(): Promise<void> };
  readonly trials: readonly Trial[];
}

/** Asks again about one of the things that were chosen. */
export type ChooseAgain = (id: TestId, chosen: ChosenDevices) => Promise<ChosenDevices>;

/**
 * Tries what was chosen, each thing as the daemon will open it. What does not work can be chosen again, which begins nothing else anew.
 * Throws SetupCancelled.
 * @param before the settings that are there, as they stand in their file
 */
export async function tryChosen(
  parts: SetupParts,
  readers: CardReaders,
  before: Readonly<Record<string, unknown>>,
  first: ChosenDevices | undefined,
  chooseAgain: ChooseAgain,
): Promise<{ readonly chosen: ChosenDevices | undefined; readonly tests: readonly TestResult[] }> {
  let bench = open(parts, readers, before, first);
  const current = (id: TestId): Trial | undefined => bench.trials.find((trial) => trial.id === id);
  const again = async (id: TestId): Promise<void> => {
    // A pad is asked for its keys: its port must be free for that.
    await bench.devices.close();
    bench = open(parts, readers, before, await chooseAgain(id, bench.chosen ?? asTheyAre(before)));
  };
  const lasting = bench.trials.map((trial): Trial => {
    const { id } = trial;
    return {
      id,
      attempt: () => (current(id) ?? trial).attempt(),
      trouble: () => (current(id) ?? trial).trouble(),
      // Without any reader there is none to be chosen.
      ...((id !== 'card' || readers.list().length > 0) && { chooseAgain: () => again(id) }),
    };
  });
  try {
    const tests = await runTrials(parts.asker, lasting);
    return { chosen: bench.chosen, tests };
  } finally {
    await bench.devices.close();
  }
}

const asTheyAre = (before: Readonly<Record<string, unknown>>): ChosenDevices => ({
  readers: (before['readers'] as ChosenRoles | undefined) ?? {},
  devices: (before['devices'] as DeviceSettings | undefined) ?? {},
});

function open(
  { asker, probes, flags, clock }: SetupParts,
  readers: CardReaders,
  before: Readonly<Record<string, unknown>>,
  chosen: ChosenDevices | undefined,
): Bench {
  const { config } = draftConfig(before, {
    ...{ stateDir: '/', clearingUrl: 'https://unknown.invalid', clearingCa: undefined },
    ...{ acceptTestKeys: flags.acceptTestKeys, port: undefined, chosen },
  });
  const devices = probes.open(config.devices, readers);
  const pin = { readers, settings: config.readers, pinKey: chosen?.pinKey };
  const trials = [
    cardTrial(asker, readers, config.readers, clock.monotonic),
    ...deviceTrials(asker, devices, config.devices, pin, clock.monotonic),
  ];
  return { chosen, devices, trials };
}

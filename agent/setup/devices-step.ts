import type { CardReaders } from '../../drivers/index.ts';
import type { Asker } from './asker.ts';
import { type ChosenDevices, chooseDevices, chooseRoles, type DeviceFlags } from './choose-devices.ts';
import { draftConfig } from './draft-config.ts';
import type { SetupParts } from './setup-parts.ts';
import type { ConfigThere } from './terminal-there.ts';
import { inWords, type TestResult } from './tests.ts';
import { tryCard } from './try-card.ts';
import { tryDevices } from './try-devices.ts';

/** What there is, what each is for, and whether it works. */
export async function devicesStep(
  { asker, probes, flags, clock }: SetupParts,
  before: ConfigThere | undefined,
): Promise<{ readonly chosen: ChosenDevices | undefined; readonly tests: readonly TestResult[] }> {
  const readers = await probes.readers();
  try {
    await named(readers);
    for (const { name, state } of readers.list()) asker.say(`reader  ${name}  (${state})`);
    const found = probes.found();
    for (const { kind, file, label } of found) asker.say(`${kind}  ${label || file}`);
    if (readers.list().length + found.length === 0) asker.warn('no reader and no device was found');
    const chosen = (await keepsDevices(asker, flags, before))
      ? undefined
      : {
          roles: await chooseRoles(asker, readers.list(), flags.reader),
          devices: await chooseDevices(asker, found, flags),
        };
    const draft = draftConfig(before?.raw ?? {}, {
      ...{ stateDir: '/', clearingUrl: 'https://unknown.invalid', clearingCa: undefined },
      ...{ acceptTestKeys: flags.acceptTestKeys, port: undefined, chosen },
    });
    const card = await tryCard(asker, readers, draft.config.readers.roles, clock.monotonic);
    asker.say(inWords(card));
    const devices = probes.open(draft.config.devices, readers);
    try {
      return { chosen, tests: [card, ...(await tryDevices(asker, devices, draft.config.devices, clock.monotonic))] };
    } finally {
      await devices.close();
    }
  } finally {
    await readers.close();
  }
}

const NAMES_WITHIN_MS = 1_500;

/** The service names its readers soon after it was asked. */
function named(readers: CardReaders): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(end, NAMES_WITHIN_MS);
    const unsubscribe = readers.subscribe(end);
    if (readers.list().length > 0) end();
  });
}

async function keepsDevices(asker: Asker, flags: DeviceFlags, before: ConfigThere | undefined): Promise<boolean> {
  const { reader, pinPad, scanner, printer, display } = flags;
  const flagged = reader.length > 0 || [pinPad, scanner, printer, display].some((flag) => flag !== undefined);
  const has = before !== undefined && (before.raw['readers'] !== undefined || before.raw['devices'] !== undefined);
  return !flagged && has && asker.confirm('Keep readers and devices as the settings have them?', true);
}

import type { CardReaders } from '../../drivers/index.ts';
import type { Asker } from './asker.ts';
import { type ChosenDevices, chooseDevices, type DeviceFlags, type DeviceSettings } from './choose-devices.ts';
import { chooseRoles } from './choose-roles.ts';
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
          readers: await chooseRoles(asker, readers.list(), flags.reader),
          ...(await chooseDevices(asker, found, flags, (before?.raw['devices'] as DeviceSettings | undefined) ?? {})),
        };
    const draft = draftConfig(before?.raw ?? {}, {
      ...{ stateDir: '/', clearingUrl: 'https://unknown.invalid', clearingCa: undefined },
      ...{ acceptTestKeys: flags.acceptTestKeys, port: undefined, chosen },
    });
    const card = await tryCard(asker, readers, draft.config.readers, clock.monotonic);
    asker.say(inWords(card));
    const devices = probes.open(draft.config.devices, readers);
    try {
      const pin = { readers, settings: draft.config.readers, pinKey: chosen?.pinKey };
      const tried = await tryDevices(asker, devices, draft.config.devices, pin, clock.monotonic);
      return { chosen, tests: [card, ...tried] };
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
  const { reader, pinPad, pinKey, scanner, printer, display } = flags;
  const flagged = reader.length > 0 || [pinPad, pinKey, scanner, printer, display].some((flag) => flag !== undefined);
  const has = before !== undefined && (before.raw['readers'] !== undefined || before.raw['devices'] !== undefined);
  return !flagged && has && asker.confirm('Keep readers and devices as the settings have them?', true);
}

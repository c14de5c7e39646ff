import { type CardReaders, READER_TO_ORDER, readerMake } from '../../drivers/index.ts';
import { type DevicesConfig, devicesSchema } from '../config/devices.ts';
import type { Asker } from './asker.ts';
import {
  type ChosenDevices,
  chooseDeviceAgain,
  chooseDevices,
  type DeviceFlags,
  type DeviceSettings,
} from './choose-devices.ts';
import { chooseRoles } from './choose-roles.ts';
import { troubleOf } from './device-there.ts';
import type { FoundDevice } from './found-devices.ts';
import type { KeysOf } from './pin-key.ts';
import type { Probes } from './probes.ts';
import { readersCome } from './readers-come.ts';
import type { SetupParts } from './setup-parts.ts';
import type { ConfigThere } from './terminal-there.ts';
import type { TestId, TestResult } from './tests.ts';
import { type ChooseAgain, tryChosen } from './try-chosen.ts';

/** What there is, what each is for, and whether it works. */
export async function devicesStep(
  parts: SetupParts,
  before: ConfigThere | undefined,
): Promise<{ readonly chosen: ChosenDevices | undefined; readonly tests: readonly TestResult[] }> {
  const { asker, probes, flags } = parts;
  const readers = await probes.readers();
  try {
    await readersCome(readers, () => readers.list().length > 0, NAMES_WITHIN_MS);
    const found = await lookRound(parts, readers);
    const chosen = (await keepsDevices(asker, flags, before))
      ? undefined
      : await chooseAll(parts, readers, found, (before?.raw['devices'] as DeviceSettings | undefined) ?? {});
    return await tryChosen(parts, readers, before?.raw ?? {}, chosen, chooseAgain(parts, readers));
  } finally {
    await readers.close();
  }
}

/** Shows what is there until whoever sits there has plugged in all that there is to be. */
async function lookRound({ asker, probes, flags }: SetupParts, readers: CardReaders): Promise<readonly FoundDevice[]> {
  for (;;) {
    const there = readers.list().filter(({ state }) => state !== 'unplugged');
    for (const { name, state } of there) {
      asker.say(`reader  ${name}  (${state})`);
      const make = readerMake(name);
      if (make?.standing === 'known-bad') asker.warn(`${make.make} is known to fail: ${make.advice}`);
    }
    const found = probes.found();
    for (const { kind, file, label } of found) asker.say(`${kind}  ${label || file}`);
    if (there.length === 0)
      asker.warn(
        `No card reader was found. If one is plugged in, jdpos doctor readers says why; if there is none, ${READER_TO_ORDER}.`,
      );
    if (!asker.asks || speaksOfDevices(flags)) return found;
    const again = await asker.decide(
      'Is everything there that this terminal is to have?',
      [
        {
          value: false,
          label: 'yes, go on',
          ...(there.length === 0 && { hint: 'without a reader it can be installed, and is not accepted' }),
        },
        { value: true, label: 'look again', hint: 'something was plugged in, or switched on' },
      ],
      there.length === 0,
    );
    if (!again) return found;
  }
}

async function chooseAll(
  { asker, probes, flags }: SetupParts,
  readers: CardReaders,
  found: readonly FoundDevice[],
  before: DeviceSettings,
): Promise<ChosenDevices> {
  const roles = await chooseRoles(asker, readers.list(), flags.reader);
  return { readers: roles, ...(await chooseDevices(asker, found, flags, before, keysThrough(probes, readers))) };
}

const DEVICE_OF: Readonly<Partial<Record<TestId, keyof DevicesConfig>>> = {
  pin: 'pinPad',
  scan: 'scanner',
  print: 'printer',
  display: 'display',
};

/** Ports are looked at anew: what was plugged in meanwhile is offered too. */
function chooseAgain({ asker, probes }: SetupParts, readers: CardReaders): ChooseAgain {
  return async (id, chosen) => {
    const key = DEVICE_OF[id];
    if (key === undefined) return { ...chosen, readers: await chooseRoles(asker, readers.list(), []) };
    const keysOf = keysThrough(probes, readers);
    return { ...chosen, ...(await chooseDeviceAgain(asker, probes.found(), key, chosen, keysOf)) };
  };
}

const keysThrough =
  (probes: Probes, readers: CardReaders): KeysOf =>
  async (pinPad) => {
    const read = devicesSchema.safeParse({ pinPad });
    if (!read.success) return { kind: 'unavailable' };
    const devices = probes.open(read.data, readers);
    try {
      // A pad that has just been opened needs its time.
      await troubleOf(devices.pinPad);
      return (await devices.keyedPad?.keys()) ?? { kind: 'unavailable' };
    } finally {
      await devices.close();
    }
  };

/** The service names its readers soon after it was asked. */
const NAMES_WITHIN_MS = 1_500;

/** Do flags say which devices there are? */
const speaksOfDevices = ({ reader, pinPad, pinKey, pinKeyId, scanner, printer, display }: DeviceFlags): boolean =>
  reader.length > 0 || [pinPad, pinKey, pinKeyId, scanner, printer, display].some((flag) => flag !== undefined);

async function keepsDevices(asker: Asker, flags: DeviceFlags, before: ConfigThere | undefined): Promise<boolean> {
  const has = before !== undefined && (before.raw['readers'] !== undefined || before.raw['devices'] !== undefined);
  if (!has || speaksOfDevices(flags)) return false;
  return (await asker.confirm('Keep readers and devices as the settings have them?', true)) === true;
}

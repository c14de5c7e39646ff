import type { PinKeyFile } from '../../clearing/contract/index.ts';
import { type CardReaders, type Device, readerAbilities } from '../../drivers/index.ts';
import { fen, Pan } from '../../emv/values/index.ts';
import type { Config } from '../config/schema.ts';
import type { Devices } from '../devices/devices.ts';
import type { Asker } from './asker.ts';
import { faultOf, notThere, troubleOf } from './device-there.ts';
import { givePinKey } from './pin-key.ts';
import { failed, passed, skipped, type TestResult } from './tests.ts';
import { whileThere } from './trials.ts';
import { arrival, roleOf } from './try-card.ts';

const PIN_ENTRY_MS = 60_000;
/** Passes the Luhn check, and is no card of the scheme. */
const TEST_PAN = '6200000000000005';

export interface PinParts {
  readonly readers: CardReaders;
  readonly settings: Config['readers'];
  readonly pinKey: PinKeyFile | undefined;
}

/** Gives the pad its key, where there is a file of it, and lets somebody type a PIN. */
export async function tryPin(
  asker: Asker,
  { pinEntry, pinPad, keyedPad, onScreenPad }: Devices,
  chosen: unknown,
  { readers, settings, pinKey }: PinParts,
): Promise<TestResult> {
  const reason = notThere('pin', chosen, pinEntry);
  if (reason !== undefined) return reason;
  if (onScreenPad !== undefined) return skipped('pin', 'its keys are on the cashier page, once the terminal runs');
  if (pinPad === undefined) return tryReader(asker, readers, settings);
  const before = await troubleOf(pinPad);
  // One that wants attention may want nothing but its key.
  if (before !== undefined && (pinKey === undefined || pinPad.state !== 'attention')) return failed('pin', before);
  const refused = pinKey && keyedPad && (await givePinKey(keyedPad, pinKey));
  const trouble = await troubleOf(pinPad);
  // A pad may refuse a key that it has already, and work.
  if (trouble !== undefined) return failed('pin', refused === undefined ? trouble : `its key: ${refused}`);
  if (refused !== undefined) asker.warn(`the pad did not take its key: ${refused}`);
  if (!asker.attended) return skipped('pin', 'nobody is there to type');
  return typed(asker, pinEntry, pinPad);
}

async function typed(asker: Asker, pinEntry: Devices['pinEntry'], pad: Device): Promise<TestResult> {
  const pan = Pan.parse(TEST_PAN);
  if (pinEntry === undefined || pan === undefined) return skipped('pin', 'this device gives PINs to a card alone');
  const entry = await whileThere(pad, (gone) =>
    asker.waiting('Type any PIN on the pad, and confirm it', (stop) =>
      pinEntry.enterOnline({
        ...{ pan, amount: fen(0), timeoutMs: PIN_ENTRY_MS },
        signal: AbortSignal.any([stop, gone]),
      }),
    ),
  );
  if (entry.kind === 'entered') {
    entry.block.wipe();
    return passed('pin', `an enciphered block of format ${entry.format} under key ${entry.keyId}`);
  }
  const trouble = faultOf(pad);
  if (trouble !== undefined) return failed('pin', trouble);
  if (entry.kind === 'timed-out') return failed('pin', 'nobody typed a PIN in time');
  if (entry.kind === 'unavailable')
    return failed('pin', pad.detail ?? 'the pad takes no PIN: look at jdpos pinpad status');
  return skipped('pin', `the entry was ${entry.kind}`);
}

/** The keys of a card reader give a PIN to its card alone, which counts wrong ones: so it is asked, and nothing is typed. */
async function tryReader(asker: Asker, readers: CardReaders, settings: Config['readers']): Promise<TestResult> {
  if (!asker.attended) return skipped('pin', 'nobody is there to put a card into the reader');
  const slots = readers.list().filter((reader) => roleOf(reader, settings) === 'contact');
  const arrived = await asker.waiting('Put a card into the reader with the keys', (stop) =>
    arrival(
      readers,
      (reader) => (slots.length > 0 ? slots.includes(reader) : roleOf(reader, settings) !== 'sam'),
      stop,
    ),
  );
  if (arrived === 'no-reader') return failed('pin', 'the reader has gone: plug it in');
  if (arrived === undefined) return skipped('pin', 'no card was put into the reader with the keys');
  const { name, control } = arrived.reader;
  const channel = await arrived.presence.open();
  if (channel === undefined || control === undefined) return failed('pin', `the card on ${name} does not answer`);
  try {
    const abilities = await readerAbilities(control);
    if (abilities.kind === 'torn') return failed('pin', 'the card left; leave it in the reader');
    if (abilities.kind === 'known' && abilities.features.has('verify-pin-direct'))
      return passed('pin', `${name} has secure PIN entry; no PIN was typed, since the card would count a wrong one`);
    return failed('pin', `${name} has no secure PIN entry: take another reader, or a PIN pad of its own`);
  } finally {
    await channel.close();
  }
}

import type { Device } from '../../drivers/index.ts';
import { fen, Pan } from '../../emv/values/index.ts';
import type { Devices } from '../devices/devices.ts';
import type { Asker } from './asker.ts';
import { testSlip } from './test-slip.ts';
import { failed, inWords, ms, passed, skipped, type TestId, type TestResult } from './tests.ts';

/** A device that was just opened says within so long whether it is there. */
const SETTLE_MS = 3_000;
const PIN_ENTRY_MS = 60_000;
/** Passes the Luhn check, and is no card of the scheme. */
const TEST_PAN = '6200000000000005';

const NONE = 'this terminal has none';

type Chosen = Readonly<Partial<Record<'pinPad' | 'scanner' | 'printer' | 'display', unknown>>>;

/** Tries each device that was chosen, one after the other. */
export async function tryDevices(
  asker: Asker,
  devices: Devices,
  chosen: Chosen,
  monotonic: () => number,
): Promise<readonly TestResult[]> {
  const tries = [
    () => tryPin(asker, devices, chosen),
    () => tryScanner(asker, devices, chosen),
    () => tryPrinter(asker, devices, chosen, monotonic),
    () => tryDisplay(asker, devices, chosen),
  ];
  const results: TestResult[] = [];
  for (const attempt of tries) {
    const result = await attempt();
    if (result.detail !== NONE) asker.say(inWords(result));
    results.push(result);
  }
  return results;
}

async function tryPin(asker: Asker, { pinEntry, pinPad }: Devices, chosen: Chosen): Promise<TestResult> {
  const reason = notThere('pin', chosen.pinPad, pinEntry ?? pinPad);
  if (reason !== undefined) return reason;
  const trouble = await troubleOf(pinPad);
  if (trouble !== undefined) return failed('pin', trouble);
  if (!asker.attended) return skipped('pin', 'nobody is there to type');
  const pan = Pan.parse(TEST_PAN);
  if (pinEntry === undefined || pan === undefined) return skipped('pin', 'this device gives PINs to a card alone');
  const entry = await asker.waiting('Type any PIN on the pad, and confirm it', (signal) =>
    pinEntry.enterOnline({ pan, amount: fen(0), timeoutMs: PIN_ENTRY_MS, signal }),
  );
  if (entry.kind === 'entered') {
    entry.block.wipe();
    return passed('pin', `an enciphered block of format ${entry.format} under key ${entry.keyId}`);
  }
  if (entry.kind === 'unavailable') return failed('pin', 'the pad cannot take a PIN: has it a key?');
  return skipped('pin', `the entry was ${entry.kind}`);
}

async function tryScanner(asker: Asker, { scanner }: Devices, chosen: Chosen): Promise<TestResult> {
  const reason = notThere('scan', chosen.scanner, scanner);
  if (reason !== undefined || scanner === undefined) return reason ?? skipped('scan', 'there is none');
  const trouble = await troubleOf(scanner);
  if (trouble !== undefined) return failed('scan', trouble);
  if (!asker.attended) return skipped('scan', 'nobody is there to scan');
  const length = await asker.waiting('Scan any code', (stop) => {
    return new Promise<number | undefined>((resolve) => {
      const end = (found: number | undefined): void => {
        unlisten();
        resolve(found);
      };
      const unlisten = scanner.onCode((text) => end(text.length));
      stop.addEventListener('abort', () => end(undefined), { once: true });
    });
  });
  // A code is money: its length is all that is told.
  return length === undefined
    ? skipped('scan', 'nothing was scanned')
    : passed('scan', `a code of ${length} characters`);
}

async function tryPrinter(
  asker: Asker,
  { printer }: Devices,
  chosen: Chosen,
  monotonic: () => number,
): Promise<TestResult> {
  const reason = notThere('print', chosen.printer, printer);
  if (reason !== undefined || printer === undefined) return reason ?? skipped('print', 'there is none');
  const trouble = await troubleOf(printer);
  if (trouble !== undefined) return failed('print', trouble);
  const begun = monotonic();
  const answer = await printer.print(testSlip(printer.columns));
  if (answer.kind === 'not-printed') return failed('print', answer.why);
  const measured = [ms('printer answered', monotonic() - begun)];
  const read = await asker.confirm('Is the slip whole, and readable to its edges?', true);
  if (!read) return failed('print', 'the installer could not read it: check the paper width');
  const detail = asker.asks ? 'read by the installer' : 'nobody was there to read it';
  return passed('print', answer.kind === 'printed' ? detail : `${detail}; the printer has not confirmed it`, measured);
}

async function tryDisplay(asker: Asker, { display }: Devices, chosen: Chosen): Promise<TestResult> {
  const reason = notThere('display', chosen.display, display);
  if (reason !== undefined || display === undefined) return reason ?? skipped('display', 'there is none');
  const trouble = await troubleOf(display);
  if (trouble !== undefined) return failed('display', trouble);
  display.show(['jdpos', 'TEST 0.00']);
  if (!asker.asks) return skipped('display', 'nobody was there to look at it');
  const seen = await asker.confirm('Does the display show "jdpos" and "TEST 0.00"?', true);
  return seen ? passed('display') : failed('display', 'the installer could not read it: check speed and cable');
}

/** Undefined where it was chosen and is open. */
function notThere(id: TestId, chosen: unknown, device: unknown): TestResult | undefined {
  if (chosen === undefined) return skipped(id, NONE);
  return device === undefined ? skipped(id, 'this software has no driver for it yet') : undefined;
}

/** What is wrong with a device once it had time to say so. */
async function troubleOf(device: Device | undefined): Promise<string | undefined> {
  if (device === undefined) return undefined;
  await new Promise<void>((resolve) => {
    if (device.state === 'ready') return resolve();
    const timer = setTimeout(() => end(), SETTLE_MS);
    const unlisten = device.onChange(() => device.state === 'ready' && end());
    const end = (): void => {
      clearTimeout(timer);
      unlisten();
      resolve();
    };
  });
  const { name, state, detail } = device;
  return state === 'ready' ? undefined : [`${name} is ${state}`, detail].filter(Boolean).join(': ');
}

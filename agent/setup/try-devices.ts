import { PRINTER_TROUBLES } from '../../drivers/index.ts';
import type { Devices } from '../devices/devices.ts';
import type { Asker } from './asker.ts';
import { NONE, notThere, troubleOf } from './device-there.ts';
import { testSlip } from './test-slip.ts';
import { failed, inWords, ms, passed, skipped, type TestResult } from './tests.ts';
import { type PinParts, tryPin } from './try-pin.ts';

type Chosen = Readonly<Partial<Record<'pinPad' | 'scanner' | 'printer' | 'display', unknown>>>;

/** Tries each device that was chosen, one after the other. */
export async function tryDevices(
  asker: Asker,
  devices: Devices,
  chosen: Chosen,
  pin: PinParts,
  monotonic: () => number,
): Promise<readonly TestResult[]> {
  const tries = [
    () => tryPin(asker, devices, chosen.pinPad, pin),
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
  if (answer.kind !== 'printed') {
    return failed(
      'print',
      `${answer.kind === 'not-printed' ? 'nothing was printed' : 'nobody can tell what was printed'}: ${PRINTER_TROUBLES[answer.why]}`,
    );
  }
  const measured = [ms('printer answered', monotonic() - begun)];
  const read = await asker.confirm('Is the slip whole, and readable to its edges?', true);
  if (!read) return failed('print', 'the installer could not read it: check the paper width');
  const detail = asker.asks ? 'read by the installer' : 'nobody was there to read it';
  return passed('print', answer.confirmed ? detail : `${detail}; the printer has not confirmed it`, measured);
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

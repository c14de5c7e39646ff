import { type CodeScanner, type Device, PRINTER_TROUBLES } from '../../drivers/index.ts';
import type { Devices } from '../devices/devices.ts';
import type { Asker } from './asker.ts';
import { faultOf, notThere, troubleOf, whyGone } from './device-there.ts';
import { testSlip } from './test-slip.ts';
import { failed, ms, passed, skipped, type TestResult } from './tests.ts';
import { type Trial, whileThere } from './trials.ts';
import { type PinParts, tryPin } from './try-pin.ts';

type Chosen = Readonly<Partial<Record<'pinPad' | 'scanner' | 'printer' | 'display', unknown>>>;

/** How each device that was chosen is tried. */
export function deviceTrials(
  asker: Asker,
  devices: Devices,
  chosen: Chosen,
  pin: PinParts,
  monotonic: () => number,
): readonly Trial[] {
  const { pinPad, scanner, printer, display } = devices;
  const now = (device: Device | undefined) => () => device && faultOf(device);
  return [
    { id: 'pin', attempt: () => tryPin(asker, devices, chosen.pinPad, pin), trouble: now(pinPad) },
    { id: 'scan', attempt: () => tryScanner(asker, devices, chosen), trouble: now(scanner) },
    { id: 'print', attempt: () => tryPrinter(asker, devices, chosen, monotonic), trouble: now(printer) },
    { id: 'display', attempt: () => tryDisplay(asker, devices, chosen), trouble: now(display) },
  ];
}

async function tryScanner(asker: Asker, { scanner }: Devices, chosen: Chosen): Promise<TestResult> {
  const reason = notThere('scan', chosen.scanner, scanner);
  if (reason !== undefined || scanner === undefined) return reason ?? skipped('scan', 'there is none');
  const trouble = await troubleOf(scanner);
  if (trouble !== undefined) return failed('scan', trouble);
  if (!asker.attended) return skipped('scan', 'nobody is there to scan');
  const length = await whileThere(scanner, async (gone) => {
    const code = (stop: AbortSignal) => nextCode(scanner, AbortSignal.any([stop, gone]));
    return (await asker.waiting('Scan any code', code)) ?? (gone.aborted ? 'gone' : undefined);
  });
  if (length === 'gone') return failed('scan', whyGone(scanner));
  // A code is money: its length is all that is told.
  return length === undefined
    ? skipped('scan', 'nothing was scanned')
    : passed('scan', `a code of ${length} characters`);
}

/** How long the code is that comes next; undefined when `stop` aborts first. */
function nextCode(scanner: CodeScanner, stop: AbortSignal): Promise<number | undefined> {
  return new Promise((resolve) => {
    const end = (found: number | undefined): void => {
      unlisten();
      resolve(found);
    };
    const unlisten = scanner.onCode((text) => end(text.length));
    stop.addEventListener('abort', () => end(undefined), { once: true });
    if (stop.aborted) end(undefined);
  });
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
  // A slip is on paper, whatever becomes of its printer now.
  const read = await asker.confirm('Is the slip whole, and readable to its edges?', true);
  if (read !== true) return failed('print', 'the installer could not read it: check the paper width');
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
  const seen = await whileThere(display, (gone) =>
    asker.confirm('Does the display show "jdpos" and "TEST 0.00"?', true, gone),
  );
  if (seen === undefined) return failed('display', whyGone(display));
  return seen ? passed('display') : failed('display', 'the installer could not read it: check speed and cable');
}

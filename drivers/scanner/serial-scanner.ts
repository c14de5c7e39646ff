import type { After, DriverLog } from '../driver-tools.ts';
import { openSerialLine, type SerialSettings } from '../line/serial-line.ts';
import type { CodeScanner } from '../ports.ts';
import { codeIntake } from './code-intake.ts';

interface SerialScannerParts {
  readonly settings: SerialSettings;
  readonly log?: DriverLog;
  readonly after?: After;
}

/** A scanner on a serial port, or one on USB that shows itself as one (CDC-ACM). Nothing is ever sent to it. */
export function openSerialScanner({ settings, ...tools }: SerialScannerParts): CodeScanner {
  const intake = codeIntake({ name: settings.port, ...tools });
  const line = openSerialLine({ settings, events: intake.events, ...tools });
  return Object.assign(intake.scanner, {
    close: async () => {
      await line.close();
      intake.stop();
    },
  });
}

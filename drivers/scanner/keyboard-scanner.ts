import type { After, DriverLog } from '../driver-tools.ts';
import type { CodeScanner } from '../ports.ts';
import { codeIntake } from './code-intake.ts';
import { openInputDevice } from './input-device.ts';
import { typedBytes } from './typed-bytes.ts';

interface KeyboardScannerParts {
  /** Its device file, best below /dev/input/by-id or /dev/input/by-path. */
  readonly device: string;
  readonly log?: DriverLog;
  readonly after?: After;
}

/** A scanner that types like a keyboard (keyboard wedge), read from its own input device, with the keys of a US keyboard. */
export function openKeyboardScanner({ device, ...tools }: KeyboardScannerParts): CodeScanner {
  const { scanner, events, stop } = codeIntake({ name: device, ...tools });
  let typed = typedBytes();
  const input = openInputDevice({
    device,
    events: {
      bytes: (chunk) => events.bytes(typed(chunk)),
      state: (state, why) => {
        typed = typedBytes();
        events.state(state, why);
      },
    },
    ...(tools.after && { after: tools.after }),
  });
  return Object.assign(scanner, {
    close: async () => {
      await input.close();
      stop();
    },
  });
}

import { deviceStanding } from '../device-standing.ts';
import { type After, afterMs, type DriverLog } from '../driver-tools.ts';
import { openSerialLine, type SerialSettings } from '../line/serial-line.ts';
import type { CustomerDisplay, DisplayLines } from '../ports.ts';
import { INITIALISE, writeLine } from './cd5220.ts';
import { lineBytes } from './columns.ts';

interface SerialDisplayParts {
  readonly settings: SerialSettings;
  readonly language: CustomerDisplay['language'];
  readonly log?: DriverLog;
  readonly after?: After;
  /** A display that takes nothing for so long has hung. */
  readonly writeMs?: number;
}

const RETRY_MS = 1_000;
const HUNG = 'it takes nothing: switch it off and on, and check flow in the settings of devices.display';

/**
 * A 2×20 display on a serial port. It is shown the latest lines alone, one write at a time: what a slow, hung or unplugged
 * display has missed is not made up for, and nobody waits for it. It never answers, so nothing tells that it has a picture.
 */
export function openSerialDisplay({ settings, language, ...tools }: SerialDisplayParts): CustomerDisplay {
  const { after = afterMs, log = () => {} } = tools;
  const standing = deviceStanding('devices.display');
  let wanted: DisplayLines = ['', ''];
  /** Undefined when nothing is known of what is on it. */
  let shown: DisplayLines | undefined;
  let drawing = false;
  /** How often the line has come up: what was sent before is another display's. */
  let session = 0;
  let over = false;
  let callOff = (): void => {};

  const line = openSerialLine({
    settings,
    events: {
      bytes: () => {},
      state: (state, why) => {
        callOff();
        shown = undefined;
        standing.followLine(state, why);
        if (state !== 'open') return;
        session += 1;
        void draw();
      },
    },
    ...tools,
  });
  const bytesOf = ([upper, lower]: DisplayLines): Uint8Array => {
    const characters = language === 'zh' ? 'gb18030' : 'ascii';
    return Uint8Array.of(
      ...(shown === undefined ? INITIALISE : []),
      ...writeLine('upper', lineBytes(upper, characters)),
      ...writeLine('lower', lineBytes(lower, characters)),
    );
  };
  const drawOnce = async (): Promise<void> => {
    const [next, before] = [wanted, session];
    const result = await line.write(bytesOf(next));
    if (over || session !== before || line.state !== 'open') return;
    shown = result === 'written' ? next : undefined;
    if (result === 'written') standing.become('ready');
    else hung();
  };
  const hung = (): void => {
    log('display-hung', { display: settings.port });
    standing.become('unresponsive', HUNG);
    callOff = after(RETRY_MS, () => void draw());
  };
  const draw = async (): Promise<void> => {
    if (drawing) return;
    drawing = true;
    do await drawOnce();
    while (!over && line.state === 'open' && standing.state === 'ready' && shown !== wanted);
    drawing = false;
  };

  return {
    name: settings.port,
    language,
    get state() {
      return standing.state;
    },
    get detail() {
      return standing.detail;
    },
    onChange: standing.onChange,
    show: (lines) => {
      wanted = lines;
      if (standing.state === 'ready') void draw();
    },
    close: async () => {
      over = true;
      callOff();
      await line.close();
    },
  };
}

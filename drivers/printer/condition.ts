import { toldState } from '../device-standing.ts';
import type { DriverLog } from '../driver-tools.ts';
import type { ByteLine } from '../line/byte-line.ts';
import type { DeviceState, PrinterTrouble } from '../ports.ts';
import type { PrinterTalk } from './printer-talk.ts';
import { type PrinterStatus, TROUBLE_WORDS } from './status.ts';

/** How a printer is, as far as it tells. */
export interface Condition {
  readonly state: DeviceState;
  readonly detail: string | undefined;
  onChange(listener: () => void): () => void;
  /** The line is another one now; `why` is what the system says. */
  lineIs(state: 'unplugged' | 'refused', why: string | undefined): void;
  /** Asks the printer. Undefined: nothing keeps it from printing; `unknown`: it has never answered anything. */
  trouble(): Promise<PrinterTrouble | 'unknown' | undefined>;
  /** Nothing is told any more. */
  close(): void;
}

const PAPER_LOW = 'its paper is near the end';
const NEVER_ANSWERED = 'it answers no question (switched off, or no way back): what it prints is not confirmed';

export function printerCondition(
  line: Pick<ByteLine, 'name' | 'state'>,
  talk: Pick<PrinterTalk, 'status'>,
  log: DriverLog,
): Condition {
  const told = toldState({ state: 'unplugged' }, ({ state, detail }, before) => {
    if (state !== before) log(`printer-${state}`, { printer: line.name, ...(detail !== undefined && { why: detail }) });
  });
  /** It has answered since this process runs: from then on silence means that something is wrong. */
  let answers = false;
  return Object.assign(told, {
    lineIs: (next: 'unplugged' | 'refused', why: string | undefined) => told.become(next, why ?? TROUBLE_WORDS[next]),
    async trouble() {
      if (line.state !== 'open') return line.state;
      const status = await talk.status();
      if (line.state !== 'open') return line.state;
      answers ||= typeof status === 'object';
      const found = troubleIn(status, answers);
      told.become(stateFor(found), detailFor(found, status));
      return found;
    },
    close: told.mute,
  });
}

type Status = PrinterStatus | 'silent' | 'noise';

function troubleIn(status: Status, answers: boolean): PrinterTrouble | 'unknown' | undefined {
  if (typeof status === 'object') return status.trouble;
  return status === 'silent' && !answers ? 'unknown' : status;
}

function stateFor(found: PrinterTrouble | 'unknown' | undefined): DeviceState {
  if (found === undefined || found === 'unknown') return 'ready';
  return found === 'silent' || found === 'noise' ? 'unresponsive' : 'attention';
}

function detailFor(found: PrinterTrouble | 'unknown' | undefined, status: Status): string | undefined {
  if (found === 'unknown') return NEVER_ANSWERED;
  if (found !== undefined) return TROUBLE_WORDS[found];
  return typeof status === 'object' && status.paperLow ? PAPER_LOW : undefined;
}

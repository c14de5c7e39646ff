import { type After, afterMs, type DriverLog, inTurn } from '../driver-tools.ts';
import type { ByteLine, LineEvents } from '../line/byte-line.ts';
import type { ReceiptPrinter } from '../ports.ts';
import { type Condition, printerCondition } from './condition.ts';
import { printerTalk } from './printer-talk.ts';
import { jobSender, type PrinterLimits } from './send-job.ts';

export interface PrinterParts {
  /** Opens the line that the printer hangs on; nothing comes before it has returned. */
  readonly line: (events: LineEvents) => ByteLine;
  /** Half-width characters in a line: 32 on 58 mm, 48 on 80 mm. */
  readonly columns: number;
  readonly log?: DriverLog;
  readonly after?: After;
  readonly limits?: Partial<PrinterLimits>;
}

const LIMITS: PrinterLimits = { answerMs: 1_000, paperMs: 15_000, watchMs: 500, lookMs: 5_000 };

/**
 * A receipt printer that speaks ESC/POS, over any line. Before a job it is asked how it is, and after it whether it is through;
 * nothing is ever sent a second time.
 */
export function openEscPosPrinter(parts: PrinterParts): ReceiptPrinter {
  const { columns, log = () => {}, after = afterMs } = parts;
  const limits = { ...LIMITS, ...parts.limits };
  const oneAtATime = inTurn();
  let over = false;
  let callOff = (): void => {};

  const line = parts.line({
    bytes: (chunk) => talk.take(chunk),
    state: (now, why) => {
      talk.forget();
      if (now === 'open') lookSoon();
      else condition.lineIs(now, why);
    },
  });
  const talk = printerTalk({ write: (bytes) => line.write(bytes), after, answerMs: limits.answerMs });
  const condition: Condition = printerCondition(line, talk, log);
  const send = jobSender({ line, talk, condition, limits });

  const look = async (): Promise<void> => {
    callOff();
    await condition.trouble();
    if (!over) callOff = after(limits.lookMs, lookSoon);
  };
  const lookSoon = (): void => void oneAtATime(look);

  return {
    name: line.name,
    columns,
    get state() {
      return condition.state;
    },
    get detail() {
      return condition.detail;
    },
    onChange: condition.onChange,
    print: (job) =>
      oneAtATime(async () => {
        if (line.state !== 'open') await line.tryNow?.();
        return send(job);
      }),
    close: async () => {
      over = true;
      callOff();
      condition.close();
      await line.close();
      talk.forget();
    },
  };
}

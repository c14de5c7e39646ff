import type { Logger } from 'pino';
import {
  afterMs,
  inTurn,
  type PrintAnswer,
  printJob,
  type ReceiptPrinter,
  type SlipLine,
  withLimit,
} from '../../drivers/index.ts';
import type { SlipNote } from '../../offline-queue/index.ts';

/** One slip, whatever it is of: what is on it, and where it is noted what became of it. */
export interface Sheet {
  /** Tells it from others. */
  readonly key: string;
  /** What the log calls it. */
  readonly named: object;
  /** As it is now: how many sheets may be out already, and what the next one says. Undefined: it is not there any more. */
  read(): { readonly sheets: number; readonly lines: readonly SlipLine[] } | undefined;
  /** Durable when it returns. */
  note(note: SlipNote): void;
  /** What is known of it is other now. */
  tell(): void;
}

/** What a sheet is doing in the press now. */
export type InPress = 'waiting' | 'printing' | undefined;

/** Puts slips on paper, one after the other, each once, and notes what became of them. */
export interface SlipPress {
  at(key: string): InPress;
  hasRoom(slips: number): boolean;
  /** Never throws. */
  put(sheet: Sheet): void;
  /** Nothing more is begun; what is being printed has a moment to end. */
  stop(): Promise<void>;
}

/** More slips do not wait: whoever comes back to a dead printer does not want those of an hour. */
const MAX_WAITING = 8;
const STOP_MS = 2_000;

export function slipPress(printer: ReceiptPrinter, log: Logger): SlipPress {
  const oneAtATime = inTurn();
  const live = new Map<string, 'waiting' | 'printing'>();
  let over = false;
  let last: Promise<unknown> = Promise.resolve();

  const print = async (sheet: Sheet): Promise<void> => {
    const now = sheet.read();
    if (now === undefined) return;
    const job = printJob(now.lines, printer.columns);
    live.set(sheet.key, 'printing');
    sheet.tell();
    // Noted before the first byte: after a crash the next sheet is marked as a reprint. What cannot be noted is not printed.
    sheet.note({ state: 'printing', sheets: now.sheets + 1 });
    const answer = await printer.print(job);
    sheet.note(noteOf(answer, now.sheets));
    log.info({ ...sheet.named, ...answer }, 'slip');
  };
  const work = async (sheet: Sheet): Promise<void> => {
    if (over) return;
    await print(sheet).finally(() => live.delete(sheet.key));
    if (!over) sheet.tell();
  };

  return {
    at: (key) => live.get(key),
    hasRoom: (slips) => live.size + slips <= MAX_WAITING,
    put(sheet) {
      live.set(sheet.key, 'waiting');
      last = oneAtATime(() => work(sheet)).catch((error: unknown) =>
        log.error({ err: error, ...sheet.named }, 'what became of a slip is not known'),
      );
    },
    async stop() {
      over = true;
      await withLimit(last, STOP_MS, afterMs);
    },
  };
}

function noteOf(answer: PrintAnswer, before: number): SlipNote {
  const sheets = before + (answer.kind === 'not-printed' ? 0 : 1);
  if (answer.kind !== 'printed') return { state: answer.kind, why: answer.why, sheets };
  return { state: 'printed', sheets, ...(!answer.confirmed && { confirmed: false as const }) };
}

import type { ByteLine } from '../line/byte-line.ts';
import type { PrintAnswer, PrinterTrouble } from '../ports.ts';
import type { Condition } from './condition.ts';
import type { PrinterTalk } from './printer-talk.ts';

export interface PrinterLimits {
  /** How long the printer may take to answer. */
  readonly answerMs: number;
  /** How long a slip may take from its last byte to the paper; while it does, the printer is asked every `watchMs` how it is. */
  readonly paperMs: number;
  readonly watchMs: number;
  /** It is looked at so often while it is idle. */
  readonly lookMs: number;
}

/** A job goes out in pieces of so many bytes, so that the limit of the line holds for each of them. */
const PIECE_BYTES = 512;
/** So often in a row a printer at work may leave a question unanswered. */
const MAX_SILENT = 3;

/**
 * Sends jobs, each once: the printer is asked before how it is, and after whether it is through. The calls must not overlap.
 */
export function jobSender(parts: {
  readonly line: Pick<ByteLine, 'state' | 'write'>;
  readonly talk: PrinterTalk;
  readonly condition: Pick<Condition, 'trouble'>;
  readonly limits: PrinterLimits;
}): (job: Uint8Array) => Promise<PrintAnswer> {
  const { line, talk, condition, limits } = parts;
  /** It has answered GS r. */
  let confirms = false;

  /** Does it say when it is through? Also waits for what an earlier job still owes. */
  const wayBack = async (): Promise<'confirming' | 'status-only' | 'busy'> => {
    const through = await talk.isThrough(limits.answerMs);
    if (through === 'late' && confirms) return 'busy';
    confirms = through !== 'late';
    // Answers come in the order of their questions: what has not come by now was lost.
    talk.writeOff();
    return confirms ? 'confirming' : 'status-only';
  };

  /** A full buffer before an empty roll, a device that has hung, or none any more. */
  const whyNotTaken = async (gone: () => boolean): Promise<PrinterTrouble> => {
    const now = await condition.trouble();
    if (gone() || line.state !== 'open') return 'pulled';
    return now === undefined || now === 'unknown' ? 'silent' : now;
  };

  /** Undefined once the device has taken all of it. */
  const send = async (job: Uint8Array, gone: () => boolean): Promise<PrinterTrouble | undefined> => {
    for (let at = 0; at < job.length; at += PIECE_BYTES) {
      // What comes back after it was pulled has forgotten the beginning.
      if (gone()) return 'pulled';
      const taken = await line.write(job.subarray(at, at + PIECE_BYTES));
      if (taken === 'failed') return whyNotTaken(gone);
    }
    return undefined;
  };

  /** Waits until the printer says that it is through. Undefined when it does. */
  const waitForPaper = async (gone: () => boolean): Promise<PrinterTrouble | 'unknown' | undefined> => {
    let through = (await talk.isThrough(limits.watchMs)) === 'through';
    let silent = 0;
    for (let waited = 0; !through && waited < limits.paperMs; waited += limits.watchMs) {
      if (gone()) return 'pulled';
      const now = await condition.trouble();
      silent = now === 'silent' ? silent + 1 : 0;
      if (now !== undefined && (now !== 'silent' || silent === MAX_SILENT)) return now;
      through = await talk.stillThrough(limits.watchMs);
    }
    return through ? undefined : 'unconfirmed';
  };

  return async (job) => {
    const losses = talk.losses();
    const gone = (): boolean => talk.losses() !== losses;
    const before = await condition.trouble();
    if (before !== undefined && before !== 'unknown') return { kind: 'not-printed', why: before };
    const way = before === 'unknown' ? 'none' : await wayBack();
    if (way === 'busy') return { kind: 'not-printed', why: line.state === 'open' ? 'busy' : line.state };
    if (gone()) return { kind: 'not-printed', why: 'unplugged' };
    const unsent = await send(job, gone);
    if (unsent !== undefined) return maybe(unsent);
    if (gone()) return maybe('pulled');
    if (way === 'none') return { kind: 'printed', confirmed: false };
    const behind = (way === 'confirming' ? await waitForPaper(gone) : undefined) ?? (await condition.trouble());
    if (gone()) return maybe('pulled');
    return behind === undefined ? { kind: 'printed', confirmed: way === 'confirming' } : maybe(behind);
  };
}

/** Something is or may be on paper. */
function maybe(why: PrinterTrouble | 'unknown'): PrintAnswer {
  const gone = why === 'unplugged' || why === 'refused';
  return { kind: 'maybe-printed', why: gone ? 'pulled' : why === 'unknown' ? 'unconfirmed' : why };
}

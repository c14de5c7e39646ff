import type { Logger } from 'pino';
import { z } from 'zod';
import { slipText } from '../../drivers/index.ts';
import type { Queue, SlipNote, StoredClose } from '../../offline-queue/index.ts';
import { parseJson } from '../json.ts';
import { type CloseFactSources, closeFacts } from './close-facts.ts';
import { closeSlipOf } from './close-slip.ts';
import type { Sheet, SlipPress } from './slip-press.ts';
import { type AskedToPrint, type CopyView, copyView, type SlipText } from './slip-state.ts';

export interface CloseSlipSources extends CloseFactSources {
  readonly queue: CloseFactSources['queue'] & {
    readonly closes: Pick<Queue['closes'], 'get' | 'last'>;
    readonly identity: Pick<Queue['identity'], 'get' | 'setting' | 'setSetting'>;
  };
  readonly log: Logger;
}

interface Parts extends CloseSlipSources {
  /** Absent: there is no printer. */
  readonly press: SlipPress | undefined;
  readonly columns: number;
  /** There is a close, or what is known of it or its slip is other now. */
  readonly tellClose: (close: StoredClose) => void;
  /** Are slips printed that nobody has asked for? */
  readonly byItself: boolean;
}

/** Slips of closes: one by itself, others by hand. A close never waits for one. */
export interface CloseSlips {
  /**
   * A shift or day was closed. Its slip is printed once: with what the centre says of it when that comes, at once when
   * the centre cannot be asked. Never throws.
   */
  closed(close: StoredClose, centreIsThere: boolean): void;
  /** The centre has answered for this close. Never throws. */
  compared(close: number): void;
  print(close: number): Exclude<AskedToPrint, 'not-ended'>;
  of(close: StoredClose): CopyView | undefined;
  /** As it would be printed now. */
  text(close: StoredClose): SlipText;
}

export function closeSlips({ press, columns, byItself, tellClose, ...parts }: Parts): CloseSlips {
  const { queue, log } = parts;
  const { setting, setSetting } = queue.identity;
  const noteOf = (number: number): SlipNote | undefined => {
    const text = setting(settingOf(number));
    return text === undefined ? undefined : noteIn(text);
  };
  const tell = (number: number): void => {
    const close = queue.closes.get(number);
    if (close !== undefined) tellClose(close);
  };
  const read = (close: StoredClose) => {
    const sheets = noteOf(close.number)?.sheets ?? 0;
    return { sheets, lines: closeSlipOf(closeFacts(close, parts), sheets > 0) };
  };
  const sheetOf = (number: number): Sheet => ({
    key: keyOf(number),
    named: { close: number },
    read: () => {
      const close = queue.closes.get(number);
      return close && read(close);
    },
    note: (note) => setSetting(settingOf(number), JSON.stringify(note)),
    tell: () => tell(number),
  });
  const print = (number: number): Exclude<AskedToPrint, 'not-ended'> => {
    if (queue.closes.get(number) === undefined) return 'not-found';
    if (press === undefined) return 'no-printer';
    if (press.at(keyOf(number)) !== undefined) return 'taken';
    if (!press.hasRoom(1)) return 'too-many';
    press.put(sheetOf(number));
    tell(number);
    return 'taken';
  };
  const printOnce = (number: number): void => {
    if (byItself && noteOf(number) === undefined) print(number);
  };
  const quietly = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      log.error({ err: error }, 'the slip of the close is not printed');
    }
  };

  return {
    closed: ({ number, comparedAt }, centreIsThere) =>
      quietly(() => {
        tell(number);
        if (comparedAt !== undefined || !centreIsThere) printOnce(number);
      }),
    compared: (number) =>
      quietly(() => {
        tell(number);
        if (queue.closes.last()?.number === number) printOnce(number);
      }),
    print,
    of: ({ number }) => copyView(noteOf(number), press?.at(keyOf(number))),
    text(close) {
      const { sheets, lines } = read(close);
      return { reprint: sheets > 0, columns, lines: slipText(lines, columns) };
    },
  };
}

const keyOf = (number: number): string => `close ${number}`;
const settingOf = (number: number): string => `close-slip-${number}`;

const slipNote = z.object({
  state: z.enum(['printing', 'printed', 'maybe-printed', 'not-printed']),
  why: z.string().exactOptional(),
  confirmed: z.literal(false).exactOptional(),
  sheets: z.int().min(0),
});

/** What another hand has made unreadable may have been printed. */
function noteIn(text: string): SlipNote {
  const note = slipNote.safeParse(parseJson(text));
  return note.success ? note.data : { state: 'maybe-printed', sheets: 1 };
}

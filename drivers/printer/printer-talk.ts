import { type After, inTurn } from '../driver-tools.ts';
import type { ByteLine } from '../line/byte-line.ts';
import { realTimeStatus, TRANSMIT_PAPER_STATUS } from './commands.ts';
import { kindOfByte, type PrinterStatus, statusOf } from './status.ts';

/** Questions to a printer and its answers. None of them throws; what a lost line owes is forgotten. */
export interface PrinterTalk {
  /** What came in. */
  take(chunk: Uint8Array): void;
  /** The line is gone: whoever waits is told that nothing came. */
  forget(): void;
  /** How often the line has gone: what was sent before the last time has no answer to wait for. */
  losses(): number;
  /** DLE EOT 1 to 4. `silent`: not all of them were answered. `noise`: far more came than was asked for. */
  status(): Promise<PrinterStatus | 'silent' | 'noise'>;
  /**
   * GS r, which is answered behind everything sent before. `through`: all of these questions have been answered, and so all of the
   * bytes before them used. `late`: not within `ms`; `some`: but another one was, since this was asked.
   */
  isThrough(ms: number): Promise<'through' | 'some' | 'late'>;
  /** Waits on for what the last `isThrough` asked. */
  stillThrough(ms: number): Promise<boolean>;
  /** Answers that have not come will not come any more. */
  writeOff(): void;
}

/** More than a printer says of its own accord between two questions. */
const NOISE_BYTES = 64;
const [XON, XOFF] = [0x11, 0x13];

export function printerTalk(parts: {
  readonly write: ByteLine['write'];
  readonly after: After;
  /** How long an answer to DLE EOT may take. */
  readonly answerMs: number;
}): PrinterTalk {
  const { write, after, answerMs } = parts;
  const oneAtATime = inTurn();
  let realTime: ((byte: number | undefined) => void) | undefined;
  let sensors: (() => void) | undefined;
  /** Answers of either kind that were asked for and have not come. */
  let owedNow = 0;
  let owedInTurn = 0;
  let noise = 0;
  let losses = 0;

  const takeByte = (byte: number): void => {
    const kind = kindOfByte(byte);
    if (kind === 'real-time' && owedNow > 0) {
      owedNow -= 1;
      if (owedNow === 0) realTime?.(byte);
    } else if (kind === 'paper-sensor' && owedInTurn > 0) {
      owedInTurn -= 1;
      if (owedInTurn === 0) sensors?.();
    } else if (byte !== XON && byte !== XOFF) noise += 1;
  };
  const within = waiter(after);

  const ask = async (n: 1 | 2 | 3 | 4): Promise<number | undefined> => {
    const answer = within<number>(answerMs, (resolve) => {
      realTime = resolve;
    });
    owedNow += 1;
    if ((await write(Uint8Array.from(realTimeStatus(n)))) === 'failed') return undefined;
    return answer;
  };
  const askAll = async (): Promise<PrinterStatus | 'silent' | 'noise'> => {
    // An answer that is late would be taken for that of another question.
    if (owedNow > 0) await within(answerMs, () => {});
    owedNow = 0;
    const answers: number[] = [];
    for (const n of [1, 2, 3, 4] as const) {
      const answer = await ask(n);
      if (answer === undefined) break;
      answers.push(answer);
    }
    const noisy = noise > NOISE_BYTES;
    noise = 0;
    if (noisy) return 'noise';
    const [printer, offline, error, paper] = answers;
    if (printer === undefined || offline === undefined || error === undefined || paper === undefined) return 'silent';
    return statusOf([printer, offline, error, paper]);
  };
  const stillThrough = async (ms: number): Promise<boolean> => {
    if (owedInTurn === 0) return true;
    await within<void>(ms, (resolve) => {
      sensors = () => resolve(undefined);
    });
    return owedInTurn === 0;
  };

  return {
    take: (chunk) => {
      for (const byte of chunk) takeByte(byte);
    },
    losses: () => losses,
    forget() {
      losses += 1;
      owedNow = 0;
      owedInTurn = 0;
      realTime?.(undefined);
      sensors?.();
    },
    status: () => oneAtATime(askAll),
    async isThrough(ms) {
      owedInTurn += 1;
      const asked = owedInTurn;
      if ((await write(Uint8Array.from(TRANSMIT_PAPER_STATUS))) === 'failed') return 'late';
      if (await stillThrough(ms)) return 'through';
      return owedInTurn < asked ? 'some' : 'late';
    },
    stillThrough,
    writeOff() {
      owedInTurn = 0;
    },
  };
}

/** Gives what `wait` calls back with, or nothing when that takes longer than `ms`. */
const waiter =
  (after: After) =>
  <T>(ms: number, wait: (resolve: (value: T | undefined) => void) => void): Promise<T | undefined> =>
    new Promise((resolve) => {
      const callOff = after(ms, () => resolve(undefined));
      wait((value) => {
        callOff();
        resolve(value);
      });
    });

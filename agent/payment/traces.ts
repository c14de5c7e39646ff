import { type Exchange, type Recording, redact, redactCommand } from '../../emv/trace/index.ts';
import type { CardSession } from './card-session.ts';

/** One tap that is being recorded. */
interface Tape {
  /** The same session, recorded. */
  over(session: CardSession): CardSession;
  /** The tap is over: what it recorded is redacted, and kept so. Never throws. */
  end(): void;
}

/** What passed between terminal and card in the latest payment: in memory, gone with the process, and given out redacted. */
export interface Traces {
  /** A tap of this payment begins; those of another payment are forgotten. */
  begin(paymentId: string): Tape;
  /** The taps of a payment, oldest first, the running one as far as it is; undefined when it is not the latest payment. */
  of(paymentId: string): readonly Recording[] | undefined;
}

/** A payment that waits for its card again and again keeps the latest ones. */
const MAX_TAPS = 8;
/** Above what the kernel asks at most, and the probes of open intents before it. */
const MAX_EXCHANGES = 500;

const NONE = new Uint8Array();

/** Records exchanges; a PIN in a command is not taken in at all. */
function recorded(session: CardSession, exchanges: Exchange[]): CardSession {
  return {
    async exchange(command) {
      const kept = redactCommand(command);
      const answer = await session.exchange(command);
      const response = answer.kind === 'answered' ? answer.response.slice() : NONE;
      if (exchanges.length < MAX_EXCHANGES) exchanges.push({ command: kept, response });
      return answer;
    },
  };
}

interface Latest {
  readonly paymentId: string;
  /** Redacted. */
  readonly ended: Recording[];
  /** As it came; nobody is given it. */
  running: Exchange[] | undefined;
}

export function traces(): Traces {
  let latest: Latest | undefined;

  return {
    begin(paymentId) {
      const payment: Latest = latest?.paymentId === paymentId ? latest : { paymentId, ended: [], running: undefined };
      const exchanges: Exchange[] = [];
      payment.running = exchanges;
      latest = payment;
      return {
        over: (session) => recorded(session, exchanges),
        end: () => {
          payment.running = undefined;
          try {
            payment.ended.push(redact({ exchanges }));
          } catch {
            // A payment is not disturbed by what is kept about it.
          }
          if (payment.ended.length > MAX_TAPS) payment.ended.shift();
        },
      };
    },
    of: (paymentId) => {
      if (latest?.paymentId !== paymentId) return undefined;
      const { ended, running } = latest;
      // The outcome is told before the reader is given up: who asks then is to see the tap that led to it.
      return running === undefined ? ended : [...ended, redact({ exchanges: running })];
    },
  };
}

import type { After } from '../driver-tools.ts';
import { ACK, EOT, encodeFrame, frameParser, type Message, NAK, type Signal } from './frames.ts';
import { type Heard, type SignalQueue, signalQueue, wipe } from './signal-queue.ts';

/** What came of a message that was sent. `ended`: the pad has broken off (EOT). `silent`: nothing, three times. */
type Sent = 'acknowledged' | 'ended' | 'silent' | 'lost';

/** What was waited for. `ended`: the pad has broken off. `garbled`: it came damaged three times. `lost`: the pad was unplugged. */
type Received =
  | { readonly kind: 'message'; readonly data: Uint8Array }
  | { readonly kind: 'ended' | 'garbled' | 'late' | 'lost' | 'aborted' };

interface Wait {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** The conversation with a pad, as its makes need it: one message at a time, each acknowledged. */
export interface PadWire {
  /** Sends a message, again after NAK or silence, three times in all. */
  send(message: Message): Promise<Sent>;
  /**
   * Waits for the message that begins with these characters, and acknowledges it; others are acknowledged and left. Whoever takes the
   * data wipes it.
   */
  receive(start: string, wait: Wait): Promise<Received>;
  /** Waits a moment for the pad's EOT, which ends what it has begun. */
  awaitEnd(): Promise<void>;
}

/** Time-outs of the conversation. */
export interface WireLimits {
  /** How long the pad may take to acknowledge; its manual tells none, and a pad does it at once. */
  readonly ackMs: number;
  /** How long the pad may take to end what is done. */
  readonly endMs: number;
}

export const WIRE_LIMITS: WireLimits = { ackMs: 1_000, endMs: 1_000 };
/** How often something is sent, or asked for again, in all. */
const ATTEMPTS = 3;

export interface WireParts {
  readonly write: (bytes: Uint8Array) => Promise<'written' | 'failed'>;
  readonly after: After;
  readonly limits: WireLimits;
}

export interface OpenWire {
  /** What came in from the line. */
  bytes(chunk: Uint8Array): void;
  /** The line is gone. */
  lost(): void;
  /** Runs one conversation; there is one at a time. What came before it is forgotten. */
  converse<T>(work: (wire: PadWire) => Promise<T>): Promise<T>;
}

/** Joins a line of bytes to conversations with a pad. What it sends unasked is acknowledged, so that it stops, and left. */
export function openWire({ write, after, limits }: WireParts): OpenWire {
  const parser = frameParser();
  const queue = signalQueue(after);
  const say = (character: number): Promise<unknown> => write(Uint8Array.of(character));
  const wire: PadWire = {
    send: (message) => send(message, { write, say, queue, limits }),
    receive: (start, wait) => receive(start, wait, { say, queue }),
    awaitEnd: async () => {
      await queue.until(limits.endMs, ({ kind }) => (kind === 'eot' || kind === 'lost' ? true : undefined));
    },
  };
  let conversing = false;
  let answering = false;
  const unasked = async (signal: Signal): Promise<void> => {
    wipe(signal);
    // One answer at a time: a pad that floods shall not fill the line as well.
    if (signal.kind !== 'message' || answering) return;
    answering = true;
    await say(ACK);
    answering = false;
  };
  return {
    bytes: (chunk) => {
      for (const signal of parser.push(chunk)) {
        if (conversing) queue.hear(signal);
        else void unasked(signal);
      }
    },
    lost: () => {
      parser.reset();
      queue.lost();
    },
    converse: async (work) => {
      queue.forget();
      conversing = true;
      try {
        return await work(wire);
      } finally {
        conversing = false;
        queue.forget();
      }
    },
  };
}

interface Parts {
  readonly write: WireParts['write'];
  readonly say: (character: number) => Promise<unknown>;
  readonly queue: SignalQueue;
  readonly limits: WireLimits;
}

async function send(message: Message, { write, say, queue, limits }: Parts): Promise<Sent> {
  const frame = encodeFrame(message);
  const acknowledgement = async (heard: Heard): Promise<Sent | 'again' | undefined> => {
    const told = TOLD[heard.kind];
    if (heard.kind !== 'message') return told;
    // One of before, whose acknowledgement the pad has missed.
    wipe(heard);
    await say(ACK);
    return undefined;
  };
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      // What came before the message is no answer to it.
      queue.forget();
      if ((await write(frame)) === 'failed') return 'lost';
      const answer = await queue.until(limits.ackMs, acknowledgement);
      if (answer !== 'again' && answer !== 'late') return answer;
    }
    return 'silent';
  } finally {
    frame.fill(0);
  }
}

/** What an answer to a message means; what is not here means nothing. */
const TOLD: { readonly [kind in Heard['kind']]?: Sent | 'again' } = {
  ack: 'acknowledged',
  nak: 'again',
  eot: 'ended',
  lost: 'lost',
};

async function receive(
  start: string,
  { timeoutMs, signal }: Wait,
  { say, queue }: Pick<Parts, 'say' | 'queue'>,
): Promise<Received> {
  let damaged = 0;
  const decide = async (heard: Heard): Promise<Received | undefined> => {
    switch (heard.kind) {
      case 'message':
        await say(ACK);
        if (startsWith(heard.message.data, start)) return { kind: 'message', data: heard.message.data };
        wipe(heard);
        return undefined;
      case 'damaged':
        damaged += 1;
        await say(damaged < ATTEMPTS ? NAK : EOT);
        return damaged < ATTEMPTS ? undefined : { kind: 'garbled' };
      case 'eot':
        return { kind: 'ended' };
      case 'lost':
      case 'aborted':
        return { kind: heard.kind };
      default:
        return undefined;
    }
  };
  const received = await queue.until(timeoutMs, decide, signal);
  return received === 'late' ? { kind: 'late' } : received;
}

function startsWith(data: Uint8Array, start: string): boolean {
  return data.length >= start.length && [...start].every((character, at) => data[at] === character.charCodeAt(0));
}

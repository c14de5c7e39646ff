/** The part of the browser's EventSource that is used; tests give their own. */
interface EventSourceLike {
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  close(): void;
}

export interface StreamPorts {
  readonly open: (path: string) => EventSourceLike;
  /** Calls back once, later; returns how not to. */
  readonly after: (delayMs: number, work: () => void) => () => void;
}

export interface StreamListener {
  /** The stream is up: whatever happened before has to be asked for. */
  readonly onOpen: () => void;
  readonly onEvent: (name: string, data: unknown) => void;
  readonly onLost: () => void;
}

/** First wait before a new attempt; it doubles up to the longest. */
export const FIRST_WAIT_MS = 500;
export const LONGEST_WAIT_MS = 4_000;

const EVENTS = ['payment', 'reader', 'device', 'code', 'close', 'queue', 'sync', 'reset'] as const;

function parseJson(data: unknown): unknown {
  try {
    return typeof data === 'string' ? JSON.parse(data) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Keeps `/v1/events` open. The browser's own reconnecting gives up for good on some answers, so each break is followed
 * by a new stream of ours, and the listener asks anew for everything. Returns how to stop.
 */
export function keepStream(ports: StreamPorts, listener: StreamListener): () => void {
  let stop = (): void => {};
  const connect = (waitMs: number): void => {
    const source = ports.open('/v1/events');
    let nextWaitMs = waitMs;
    let over = false;
    source.addEventListener('open', () => {
      nextWaitMs = FIRST_WAIT_MS;
      listener.onOpen();
    });
    for (const name of EVENTS) source.addEventListener(name, ({ data }) => listener.onEvent(name, parseJson(data)));
    const end = (): void => {
      over = true;
      source.close();
    };
    source.addEventListener('error', () => {
      if (over) return;
      end();
      listener.onLost();
      stop = ports.after(nextWaitMs, () => connect(Math.min(nextWaitMs * 2, LONGEST_WAIT_MS)));
    });
    stop = end;
  };
  connect(FIRST_WAIT_MS);
  return () => stop();
}

import { type Answerer, type Message, openChannel } from './channel.ts';

/** The side of a sandbox process that faces its supervisor. */
export interface Supervised<Settings> {
  /** As the supervisor handed them over; trusted, since both sides are this program. */
  readonly settings: Settings;
  ready(): void;
  /** Ends the process as one that has failed; the supervisor starts it again. */
  fail(error: unknown): void;
  /** Asks the supervisor. */
  ask(question: unknown): Promise<unknown>;
}

/**
 * To be called once, at the start of the process. `stop` runs when the supervisor asks this process to end, or is gone
 * itself; then the process exits.
 */
export function supervised<Settings>(parts: { stop: () => Promise<void>; answer?: Answerer }): Supervised<Settings> {
  const send = (message: Message): void => {
    if (process.connected) process.send?.(message);
  };
  const answer: Answerer = parts.answer ?? (() => Promise.reject(new Error('nothing can be asked here')));
  const channel = openChannel(send, answer);
  let stopped = false;

  const end = (exitCode: 0 | 1): void => {
    if (stopped) return;
    stopped = true;
    parts.stop().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('message', channel.received);
  process.on('SIGTERM', () => end(0));
  process.on('disconnect', () => end(0));
  // Ctrl-C reaches the whole process group; the supervisor tells each when to go, in the right order.
  process.on('SIGINT', () => {});

  return {
    settings: JSON.parse(process.argv[2] ?? '{}') as Settings,
    ready: () => send({ kind: 'ready' }),
    fail(error) {
      console.error(error);
      end(1);
    },
    ask: channel.ask,
  };
}

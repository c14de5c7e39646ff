import { type After, withLimit } from '../driver-tools.ts';
import type { ControlAnswer, ControlCommand, ReaderControl } from '../ports.ts';
import type { CardHandle } from './card-handle.ts';
import type { PcscChannel } from './pcsc-channel.ts';

export interface ReaderControlParts {
  readonly handle: CardHandle;
  readonly after: After;
  /** Runs a work on the handle when those before it have ended. */
  readonly queue: <T>(work: () => Promise<T>) => Promise<T>;
  /** The one that is open. */
  readonly channel: () => PcscChannel | undefined;
  /** The reader has been given up. */
  readonly isOver: () => boolean;
}

/** The way to a reader behind PC/SC: on the connection to its card where there is one, otherwise on one to the reader alone. */
export function readerControl({ handle, after, queue, channel, isOver }: ReaderControlParts): ReaderControl {
  const alone = async ({ code, data }: ControlCommand, isAwaited: () => boolean): Promise<ControlAnswer> => {
    if (isOver() || !isAwaited()) return { kind: 'torn' };
    if (channel() !== undefined) return { kind: 'busy' };
    const connected = await handle.connect('reader');
    if (connected.kind === 'failed') return { kind: connected.failure === 'in-use' ? 'busy' : 'torn' };
    const sent = await handle.control(code, data);
    await handle.disconnect('leave');
    return sent.kind === 'answered' ? sent : { kind: 'refused' };
  };

  return {
    get inTap() {
      return channel() !== undefined;
    },
    ask: async (command) => (await channel()?.ask(command)) ?? { kind: 'torn' },
    converse: async (command, signal) => (await channel()?.converse(command, signal)) ?? { kind: 'torn' },
    signal: async (command) => {
      let isAwaited = true;
      const answer = await withLimit(
        queue(() => alone(command, () => isAwaited)),
        command.timeoutMs,
        after,
      );
      isAwaited = false;
      return answer === 'late' ? { kind: 'torn' } : answer;
    },
  };
}

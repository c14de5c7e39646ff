import type { CardPinEntry, OnlinePinEntry, PinEntry } from '../../drivers/ports.ts';
import { Secret } from '../../emv/values/index.ts';
import { pinBlock } from './pin-block.ts';

interface NoEntry {
  readonly kind: 'unavailable' | 'cancelled' | 'timed-out';
}

/** What a person does at the pad. */
type PinPadAct = { readonly pin: string } | { readonly key: 'cancel' };

export interface VirtualPinPad extends PinEntry {
  /** False when no PIN is awaited: the act came to nothing. */
  act(act: PinPadAct): boolean;
}

/** A PIN that is awaited, and what becomes of it when it is typed. */
interface Awaited {
  typed(pin: string): void;
  cancel(): void;
}

interface Waiting<E> {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly entered: (pin: string) => E;
}

/**
 * A PIN pad of the sandbox, keyed as a real one is before it leaves the secure room: it gives ISO 9564 format 0 blocks
 * under 3DES for the host (`key`: 16 bytes, known to it as `keyId`), and the PIN itself for a card that checks it.
 */
export function openVirtualPinPad({ key, keyId }: { key: Uint8Array; keyId: string }): VirtualPinPad {
  let awaited: Awaited | undefined;

  const wait = <E>({ timeoutMs, signal, entered }: Waiting<E>): Promise<E | NoEntry> => {
    if (awaited !== undefined || signal.aborted) return Promise.resolve({ kind: 'unavailable' });
    return new Promise((resolve) => {
      const settle = (entry: E | NoEntry): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', cancel);
        awaited = undefined;
        resolve(entry);
      };
      const cancel = (): void => settle({ kind: 'cancelled' });
      const timer = setTimeout(() => settle({ kind: 'timed-out' }), timeoutMs);
      signal.addEventListener('abort', cancel);
      awaited = { typed: (pin) => settle(entered(pin)), cancel };
    });
  };

  return {
    enterOnline: ({ pan, timeoutMs, signal }): Promise<OnlinePinEntry> =>
      wait({
        timeoutMs,
        signal,
        entered: (pin) => ({
          kind: 'entered' as const,
          block: new Secret(pinBlock('iso-0', pin, pan.reveal(), key)),
          format: 'iso-0' as const,
          keyId,
        }),
      }),
    verifyOnCard: ({ timeoutMs, signal }): Promise<CardPinEntry> =>
      wait({
        timeoutMs,
        signal,
        entered: (pin) => ({ kind: 'entered' as const, pin: new Secret(new TextEncoder().encode(pin)) }),
      }),
    act(act) {
      if (awaited === undefined) return false;
      if ('key' in act) awaited.cancel();
      else awaited.typed(act.pin);
      return true;
    },
  };
}

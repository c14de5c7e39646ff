import type { CardPinEntry, Device, OnlinePinEntry, PinEntry } from '../../drivers/index.ts';
import { makePinBlock } from '../../emv/issuer/index.ts';
import { hex, type Secret } from '../../emv/values/index.ts';
import { abortOn } from '../abort-on.ts';

/** By this name the page knows that the PIN is typed on it. */
const ON_SCREEN = 'on-screen';

/** Keys on the cashier page. The PIN is in this process in clear: to try things out, never for customers. */
export interface OnScreenPad extends Device, PinEntry {
  /** What was typed, 4 to 12 ASCII digits, which are wiped; or the key that cancels. False when no PIN is awaited. */
  take(entry: Secret | 'cancel'): boolean;
}

type NoEntry = { readonly kind: 'cancelled' | 'timed-out' | 'unavailable' };

/** `testKey`: the PIN key for the centre, 16 bytes in hex. Without one only a card can check the PIN. */
export function openOnScreenPad(testKey?: { readonly keyId: string; readonly hex: string }): OnScreenPad {
  let taker: ((entry: Secret | 'cancel') => void) | undefined;

  /** Waits for the digits and gives them to `use`, which wipes them or hands them on. */
  const awaited = async <E>(
    { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
    use: (pin: Secret) => E,
  ): Promise<E | NoEntry> => {
    if (signal.aborted) return { kind: 'cancelled' };
    if (taker !== undefined) return { kind: 'unavailable' };
    const own = abortOn([signal], timeoutMs);
    const entry = await new Promise<Secret | 'cancel' | 'over'>((resolve) => {
      taker = resolve;
      own.signal.addEventListener('abort', () => resolve('over'), { once: true });
    });
    taker = undefined;
    own.release();
    if (entry === 'cancel') return { kind: 'cancelled' };
    if (entry === 'over') return { kind: signal.aborted ? 'cancelled' : 'timed-out' };
    return use(entry);
  };

  return {
    name: ON_SCREEN,
    state: 'ready',
    detail: undefined,
    onChange: () => () => {},
    enterOnline: async ({ pan, ...wait }): Promise<OnlinePinEntry> => {
      if (testKey === undefined) return { kind: 'unavailable' };
      return awaited(wait, (pin) => {
        const key = hex(testKey.hex);
        const block = makePinBlock(pin, pan, key);
        key.fill(0);
        pin.wipe();
        return { kind: 'entered', block, format: 'iso-0', keyId: testKey.keyId } as const;
      });
    },
    verifyOnCard: (wait): Promise<CardPinEntry> => awaited(wait, (pin) => ({ kind: 'entered', pin }) as const),
    take: (entry) => {
      if (taker === undefined) {
        if (entry !== 'cancel') entry.wipe();
        return false;
      }
      taker(entry);
      taker = undefined;
      return true;
    },
    close: async () => {},
  };
}

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fen, Pan, Secret, toHex } from '../../emv/values/index.ts';
import { type OnScreenPad, openOnScreenPad } from './on-screen-pad.ts';

const KEY = { keyId: 'trial', hex: '0123456789ABCDEFFEDCBA9876543210' };
const pan = Pan.parse('6299990000001234567');
if (pan === undefined) throw new Error('no PAN');
const digits = (pin: string): Secret => new Secret(new TextEncoder().encode(pin));
const shown = (secret: Secret): string => secret.use((bytes) => new TextDecoder().decode(bytes));

describe('a PIN pad on the screen', () => {
  let pad: OnScreenPad;
  const ask = (signal = new AbortController().signal) => ({ pan, amount: fen(100), timeoutMs: 5_000, signal });

  beforeEach(() => {
    pad = openOnScreenPad(KEY);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('enciphers what was typed, and wipes it', async () => {
    const entry = pad.enterOnline(ask());
    const pin = digits('123456');
    expect(pad.take(pin)).toBe(true);
    const entered = await entry;
    if (entered.kind !== 'entered') throw new Error(entered.kind);
    // Computed with the openssl command.
    expect([entered.block.use(toHex), entered.format, entered.keyId]).toEqual(['9E9E3CAE200AA1BD', 'iso-0', 'trial']);
    expect(shown(pin)).toBe('\0'.repeat(6));
  });

  it('hands the digits over to a card that checks them', async () => {
    const entry = pad.verifyOnCard?.(ask());
    expect(pad.take(digits('1234'))).toBe(true);
    const entered = await entry;
    expect(entered?.kind === 'entered' && 'pin' in entered && shown(entered.pin)).toBe('1234');
  });

  it('takes one PIN for one question, and wipes any other', async () => {
    const early = digits('1234');
    expect([pad.take(early), shown(early)]).toEqual([false, '\0\0\0\0']);
    const entry = pad.enterOnline(ask());
    expect(await pad.enterOnline(ask())).toEqual({ kind: 'unavailable' });
    pad.take('cancel');
    const late = digits('1234');
    expect([pad.take(late), shown(late), pad.take('cancel')]).toEqual([false, '\0\0\0\0', false]);
    expect(await entry).toEqual({ kind: 'cancelled' });
  });

  it('is cancelled by the register, and times out', async () => {
    const cancel = new AbortController();
    const cancelled = pad.enterOnline(ask(cancel.signal));
    cancel.abort();
    expect(await cancelled).toEqual({ kind: 'cancelled' });
    expect(await pad.enterOnline(ask(cancel.signal))).toEqual({ kind: 'cancelled' });
    vi.useFakeTimers();
    const late = pad.enterOnline(ask());
    vi.advanceTimersByTime(5_000);
    expect(await late).toEqual({ kind: 'timed-out' });
    expect(pad.take(digits('1234'))).toBe(false);
  });

  it('has nothing for the centre without a test key', async () => {
    expect(await openOnScreenPad().enterOnline(ask())).toEqual({ kind: 'unavailable' });
  });
});

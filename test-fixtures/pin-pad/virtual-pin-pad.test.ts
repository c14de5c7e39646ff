import { describe, expect, it } from 'vitest';
import { fen, hex, Pan, toHex } from '../../emv/values/index.ts';
import { openVirtualPinPad } from './virtual-pin-pad.ts';

const KEY = hex('0123456789ABCDEFFEDCBA9876543210');

function pan(): Pan {
  const parsed = Pan.parse('6299990000001234567');
  if (parsed === undefined) throw new Error('not a PAN');
  return parsed;
}

const ask = (timeoutMs = 5_000, signal = new AbortController().signal) => ({
  pan: pan(),
  amount: fen(1280),
  timeoutMs,
  signal,
});

describe('virtual PIN pad', () => {
  it('enciphers an ISO 9564 format 0 block', async () => {
    const pad = openVirtualPinPad({ key: KEY, keyId: 'test-pin-1' });
    const entry = pad.enterOnline(ask());
    expect(pad.act({ pin: '123456' })).toBe(true);
    const entered = await entry;
    if (entered.kind !== 'entered') throw new Error(entered.kind);
    // Computed with the openssl command from 06123456FFEDCBA9.
    expect(entered.block.use(toHex)).toBe('9E9E3CAE200AA1BD');
    expect({ format: entered.format, keyId: entered.keyId }).toEqual({ format: 'iso-0', keyId: 'test-pin-1' });
    expect(JSON.stringify(entered)).not.toContain('9E9E');
  });

  it('says that nothing is awaited', () => {
    expect(openVirtualPinPad({ key: KEY, keyId: 'k' }).act({ pin: '123456' })).toBe(false);
  });

  it('is cancelled by its key, by the signal, and by time', async () => {
    const pad = openVirtualPinPad({ key: KEY, keyId: 'k' });
    const byKey = pad.enterOnline(ask());
    pad.act({ key: 'cancel' });
    expect(await byKey).toEqual({ kind: 'cancelled' });

    const controller = new AbortController();
    const bySignal = pad.enterOnline(ask(5_000, controller.signal));
    controller.abort();
    expect(await bySignal).toEqual({ kind: 'cancelled' });

    expect(await pad.enterOnline(ask(1))).toEqual({ kind: 'timed-out' });
    expect(pad.act({ pin: '123456' })).toBe(false);
  });

  it('serves one entry at a time', async () => {
    const pad = openVirtualPinPad({ key: KEY, keyId: 'k' });
    const first = pad.enterOnline(ask());
    expect(await pad.enterOnline(ask())).toEqual({ kind: 'unavailable' });
    pad.act({ key: 'cancel' });
    await first;
  });
});

import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inputEvent, openVirtualKeyboard, type VirtualKeyboard } from '../../test-fixtures/scanner/virtual-keyboard.ts';
import type { CodeScanner } from '../ports.ts';
import { openKeyboardScanner } from './keyboard-scanner.ts';

const WAIT = { timeout: 30_000, interval: 10 };

describe('a scanner that types', () => {
  let keyboard: VirtualKeyboard;
  let scanner: CodeScanner;
  let codes: string[];

  const told = (...expected: readonly string[]) => vi.waitFor(() => expect(codes).toEqual(expected), WAIT);
  const isIn = (state: string) => vi.waitFor(() => expect(scanner.state).toBe(state), WAIT);
  const open = (device: string): void => {
    scanner = openKeyboardScanner({ device });
    scanner.onCode((text) => codes.push(text));
  };

  beforeEach(() => {
    codes = [];
    keyboard = openVirtualKeyboard();
    open(keyboard.device);
  });
  afterEach(async () => {
    await scanner.close();
    keyboard.close();
  });

  it('gives its codes, each once', async () => {
    await isIn('ready');
    keyboard.scan('134567890123456789');
    keyboard.scan('134567890123456789');
    keyboard.scan('hQVDUFYwMQ');
    await told('134567890123456789', 'hQVDUFYwMQ');
  });

  it('drops a code of which keys were lost', async () => {
    await isIn('ready');
    keyboard.send(inputEvent(0, 3, 0));
    keyboard.scan('34567890');
    await isIn('attention');
    keyboard.scan('134567890123456789');
    await told('134567890123456789');
  });

  it('may be pulled, with a key held down and half an event sent, and comes back', async () => {
    await isIn('ready');
    for (let round = 0; round < 3; round++) {
      keyboard.send(inputEvent(1, 42, 1));
      keyboard.send(inputEvent(1, 2, 1).slice(0, 10));
      keyboard.unplug();
      await isIn('unplugged');
      keyboard.plugIn();
      await isIn('ready');
      keyboard.scan('28123456');
      await told(...Array.from({ length: round + 1 }, () => '28123456'));
    }
  });

  it('says what is no input device, and opens the right one when it is there', async () => {
    await scanner.close();
    const folder = mkdtempSync(join(tmpdir(), 'jdpos-no-keyboard-'));
    try {
      const file = join(folder, 'event0');
      closeSync(openSync(file, 'w'));
      for (const wrong of [file, '/dev/zero', folder]) {
        open(wrong);
        await isIn('refused');
        expect(scanner.detail).toContain('no input device');
        await scanner.close();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('gives nothing after it was closed, and leaves no process behind', async () => {
    await isIn('ready');
    await scanner.close();
    keyboard.scan('134567890123456789');
    keyboard.unplug();
    expect([codes, scanner.state]).toEqual([[], 'ready']);
  });
});

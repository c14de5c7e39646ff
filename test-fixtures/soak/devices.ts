import { setTimeout as sleep } from 'node:timers/promises';
import { openVirtualDisplay } from '../display/virtual-display.ts';
import type { Draw } from '../fuzz/draw.ts';
import { VirtualSerialPad } from '../pin-pad/virtual-serial-pad.ts';
import { VirtualPrinter } from '../printer/virtual-printer.ts';
import { openVirtualScanner } from '../scanner/virtual-scanner.ts';
import { openVirtualSerial } from '../serial/virtual-serial.ts';

/** PIN pad, scanner, printer and display of a soak: virtual devices on serial ports, which can be pulled at any moment. */
export interface SoakDevices {
  /** What the terminal is told of them: `devices` of its settings. */
  readonly settings: Readonly<Record<string, object>>;
  /** Types the PIN; false when the pad awaits none. */
  typePin(pin?: string): boolean;
  /** Holds a code before the scanner. */
  scan(code?: string): void;
  /** Pulls one and plugs it in again, or lets it hang for a while. Says what it was. */
  upset(draw: Draw): Promise<string>;
  /** What printer and display were sent that no such device understands. */
  misunderstood(): readonly string[];
  close(): Promise<void>;
}

const PIN = '123456';
const CODE = '134567890123456789';
const AWAY_MS = 60;

const PIN_KEY = { usage: 'P0', algorithm: 'T', mode: 'E', key: Buffer.alloc(16, 9) };

export async function openSoakDevices(): Promise<SoakDevices> {
  const pad = await VirtualSerialPad.open({ format: 'iso-0', keys: new Map([['0', PIN_KEY]]), resendMs: 200 });
  const scanner = await openVirtualScanner();
  const display = await openVirtualDisplay();
  const paper = await openVirtualSerial();
  const printer = new VirtualPrinter({ columns: 32 });
  printer.answer = paper.send;
  paper.receive((chunk) => printer.receive(chunk));

  const things = [
    ['the PIN pad', pad.serial],
    ['the scanner', scanner],
    ['the display', display],
    ['the printer', paper],
  ] as const;
  return {
    settings: {
      pinPad: { kind: 'serial', port: pad.port, keyId: 'test-pin', blockFormat: 'iso-0' },
      scanner: { kind: 'serial', port: scanner.port },
      printer: { kind: 'serial', port: paper.port, copies: 'both' },
      display: { kind: 'serial', port: display.port },
    },
    typePin(pin = PIN) {
      if (!pad.awaitsPin) return false;
      pad.type(pin);
      return true;
    },
    scan: (code = CODE) => scanner.scan(code),
    async upset(draw) {
      const [name, thing] = draw.pick(things);
      const away = draw.below(AWAY_MS);
      if ('stall' in thing && draw.oneIn(3)) {
        thing.stall(true);
        await sleep(away);
        thing.stall(false);
        return `${name} hung`;
      }
      await thing.unplug();
      await sleep(away);
      if (thing === paper) printer.restart();
      await thing.plugIn();
      return `${name} pulled`;
    },
    misunderstood: () => [...printer.faults, ...display.notUnderstood],
    close: async () => {
      await Promise.all([pad.close(), scanner.close(), display.close(), paper.close()]);
    },
  };
}

import { openVirtualSerial, type VirtualSerial } from '../serial/virtual-serial.ts';

/** A scanner on a PTY, set up as a maker would: what it puts before and behind each code. */
export interface VirtualScanner extends Pick<VirtualSerial, 'port' | 'send' | 'plugIn' | 'unplug' | 'close'> {
  /** A customer's code comes before it. */
  scan(code: string): void;
}

export async function openVirtualScanner({ prefix = '', suffix = '\r' } = {}): Promise<VirtualScanner> {
  const serial = await openVirtualSerial();
  const { port, send, plugIn, unplug, close } = serial;
  return {
    ...{ port, send, plugIn, unplug, close },
    scan: (code) => serial.send(new TextEncoder().encode(`${prefix}${code}${suffix}`)),
  };
}

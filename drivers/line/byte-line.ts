/**
 * A two-way line of bytes to a device: a serial port, a device file, a TCP connection. It outlives the device: what was
 * unplugged is looked for until `close`, and the same line comes back.
 */
export interface ByteLine {
  /** Where the device hangs, as the settings name it. */
  readonly name: string;
  readonly state: LineState;
  /**
   * Sends bytes, one call after the other, and waits until the device has taken them. `failed`: it is not there, went
   * meanwhile, or did not take them within the limit; how many it took is not known. Never throws.
   */
  write(bytes: Uint8Array): Promise<'written' | 'failed'>;
  /**
   * Somebody wants the device: one that is not there is tried at once, and believed if it is. Settles when that attempt is over.
   * Absent where nothing is gained by it.
   */
  tryNow?(): Promise<void>;
  /** Nothing is told any more. Never throws. */
  close(): Promise<void>;
}

/** `refused`: it is there, and this process may not open it, or another has it. */
export type LineState = 'open' | 'unplugged' | 'refused';

export interface LineEvents {
  /** What came in, in any pieces; the bytes are the receiver's. */
  bytes(chunk: Uint8Array): void;
  /** The state is another one now. `why` is what the system says of a line that cannot be opened. */
  state(state: LineState, why?: string): void;
}

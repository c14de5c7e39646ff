/** A short command APDU (ISO 7816-4), taken apart. */
export interface Command {
  readonly cla: number;
  readonly ins: number;
  readonly p1: number;
  readonly p2: number;
  /** Empty when there is none. */
  readonly data: Uint8Array;
  /** 1 to 256; undefined when the command has no Le. */
  readonly le?: number;
}

/** Reads a command of any of the four cases; undefined when its length does not add up (extended lengths included). */
export function readCommand(bytes: Uint8Array): Command | undefined {
  const [cla, ins, p1, p2, p3, ...rest] = bytes;
  if (cla === undefined || ins === undefined || p1 === undefined || p2 === undefined) return undefined;
  const header = { cla, ins, p1, p2 };
  const none = new Uint8Array();
  if (p3 === undefined) return { ...header, data: none };
  if (rest.length === 0) return { ...header, data: none, le: p3 || 256 };
  const data = bytes.slice(5, 5 + p3);
  if (p3 === 0 || data.length < p3) return undefined;
  const [le, ...more] = bytes.subarray(5 + p3);
  if (le === undefined) return { ...header, data };
  return more.length === 0 ? { ...header, data, le: le || 256 } : undefined;
}

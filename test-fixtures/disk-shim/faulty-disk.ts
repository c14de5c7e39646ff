/** What can be made to fail; the same numbers are in disk-shim.c. */
export const FAULT_KINDS = { open: 1, write: 2, sync: 4, truncate: 8, name: 16, read: 32 } as const;
export type FaultKind = keyof typeof FAULT_KINDS;

/** What a disk may say; the numbers are Linux's. */
export const DISK_ERRORS = { EIO: 5, ENOSPC: 28, EDQUOT: 122 } as const;
export type DiskError = keyof typeof DISK_ERRORS;

/** The disk of the process that calls this, which runs with the shim. */
export interface FaultyDisk {
  /** From now on the nth call of this kind, from 1, fails once. */
  arm(kind: FaultKind, nth: number, error: DiskError): void;
  /** Nothing fails any more. Gives how many calls of that kind there were: fewer than `nth`, and none has failed. */
  disarm(): number;
}

/**
 * The shim in this process.
 * @param library the path under which it was loaded
 */
export async function faultyDisk(library: string): Promise<FaultyDisk> {
  const { default: koffi } = await import('koffi');
  const shim = koffi.load(library);
  const arm = shim.func('void disk_shim_arm(int kinds, int nth, int error)');
  const disarm = shim.func('int disk_shim_disarm()');
  return {
    arm: (kind, nth, error) => void arm(FAULT_KINDS[kind], nth, DISK_ERRORS[error]),
    disarm: () => Number(disarm()),
  };
}

export { type DiskOperation, parseDiskLog } from './disk-log.ts';
export { buildDiskShim, missingForDiskShim, withDiskShim } from './disk-shim.ts';
export {
  DISK_ERRORS,
  type DiskError,
  FAULT_KINDS,
  type FaultKind,
  type FaultyDisk,
  faultyDisk,
} from './faulty-disk.ts';

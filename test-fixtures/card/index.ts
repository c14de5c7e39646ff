export { replayWith, signerWith } from './dynamic-signature.ts';
export {
  type Behaviour,
  duplicated,
  endlessMoreFrom,
  forgedCryptogram,
  forgedSignature,
  garbageAt,
  lyingAfl,
  lyingCid,
  replaced,
  silentAt,
  statusAt,
  tearAt,
  truncatedAt,
  withFaults,
  withheld,
  wrongCa,
} from './faults.ts';
export type { FieldCard } from './field-card.ts';
export { fileMemory, storedCard } from './file-storage.ts';
export { type ApplicationOrder, chip, type MasterKeys, personalise } from './personalise.ts';
export type { CardProfile } from './profile.ts';
export { type Memory, memoryStorage } from './storage.ts';
export { createVirtualCard, type VirtualCard } from './virtual-card.ts';

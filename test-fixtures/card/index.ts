export { replayWith, signerWith } from './dynamic-signature.ts';
export {
  type Behaviour,
  duplicated,
  endlessMoreFrom,
  type FieldAnswer,
  forgedSignature,
  garbageAt,
  lyingAfl,
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
export { fileStorage } from './file-storage.ts';
export type { CardAlgorithm } from './keys.ts';
export { type ApplicationOrder, chip, type MasterKeys, personalise } from './personalise.ts';
export type { ApplicationProfile, CardProfile } from './profile.ts';
export type { StoredApplication, StoredCard } from './state.ts';
export { type CardStorage, memoryStorage } from './storage.ts';
export { createVirtualCard, type VirtualCard } from './virtual-card.ts';

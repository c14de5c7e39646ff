export { type PurseProfile, type PurseQuirks, personalisePurse } from './profile.ts';
export { storedPurse, storedSam } from './state.ts';
export { createVirtualPsam, type SamProfile, type VirtualPsam } from './virtual-psam.ts';
export { createVirtualPurse, type VirtualPurse } from './virtual-purse.ts';

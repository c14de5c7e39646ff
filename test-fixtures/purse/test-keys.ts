import { hex } from '../../emv/values/index.ts';
import type { PurseMasterKeys } from './profile.ts';
import type { SamProfile } from './virtual-psam.ts';

/** TEST KEYS. The master keys of the test scheme's purses. */
export const TEST_PURSE_KEYS: PurseMasterKeys = {
  purchase: hex('101112131415161718191A1B1C1D1E1F'),
  load: hex('202122232425262728292A2B2C2D2E2F'),
  tac: hex('303132333435363738393A3B3C3D3E3F'),
};

/** The PSAM of the test scheme's terminal, as its issuer hands it out. */
export const TEST_SAM: SamProfile = {
  serial: hex('53414D00000000000001'),
  terminalId: hex('010203040506'),
  masterKey: TEST_PURSE_KEYS.purchase,
  keyVersion: 1,
  sequence: 41,
};

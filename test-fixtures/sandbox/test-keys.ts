import type { HsmKey, HsmKeys } from '../../clearing/index.ts';
import { hex, Secret } from '../../emv/values/index.ts';
import { TEST_PURSE_KEYS } from '../purse/test-keys.ts';
import { TEST_MASTER_KEYS } from '../tray/index.ts';
import { TEST_PIN_KEY } from './settings.ts';

const testKey = (value: Uint8Array): HsmKey => ({ value: new Secret(value), mark: 'TEST' });
const masterKeys = {
  index: TEST_MASTER_KEYS.index,
  ac: testKey(TEST_MASTER_KEYS.ac),
  mac: testKey(TEST_MASTER_KEYS.mac),
};

/** TEST KEYS of the sandbox's centre. They are public: production refuses them by their mark. */
export const TEST_HSM_KEYS: HsmKeys = {
  masterKeys: [
    { algorithm: '3des', ...masterKeys },
    { algorithm: 'sm4', ...masterKeys },
  ],
  purse: { tac: testKey(TEST_PURSE_KEYS.tac) },
  acknowledgement: testKey(hex('1B45C8CD9AAF8E61CC9C31DBD0B4D1DA971FB25DCBF665EABC351C7B6915AFE4')),
  hotlist: testKey(hex('288A80DA475536C35F7FEBE1FCDCD0504D002F14F6B3BE15395A9A77E0E9322D')),
  parameters: testKey(hex('309BED377B81DEBB77FE675D4F8C05A889D03FF9E0FDDC8A0F0BF9DDE054ED00')),
  sealing: testKey(hex('4432B7E70C21656BC2254C1C84CBAD34D571FED07F3191A569BD2A4044F275B7')),
  cardToken: testKey(hex('6635672C73FEE6BA7E899CA1B15195C9556D3981BD0F6BED696490065FFB4BB1')),
  storage: testKey(hex('41932B740F87891A7E55F7E0C33703FDECC0614F1D8B9C36680E1E1CFBAFB469')),
  pin: new Map([
    [TEST_PIN_KEY.keyId, { ...testKey(hex(TEST_PIN_KEY.hex)), format: 'iso-0' }],
    ['test-pin-aes', { ...testKey(hex('F1D3A7506C9E48B22D4F8A6130E5C79B')), format: 'iso-4' }],
    ['test-pin-sm4', { ...testKey(hex('3C6A91E0B75D284F8E1720D9C64BF5A3')), format: 'sm4-0' }],
  ]),
  pinTransport: new Map([
    ['test-pad-des', { ...testKey(hex('8A1F3E57C2D0649BA7E85B31F06C9D24')), cipher: '3des' }],
    ['test-pad-aes', { ...testKey(hex('D47B20E96F3A815C1E84C7A0529DB36F')), cipher: 'aes' }],
  ]),
};

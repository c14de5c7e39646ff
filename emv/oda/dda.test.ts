import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rsaPublicKey, sm2VerifyingKey } from '../crypto/index.ts';
import { hex, toHex } from '../values/index.ts';
import type { ChainKey } from './certificate.ts';
import { verifyDda } from './dda.ts';

// Test keys, made for these tests by another program, as all that is signed here; never for production.
function rsaKey(modulus: string, exponent: string): ChainKey {
  const key = rsaPublicKey(hex(modulus), hex(exponent));
  if (key === undefined) throw new RangeError('no key');
  return { algorithm: 'rsa', key };
}

function sm2Key(point: string): ChainKey {
  const key = sm2VerifyingKey(hex(point));
  if (key === undefined) throw new RangeError('no key');
  return { algorithm: 'sm2', key };
}

const INPUT = {
  iccKey: rsaKey(
    'D6242DDA6C33ACD01E8F7256D65EC62AFA6353EDA4388061B4587122DC1517C0804D44B8D655F8F879C64171CC0DA0637AE26C11281E4064E9B5FDFE4FADC91DA4332CFF1038E7F7EC83509DD42CF9D468FE3305980AD1740185A2A12B1661D1B76987898E8079C3004DA9F3C94C168314BC61CB524F0391082E0173743344CF',
    '03',
  ),
  signature: hex(
    '8A03CC5940C8DAD2284632319B25E3E0EF75B7EFCF6438DAB4319ADE9E9DBAFEBFB214F3B59D90497EEE4416E721818CC7A1C4DC2C514D428105737907B06D3DBD369E3A0C5F0DAC961123F9C8E4446A9D1C89BF2BCB9FBED640F126AEDAEEAAA05F44A1A69018EA8A52444A3380EDA6FA55DA348EF0F9F693F7EA339A629EFF',
  ) as Uint8Array | undefined,
  ddolValues: hex('11223344'),
};
const SM2 = {
  ...INPUT,
  iccKey: sm2Key(
    'D923BDB377F0BCF0D26BDC5CD89823F3A38DF634A4D42A5BECB5352266DF10A7861C8B68072F2E35CA9346B5A0719DD30B0A2140B427043F78A43DB54DF45A07',
  ),
  signature: hex(
    '1509080102030405060708A22873EB5527A112B6BBE6AD27878B0473DA7B61C9A5B821694E2CCB717271DC473C7C529DC698B639FFABEE8D922F361A2161D5767E31A0150F9F0FE974606F',
  ) as Uint8Array | undefined,
};

/** The ICC dynamic number, or why there is none. */
function outcome(change: Partial<typeof INPUT> = {}, input = INPUT): string {
  const result = verifyDda({ ...input, ...change });
  return result.kind === 'failed' ? `${result.object} ${result.check}` : toHex(result.iccDynamicNumber);
}

describe('verifyDda', () => {
  it('gives the ICC dynamic number, RSA and SM2', () => {
    expect(outcome()).toBe('0102030405060708');
    expect(outcome({}, SM2)).toBe('0102030405060708');
  });

  it.each([
    [
      'of two bytes',
      'AAD7AFEE4C1958C04E63B6E3290C10A25C32144FAB3E343FCB5A7AFACDAC4106F90910180769AB3F2EA77F9166398FE58A232D9E9124205D80FDF9F2ADD87E5323F19D43BDD4AA3D4F4DF280435A9B058FC40C420B57817F4CFD3A03384B4C9496EF32A89E1C70183D2D3395F931ED546B7457C9458BE3F684C03F5891294BAB',
      'AABB',
    ],
    [
      'with more behind it',
      '07E5627727B8FA2D0B506221A092DC2CF71F07DBE33FED063CA2E0BEAA613DB822CE1E40B6E96782BEA77BEEC25227C601C5AF5D8765AA10327040A48338F924227DD65B0EECDC16BB377C03247959343DF631563122D4FF118161C2FB90D3DBCF65D5439704A262FA9FA73B32AC333BE4B37A83A28BBB64568B74170BCFC245',
      '0102030405060708',
    ],
  ])('takes a number %s', (_, signature, expected) => {
    expect(outcome({ signature: hex(signature) })).toBe(expected);
  });

  it('covers all values of the DDOL', () => {
    const signature = hex(
      '3D0F9DBF70C603B7BE50A7B5429F39CDCD65BE7D76B5B71059494C9554EF1EBFD9E8693001242D7C2978E17AEFFAD3A1DC9737430E8FFBC70C0A05BC8B06D1BDFF44755EAF2C293EF8E1B0D286B103E85FE61B0BFB8B4A7F0A6B0B1DC6840205BABAF2739B905E8CF5E13DE66A3F1FDC5ED453069088016747CEB135163F99CD',
    );
    expect(outcome({ signature, ddolValues: hex('11223344 000000001250') })).toBe('0102030405060708');
    expect(outcome({ signature, ddolValues: hex('11223344 000000001251') })).toBe('dynamic-signature hash');
    expect(outcome({ signature })).toBe('dynamic-signature hash');
  });

  it.each([
    [
      'of one byte',
      'D1D1264732D592435BFC07575082EAF2C50F94D6D3E1665973D8EC8DEA75DA83C5A2206139C36866898B59D58B3F5C53328E4F594DF185A9022C6817675AEA861EA8795D9DFED5B1F2427CC1C1CC52AE8AC5393D02DF4E5349B1F5DA67DF32F19C747C14B0D0735B375B80BE2BEBFED74CBEAA274AA4A63762D06753664E7727',
    ],
    [
      'of nine bytes',
      '7FD5824F9846298968FDA80E42941BE4D30F91842E43125C17FBBDD082718EC1BEDAE461C20222299A85A3B653CB6A6063F0DA7C6076BACEAF5652D694F66A361DB930EF80C91535EBAB41FC9D55273E2D9C18360A4984A8D6B6C9E0CF883488B0D54DE94F350CE9CD0030D5593F5B40D13D1A66BA74A0DBD13CC072D4F2B98A',
    ],
    [
      'that is cut off',
      '213476C79390E91C94869F243000F7E743E747EBD1DFFE77DCE89598C25AE78C321D76A192B1F1AAD67C950DC9B062D9934FB7B35E1B4B9F74939D961622CB7BA6A2991CEBAB257DCEB7D9AD485511E686FA3AC66C05334D500708930EBC5D84FD90081E3FF493655D6AAF6FC47EB5D6BBB3035248592601F061C487F3695894',
    ],
    [
      'without a byte',
      '69D6AD6218F00D557D6745E6E9800CFC15A2E75B900A290410859111DD8D53B9A214DEECE579BEFCABB1A32B06F2850810A9EAC58F4133823AEE7CE4A8006F6F9DEFC560CB82B05AFCA81530E8BF91068362A44560D42175D277F14CA854EC4CB6AC16CF89A51F75D3111A35780124D156DF34A37E2AED111773C6DC1DFCE289',
    ],
  ])('refuses a signed number %s', (_, signature) => {
    expect(outcome({ signature: hex(signature) })).toBe('dynamic-signature dynamic-data');
  });

  it.each([
    [
      'of one byte',
      '150201AA144B980F567E312536660CC3645007983022ECD046A6BA54D4A3C498E87CBBCCCCCF1F917F31380747AEB0FE22070F36222C00530578730CC7C2D39C003E4040',
    ],
    [
      'without a byte',
      '1500FCA4A59D257E439153E97BFBF784BAF7F423CC36FFE8410252533E6F3398FA746E1FDA5DD13A3E68449F6ED16B7DAD27E00D727646291A767EBB9A3197E3513D',
    ],
  ])('SM2: refuses a signed number %s', (_, signature) => {
    expect(outcome({ signature: hex(signature) }, SM2)).toBe('dynamic-signature dynamic-data');
  });

  it("refuses format 95, which is fDDA's alone", () => {
    const signature = hex(
      '73EEC61056A1B06990B24E9FEA3DA589B8030F10059A3B8323D14085C9BDB3DCD8AF6AEC126BA0F5D6BA4988CA0BCE84611C96D164E0072EC69935B50916FC101197069D558EA522D7F6F0BF7BFB2EFC2E39FF979EACC0BB441FD50F329D702418889AFE8C6F9D046302E7CCDC5BEE56FD5BA6D767513217237B2AA3B85F05C5',
    );
    expect(outcome({ signature })).toBe('dynamic-signature form');
  });

  it.each([
    ['no signature', { signature: undefined }, 'missing'],
    ['no bytes', { signature: new Uint8Array() }, 'length'],
    ['another unpredictable number', { ddolValues: hex('11223345') }, 'hash'],
    ['an SM2 signature', { signature: SM2.signature }, 'length'],
  ] as const)('%s → %s', (_, change, check) => {
    expect(outcome(change)).toBe(`dynamic-signature ${check}`);
  });

  it.each([
    ['another unpredictable number', { ddolValues: hex('11223345') }, 'signature'],
    ['an RSA signature', { signature: INPUT.signature }, 'length'],
  ] as const)('SM2: %s → %s', (_, change, check) => {
    expect(outcome(change, SM2)).toBe(`dynamic-signature ${check}`);
  });

  it('never throws, and verifies nothing that the card did not sign', () => {
    const signatures = fc.oneof(fc.uint8Array({ minLength: 128, maxLength: 128 }), fc.uint8Array({ maxLength: 250 }));
    fc.assert(
      fc.property(fc.constantFrom(INPUT, SM2), signatures, fc.uint8Array(), (input, signature, ddolValues) => {
        expect(verifyDda({ ...input, signature, ddolValues }).kind).toBe('failed');
      }),
    );
  });
});

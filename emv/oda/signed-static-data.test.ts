import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { verifySignedStaticData } from './signed-static-data.ts';
import { rsaKey, sm2Key } from './testing/keys.ts';

// Test keys, made for these tests by another program, as all that is signed here; never for production.
const INPUT = {
  issuerKey: rsaKey(
    'B2B58950204BB72A3AADEE1D914C47920DAE07697D331D5632425656E11F97E667F9040F8EF1819B0D9E924D7D8336B7E0341D834BB61816FBAF2DFC2740671F32BFBC9AB15A433B2EDEBA21A43F5C5FD13D58CB21880470F4DEBE6D1B598155D4BD89C71FA04BF3E0E4EA7F1FD2307D077C10DD80DF8692963621347892C96E311835B5B69C895E53567DED9A7CC17F',
    '010001',
  ),
  signature: hex(
    '47BFF96595B72B29780F9373BC07967DBB355B3D779F1CCC6901DB5742FA5CC5FABAF39E9913C21BCFAB208E6B5A2F77FACA5B5870640E964830C7C7435F4264E2C85F8A34BFF1F799DC6CBD90E2F37C5F0CC67959943AC0CA89C11C60BFD174C2B25801C19DA93C2919B51BEE15D1C6C31B6897BCAEEC50E051D228E3064C788D263968C1B2E2049CD34630ADC9813E',
  ) as Uint8Array | undefined,
  // Records of PAN, expiry and sequence number, then the AIP.
  staticData: hex('5A0A6299990000001234567F5F24033012315F340101 7C00'),
};

/** The SM2 test chain of JR/T 0025.17's layouts: 93 under its issuer's key. */
const SM2 = {
  ...INPUT,
  issuerKey: sm2Key(
    'FD0417825121455E992FA60F78EBEA151CC7C9D8C3568EC1DA3F92987A83D7F58AD4DA1A0754901E03A6C18FB610CF2954EE448D76D396E49B3FEDC1F661EBE3',
  ),
  signature: hex(
    '13DAC055F2E73FE56914122E6D2E1C46172CFC47DF8AE0FD200BF119C251E4D295C1CB3ED32BAE8BAB22C338D1C5B3FF64A83FA4D1423ACFEC7BB6DFF0EE2BBB0188CF',
  ) as Uint8Array | undefined,
};

/** The data authentication code, or why there is none. */
function outcome(change: Partial<typeof INPUT> = {}, input = INPUT): string {
  const result = verifySignedStaticData({ ...input, ...change });
  return result.kind === 'failed' ? `${result.object} ${result.check}` : toHex(result.dataAuthenticationCode);
}

describe('verifySignedStaticData', () => {
  it("takes 93 under the issuer's RSA key", () => {
    expect(outcome()).toBe('DAC0');
  });

  it("takes 93 under the issuer's SM2 key", () => {
    expect(outcome({}, SM2)).toBe('DAC0');
    const signature = hex(
      '13DAC14B485956473B0F107B797FEC587A4C077AAE147771D694885F7C7ECADED3208750817345EAC4528DA91289D85313D2CA29BE33DDDF701E4364643C77D5EACA18',
    );
    expect(outcome({ signature }, SM2)).toBe('DAC1');
  });

  it.each([
    [
      'trailer',
      'form',
      '2790CDBC1373F2108119B0461A72E5E9096789C691298ED8E60BDA3595A10A8F37CC258B8CB9F5C32285D6C20E57B10E9B8A82BD57F1348F3C17105FBD685150D5E31A9AFD457F345FEFF643E4D836BB1B643455C16579B01E36A16B1665F4D393068922F2CF34DBAA6F55E910DACB211A89BC29DF68A2C22394D507001A49D49C8E6ACC6D7FD7C6502A364E4AAE8C25',
    ],
    [
      'header',
      'form',
      '438A8CDF3E7AD011A042CD0C5285A3CAE0D053266DD938110587ED3832E77213691E1AE5AB459D5B7C989521E384941A86DF7DA7FA984B6BEF721AB7559C5E358AFC1EB616AD6AE17C5F00DF5BE5C8BF71E5B79A9C6253256D178993E62455D603E44778B82F9E4E09C2D92BB9C43877220993D95FB0C0A640BB4BED8AB4250D9BF519B4AFF7E18B4EB085034F84A5DC',
    ],
    [
      'format',
      'form',
      '1AE0F90CC3F0CDF9AB21DC16EA6AEF90A2F92DEED7D8131EB33EB31A46F09FBC5FFBAC646E674117E4997928A2408C943637463521B234111168EACFA89EB9A09283D94EBCC147BC398A0426E0CFDD6E7CBE93DD01DD0FB1886C001D186A9DFCEF2D4021DD10591CA9B12D74A04658BCB0D981C51D4AD24D8712C8E90789EE46AAE524DE11F038B656BD33EBCF0F2074',
    ],
    [
      'hash',
      'hash',
      '72C20C404BB61EB19B34EC34858EC382B487C0A13BBD44AAD585584CB616C00904815A04B1F85790DDDD34F9B704C4730795576856934C9A89D7F965E7AE773001CFCDD691988B9A7EF0397BC4E687D5932A91D8D40480917D38ABDCADADD67C43F9081355CCC14D41875EF4989C157EB62588009756B2223522FAEED97BF9105E54CA5C5C54DC7DB14EE1D45C0B5D8A',
    ],
    [
      'hash algorithm',
      'algorithm',
      '28FC8672FC7B7F0DD88227A294B472C3566496FA4950724C1349E9E1DE8261CD91D5DAF4321538B6B23B76E380179F4B0B26F44BC64D020B0BC71FE7286666DB9B5FB63AF37A66C3AC381BE5855085B08CAD8F0CF0142DEB6E969F31D05D81C76031BED0CD0AB64642286361D9262956110CEE47EDEC41453238A668B5E044FBADA1A2CA337F970814BBC43CF1EDCB2A',
    ],
  ])('wrong in one place: %s → %s', (_, check, signature) => {
    expect(outcome({ signature: hex(signature) })).toBe(`static-signature ${check}`);
  });

  it.each([
    ['no signature', { signature: undefined }, 'missing'],
    ['no bytes', { signature: new Uint8Array() }, 'length'],
    ['an SM2 signature under an RSA key', { signature: SM2.signature }, 'length'],
    ['another record', { staticData: hex('5A0A6299990000001234568F5F24033012315F340101 7C00') }, 'hash'],
    ['no AIP', { staticData: hex('5A0A6299990000001234567F5F24033012315F340101') }, 'hash'],
    ['another AIP', { staticData: hex('5A0A6299990000001234567F5F24033012315F340101 7D00') }, 'hash'],
  ] as const)('%s → %s', (_, change, check) => {
    expect(outcome(change)).toBe(`static-signature ${check}`);
  });

  it.each([
    ['no signature', { signature: undefined }, 'missing'],
    ['a byte too few', { signature: SM2.signature?.subarray(0, 66) }, 'length'],
    ['an RSA signature', { signature: INPUT.signature }, 'length'],
    [
      'the format of an issuer certificate',
      {
        signature: hex(
          '12DAC0BC410454ED42EB058C9786B20FBDE1554CF03B6723F1A22EDE928E3F7A645B9E3754A164C860878574E3F8CD5C3BD418CF2CB46F0DCC9F9A9C9D6F51DFFA114D',
        ),
      },
      'form',
    ],
    ['another code', { signature: hex(`13DAC1${toHex(SM2.signature ?? hex('')).slice(6)}`) }, 'signature'],
    ['another AIP', { staticData: hex('5A0A6299990000001234567F5F24033012315F340101 7D00') }, 'signature'],
  ] as const)('SM2: %s → %s', (_, change, check) => {
    expect(outcome(change, SM2)).toBe(`static-signature ${check}`);
  });

  it('never throws, and verifies nothing that the issuer did not sign', () => {
    const signatures = fc.oneof(
      fc.uint8Array({ minLength: 144, maxLength: 144 }),
      fc.uint8Array({ minLength: 67, maxLength: 67 }),
      fc.uint8Array({ maxLength: 250 }),
    );
    fc.assert(
      fc.property(fc.constantFrom(INPUT, SM2), signatures, fc.uint8Array(), (input, signature, staticData) => {
        expect(verifySignedStaticData({ ...input, signature, staticData }).kind).toBe('failed');
      }),
    );
  });
});

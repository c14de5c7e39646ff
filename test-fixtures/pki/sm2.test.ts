import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../../emv/values/index.ts';
import { testSm2Ca } from './ca-keys.ts';
import { certifyCardSm2, certifyIssuerSm2 } from './sm2-certificates.ts';
import { testSm2Key } from './sm2-key.ts';

// Made by a second program (Python integers, its own SM3) from the same keys.
const ISSUER_KEY =
  'FD0417825121455E992FA60F78EBEA151CC7C9D8C3568EC1DA3F92987A83D7F58AD4DA1A0754901E03A6C18FB610CF2954EE448D76D396E49B3FEDC1F661EBE3';
const CARD_KEY =
  'D923BDB377F0BCF0D26BDC5CD89823F3A38DF634A4D42A5BECB5352266DF10A7861C8B68072F2E35CA9346B5A0719DD30B0A2140B427043F78A43DB54DF45A07';
const ISSUER_CERTIFICATE =
  '12629999FF124900000104001140FD0417825121455E992FA60F78EBEA151CC7C9D8C3568EC1DA3F92987A83D7F58AD4DA1A0754901E03A6C18FB610CF2954EE448D76D396E49B3FEDC1F661EBE33BC0575B910D7F5463ACE452C4D886AB201DDC47F784DF075AFDF1C6F63508E6120BE12878FB1D0335504A0A84F2EDA126695B66322FC8B3166381F77D03E33A';
const CARD_CERTIFICATE =
  '146299990000001234567F124900000204001140D923BDB377F0BCF0D26BDC5CD89823F3A38DF634A4D42A5BECB5352266DF10A7861C8B68072F2E35CA9346B5A0719DD30B0A2140B427043F78A43DB54DF45A0748F9347A127D090ECB4025A49B8AB634EEDB3BA0780DEFC0B805D371FCD59827DBC96F1BAA8825FF7E65545257853EFE5436B2F041D1AEA39BFF5A3366DE3391';

describe('SM2 test keys', () => {
  it.each([
    [
      'ca-f3',
      'DDD5D3F52313C2859C6DCEE3A1778482CC74EB5C0B6AA933B68137993AEA1E95B0CB9D07FE996ECA8B47E1D47CD87BE013A525B54F7185942A0E5FF80325D261',
    ],
    ['issuer-sm2', ISSUER_KEY],
    ['icc-sm2', CARD_KEY],
  ] as const)('%s', (name, point) => {
    expect(toHex(testSm2Key(name).point)).toBe(point);
  });

  it('sign the same message the same way, and another one otherwise', () => {
    const key = testSm2Key('icc-sm2');
    const first = toHex(key.sign(hex('01')));
    expect(toHex(key.sign(hex('01')))).toBe(first);
    expect(toHex(key.sign(hex('02')))).not.toBe(first);
  });
});

describe('SM2 certificates', () => {
  it('of an issuer', () => {
    const made = certifyIssuerSm2({
      ca: testSm2Ca().key,
      issuer: testSm2Key('issuer-sm2'),
      issuerId: '629999',
      expiry: '1249',
      serial: hex('000001'),
    });
    expect(toHex(made)).toBe(ISSUER_CERTIFICATE);
  });

  it('of a card', () => {
    const made = certifyCardSm2({
      issuer: testSm2Key('issuer-sm2'),
      card: testSm2Key('icc-sm2'),
      pan: '6299990000001234567',
      expiry: '1249',
      serial: hex('000002'),
      covered: hex('5A0A6299990000001234567F5F2403491231 7C00'),
    });
    expect(toHex(made)).toBe(CARD_CERTIFICATE);
  });
});

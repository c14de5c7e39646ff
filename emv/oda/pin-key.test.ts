import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rsaPublicKey, sm2VerifyingKey } from '../crypto/index.ts';
import { type CivilDate, hex, Pan, toHex } from '../values/index.ts';
import type { ChainKey } from './certificate.ts';
import { recoverPinKey } from './pin-key.ts';

// Test keys, made for these tests by another program; never for production.

function rsaKey(modulus: string, exponent: string): ChainKey {
  const key = rsaPublicKey(hex(modulus), hex(exponent));
  if (key === undefined) throw new RangeError('no key');
  return { algorithm: 'rsa', key };
}

function pan(digits: string): Pan {
  const parsed = Pan.parse(digits);
  if (parsed === undefined) throw new RangeError('no PAN');
  return parsed;
}

const ISSUER_1152 = rsaKey(
  'B50F1BEA167C659B893ED0A561D7D7C15121BC5634F89653AD0E56D7CA49F817A7C2BD8583C386550EBB465D9AFE3BF851208A828C0F4BD6A542ABAAE1B3092BE5676420217C7F9D827768C62F624A17367515F77380D1C04FF60380DA2E779AE7FC0CBE553E1384B855053D947FD9A49B6EBE663CAC977E2C2DE9A0B4EA96D5F5CF536D864EF86E9F1E617B616E3A3B',
  '03',
);
const ISSUER_1408 = rsaKey(
  'C53D056473BFE93C797082FD2A831E50224201BC2D031622C34F355624C207CD893EA54B8F297A43724AE8F235FD559562C1F3542570BE67192F9716C5C7B7AF26D5AFEFA1B8C5AC91CD7AA3AE4DE0885E5E59079FE6E1AD4E490D350A54DA11B972141F5570999E9813FBB59EB91B8E4DF56D0720D9596188386E17DBFE258214D977C45484E0BB1D5D7FD638F65616DFA1026829F48ECBDCF23F98673E0785C43A1E8E3B0947A452C4DDDE9F23F091',
  '010001',
);

const PIN_KEY =
  'EE3644B3F23133A2E76332F68C5B6F7B0D5615A630D4720AAB8EF1AD000016C3EE85F45D904778D651327C36D3D8652C85E2EDB0638A1DBE2DA97CDBF38011AFFC2CC76ECE08D08632CD8E5F8E1C407C7726750EB3E3ADC5B35B1A54AED37615C13D67ACD4F84290336687A999F18CB923B7B9216654DA72091776D2ED453113';
const CERTIFICATE =
  '8079F5B462CE62A8690739891C614CE80FCFC3B1300BC643654C09162DC8A42AFCB9B9D269805E811AF2F7A5825898623DAA4EDD41841309BBB1C6B44785A33E9169AF4DE1791B3FF5CCA8178A0AA30D2AF5859CFA347C84F9DED8CA62BCCCD0C7A6807A04E83535FA9961C4580F33B8DC076E4574C114628351592E352704E0E0F263B51F4F39FDB179E390B2A216EE';
const REMAINDER = '4290336687A999F18CB923B7B9216654DA72091776D2ED453113';

const INPUT = {
  issuerKey: ISSUER_1152,
  certificate: hex(CERTIFICATE) as Uint8Array | undefined,
  remainder: hex(REMAINDER) as Uint8Array | undefined,
  exponent: hex('03') as Uint8Array | undefined,
  pan: pan('6299990000001234567'),
  date: { year: 2025, month: 6, day: 1 } satisfies CivilDate as CivilDate,
};

/** The modulus of the recovered key, or what failed. */
function outcome(changes: Partial<typeof INPUT> = {}): string {
  const recovered = recoverPinKey({ ...INPUT, ...changes });
  if (recovered.kind === 'failed') return `${recovered.object} ${recovered.check}`;
  if (recovered.key.algorithm !== 'rsa') return 'not RSA';
  const { n } = recovered.key.key.key.export({ format: 'jwk' });
  return toHex(Uint8Array.from(Buffer.from(n ?? '', 'base64url')));
}

describe('recoverPinKey', () => {
  it('recovers a key whose last bytes are the remainder', () => {
    expect(outcome()).toBe(PIN_KEY);
  });

  it('recovers a key that fits the certificate, with exponent 010001', () => {
    const changes = {
      issuerKey: ISSUER_1408,
      certificate: hex(
        'BA8692364E73E89FC15CE0FD46BBB38A47D06FC0CE91DD28BF06A6F2EDF44DE01588E004C11F2F288180A89A6C3308C26ACB8B587C99864645003014F26B57CF19DDBABD19FD42EA5924FDA05BDD25CE81138A0EEFB5EF9CCA909A66B6FEC52BD8A732E364B9C83F246E59B7CC5AEDB8231ACA53E76A3FCB627E796465A606B55E4B1D34B5F924CCB492EDCC66FE61E0A103AEDD32E54C1635AD32AA8FDE3693684C05457238600D64FAB5D0C8FF48F5',
      ),
      remainder: undefined,
      exponent: hex('010001'),
    };
    expect(outcome(changes)).toBe(
      'B150C4F160DFF5657814E249512C8392CE764FB489DF9C3E3F8739C5A28B6AA60FAD49444F09E79ACD1EC27D5C9088B631C8CCB11645047D7EABB584E89C094566D0D1EEE81F07A7549768FB1740B0F38DF71B61F7F4D27A19AF56C3E1890E2501C99D128252234D95E95C0D5BC893685784E965DC8376919B7F7F9A9AF37B9B',
    );
  });

  it.each<[string, Partial<typeof INPUT>, string]>([
    ['no certificate', { certificate: undefined }, 'missing'],
    ['no exponent', { exponent: undefined }, 'missing'],
    ['no remainder', { remainder: undefined }, 'missing'],
    ['a remainder that is another', { remainder: hex(REMAINDER.replace(/^../, '00')) }, 'hash'],
    ['another exponent', { exponent: hex('010001') }, 'hash'],
    ['another issuer', { issuerKey: ISSUER_1408 }, 'length'],
    ['a byte too few', { certificate: hex(CERTIFICATE.slice(2)) }, 'length'],
    ['another card', { pan: pan('6299990000001234575') }, 'pan'],
    [
      "the issuer's certificate format",
      {
        certificate: hex(
          '1B27FE22B2502CFC8777BCFF910941CF6DC59A37FB64D98C222F495600ADCEB0287D51CD91342029FD9610F686D17923186A0599E23AC1FD9B46BFE66CAF9A55D0D88EDF93F5545832A7D69E9EC9F1434B488E49934C5E09253B3CFDD75740117D099309D0791D4CA7864F1D41C1DE2EE3E1689ED70EF03C4B74AB5444FE82B28C9368D9CCFB63B65EE7BDE10A86D5BA',
        ),
      },
      'form',
    ],
    [
      'certified for another card',
      {
        certificate: hex(
          '2ACF366141BA985B6830F334BAECCEA6D30F3403CC5BDF3FD02FB589D15D62825DE4D36583902E49A3564288807E9E8A6E674E74CD0C0FE5B3988E507BEC640C2B1F5A39A70864F80CCBACE141A2A5E5D0FC0C8C8192C54907EF8390241204F48A17D79C532577CBAE09627AA74B1F3E9057E8A3E13A5540BB4C879A1874187E46136B699BB5A8E09CF94E35880F2CAF',
        ),
      },
      'pan',
    ],
    [
      'expired in May',
      {
        certificate: hex(
          '194FBB6215AC1D118C8F2F90A65677E181FCB012A1F9AB567F7E3FCFA5B780A7A87455558C3C136CC67B27C16FA8231DE1798F529680D9139946D87258A3C1E0895768C999144C53E23F235D585BD33E7ACD3ADCD5E175A197BD9C219D657D841AB039CCC348ACDDC5BA876EF6FDABE4F458D3BB1A6A15A783A3D475C3BD74BF4DCE576FD386DCDB04CD09736FA742A4',
        ),
      },
      'expired',
    ],
    [
      'static data in its hash, as in the certificate of the ICC key',
      {
        certificate: hex(
          '4158ED4BD9025216FF8583F91C9BF6BB97C8715D17B165C2F79FA8D097EBFF21C0BAA2DBBB0276CFA5195DABCA24DB528982DBA376884EDB0529CCB1E6679F6F165E5ADCF2DAB9D39B7ABFF06533D452E62785376990F1F5EA9C172157291B2F0BE11FFBD0B75DAD32D11E578D67A511D591D050121B7159287F9045368B921A3D5C3A3E8620FACFCE20DF99ABE1B71F',
        ),
      },
      'hash',
    ],
  ])('%s', (_, changes, check) => {
    expect(outcome(changes)).toBe(`pin-certificate ${check}`);
  });

  it('is valid through the last day of its month', () => {
    const certificate = hex(
      '54A60CA77D7E7E75A9D1C9FCBD8A4473C4178DE36EF869976FE09210EEA4DEE55F1A90F042E37D357C5374DEAC5C87F8D59749429DB4FD4EC891199289AAD0C4A3B6FCF42C4147AB947772C6210B0A763A5FEE69A7C5C2C97F6953EB40E6EBED0FE6A23EC56B9CF4E59A13083B09396326BD8A8A259C6DC31A16653E1C989E5D0876F766F7F4A319618A9D3C701B476F',
    );
    expect(outcome({ certificate, date: { year: 2025, month: 6, day: 30 } })).toBe(PIN_KEY);
    expect(outcome({ certificate, date: { year: 2025, month: 7, day: 1 } })).toBe('pin-certificate expired');
  });

  it('there is none under SM2', () => {
    const sm2 = sm2VerifyingKey(
      hex(
        'D923BDB377F0BCF0D26BDC5CD89823F3A38DF634A4D42A5BECB5352266DF10A7861C8B68072F2E35CA9346B5A0719DD30B0A2140B427043F78A43DB54DF45A07',
      ),
    );
    if (sm2 === undefined) throw new RangeError('no key');
    const issuerKey: ChainKey = { algorithm: 'sm2', key: sm2 };
    expect(outcome({ issuerKey })).toBe('pin-certificate not-supported');
  });

  it('never throws, and recovers nothing from what the issuer did not sign', () => {
    const bytes = fc.option(
      fc.oneof(fc.uint8Array({ minLength: 144, maxLength: 144 }), fc.uint8Array({ maxLength: 250 })),
      { nil: undefined },
    );
    fc.assert(
      fc.property(bytes, bytes, bytes, (certificate, remainder, exponent) => {
        expect(recoverPinKey({ ...INPUT, certificate, remainder, exponent }).kind).toBe('failed');
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import { firstAc, GPO, goldenDebitCard, SELECT, secondAc } from './golden-debit-card.ts';

/*
 * Every vector here was computed by a second program (Python: SM2 over its own integers, SM4 of openssl) from the test keys and the
 * formulas. The cryptogram 73BF1AFC1DCB4377 and the balance's MAC FFDBBC94 are the scheme's own vectors.
 */
const SSAD =
  '13DAC08CB4FB1BA5B90EC7B78324A3EBA980B5E75E7907925B6A24F73EB9A157452C9514D4A2786D26D735724243449D5127863C80C2C2C6AC8B29A439E7415BB3E96C';
const SSAD_CONTACTLESS =
  '13DAC0E0DB3F202E6CDEC85CD0EF4F49785B30E81669BEC35AF8BCA6CCEBDDAF882B340DBD91E4BEE2F662959432B66010ED9EF04B2F70047532B08F8BF20F7531499F';
const ISSUER_CERTIFICATE =
  '12629999FF124900000104001140FD0417825121455E992FA60F78EBEA151CC7C9D8C3568EC1DA3F92987A83D7F58AD4DA1A0754901E03A6C18FB610CF2954EE448D76D396E49B3FEDC1F661EBE33BC0575B910D7F5463ACE452C4D886AB201DDC47F784DF075AFDF1C6F63508E6120BE12878FB1D0335504A0A84F2EDA126695B66322FC8B3166381F77D03E33A';
const CARD_CERTIFICATE =
  '146299990000001234567F124900000104001140D923BDB377F0BCF0D26BDC5CD89823F3A38DF634A4D42A5BECB5352266DF10A7861C8B68072F2E35CA9346B5A0719DD30B0A2140B427043F78A43DB54DF45A07CD0A941890CF4141C6DE6DFC881B51BB4AF2B4AA10FBCC00F647F31A6E8EE6E5621EEB29D4BB7451909269F042ED801E4C79837F387DEF51A7E36159DF88E619';
const DDA_SIGNATURE =
  '1509080102030405060708AFB7F8D1DCF1750695E365776170864D8431D8C0E9E3BE4DB4DE2CBCC069D497BA69E56E27F37654F7961D4A622920D923104E71E2F2EBCB9530AAA29C503615';
const CDA_TC =
  '7781969F2701409F360200079F4B741532080102030405060708408E6C6453675E3D830186471C73947992BF10EF5D81275B7FE5E6C69C2809987FEB2C8E6777539D7C5528C8AB527F7CBA31B65767F92D2BBFB9F571C1BF0C13FF464A6B75B69D6AC06A9F63F10B9C42A55A51F448FC7662571BCC871EACEB9CCEE4002906DA3E8FDF9F101307010103900000040A010000003750FFDBBC949000';
const CDA_ARQC =
  '7781969F2701809F360200079F4B74153208010203040506070880FCCE61E5D494C2099BC9FEC1B6C8D16233807A41BFFD64DFE97398E09BD8DC72EADD263A84DAAA7CF9783A2DA3B3334787AF16C68302533EF4DA171BC5F224557408B655F7CDAB9689BDB92CECF81C89EAA4DE35FC788CFF134A963773073A50DA6E6AE13BDB13309F101307010103A00000040A0100000050006FD8AFB49000';
const CDA_SECOND_TC =
  '7781969F2701409F360200079F4B74153208010203040506070840951DE8E545EF4C8B143011FD12CF5F9A6D24E2FF33A7533681BE5C9B0ECABA7FBF617BFEF20D0B49D87D7D5128152693048C588E5148D2D3A2387416CF14FAB8FD763624CCD511A0B77C4DC4159C9583259BBF9C853D97E207822EA120265118FB74E9D199274AF49F101307010103600000040A0100000050006FD8AFB49000';

const EXTERNAL_AUTHENTICATE = '008200000A B54BCCBBE32F9EA4 3030';
const LOAD_80 = '04DA9F790A 000000008000 73D2CBFD';
const APPLICATION_BLOCK = '841E000004 6A35600B';
const NEW_PIN = '8424000214 18D056483C700977D9778D641F780CBE ED2EDBEE';

/** GPO of a card without electronic cash, and of one with it: 9F7A 9F02 5F2A DF69. */
const gpo = (sm: '00' | '01'): string => `80A8000003 8301 ${sm} 00`;
const gpoWithCash = (sm: '00' | '01', indicator = '01'): string =>
  `80A800000C 830A ${indicator} 000000001250 0156 ${sm} 00`;

function cardThatKnowsSm(
  order: Parameters<typeof goldenDebitCard>[0] = {},
  unusual: Parameters<typeof goldenDebitCard>[1] = {},
) {
  const { application, ...rest } = unusual;
  const card = goldenDebitCard(order, { ...rest, application: { sm: true, ...application } });
  card.says(SELECT);
  return card;
}

describe('SM in full debit/credit', () => {
  it('is asked for in the PDOL, with electronic cash and without', () => {
    const select = (electronicCash: boolean): string => cardThatKnowsSm({ electronicCash }).says(SELECT);
    expect(select(false)).toContain('9F3803DF6901');
    expect(select(true)).toContain('9F380C9F7A019F02065F2A02DF6901');
    expect(goldenDebitCard().says(SELECT)).not.toContain('DF69');
  });

  it('another AFL names the SM2 chain, the rest is read either way', () => {
    expect(cardThatKnowsSm().says(gpo('01'))).toContain('9410 08010100 20010101 28060800 38010100'.replaceAll(' ', ''));
    expect(cardThatKnowsSm().says(gpo('00'))).toContain('9410 08010100 20010101 28010500 38010100'.replaceAll(' ', ''));
    const withCash = cardThatKnowsSm({ electronicCash: true }).says(gpoWithCash('01'));
    expect(withCash).toContain('941408010100200101012806080038010100480101009000');
  });

  it('issuer certificate, SDA signature and card certificate cover what RSA does', () => {
    const { says } = cardThatKnowsSm();
    says(gpo('01'));
    expect(says('00B2062C00')).toBe(`7081948F01F390818E${ISSUER_CERTIFICATE}9000`);
    expect(says('00B2072C00')).toBe(`70459343${SSAD}9000`);
    expect(says('00B2082C00')).toBe(`70819E9F468194${CARD_CERTIFICATE}9F49039F37049000`);
    expect(says('00B2092C00')).toBe('6A83');
  });

  it('over the contactless interface with that AIP, beside the SM chain of qPBOC', () => {
    const { says } = cardThatKnowsSm({}, { chip: { interface: 'contactless' } });
    expect(says('00B2072C00')).toBe(`70459343${SSAD_CONTACTLESS}9000`);
    expect(says('00B2015400')).toMatch(/^7081948F01F390818E12.*9000$/);
    const values = '40000080 000000001250 000000000000 0156 0000000000 0156 250601 00 11223344';
    expect(says(`80A8000024 8322 ${values} 01 00`)).toContain('7C809410080101002001010128060800');
  });

  it.each([
    [0x77, `774E9F4B4B${DDA_SIGNATURE}9000`],
    [0x80, `804B${DDA_SIGNATURE}9000`],
  ] as const)('INTERNAL AUTHENTICATE signs with SM2, format %s', (format, answer) => {
    const { says } = cardThatKnowsSm({ format });
    says(gpo('01'));
    expect(says('0088000004 11223344 00')).toBe(answer);
  });

  it('a TC of electronic cash, by the scheme’s SM4 vectors', () => {
    const { says, memory } = cardThatKnowsSm({ electronicCash: true, format: 0x80 });
    says(gpoWithCash('01'));
    expect(says(firstAc('40'))).toBe('801E40000773BF1AFC1DCB4377' + '07010103900000040A010000003750FFDBBC94' + '9000');
    expect(memory().balance).toBe(3750);
  });

  it('CDA: the first TC, and ARQC with the TC behind it', () => {
    const card = () => cardThatKnowsSm({ authentication: ['dda', 'cda'], electronicCash: true });
    const offline = card();
    offline.says(gpoWithCash('01'));
    expect(offline.says(firstAc('50'))).toBe(CDA_TC);
    const online = card();
    online.says(gpoWithCash('01'));
    expect(online.says(firstAc('90'))).toBe(CDA_ARQC);
    expect(online.says(secondAc('50'))).toBe(CDA_SECOND_TC);
  });
});

describe('an issuer under SM4', () => {
  function online(sm: '00' | '01' = '01') {
    const card = cardThatKnowsSm({ electronicCash: true, format: 0x80 });
    card.says(gpoWithCash(sm, '00'));
    card.says(firstAc('80'));
    return card;
  }

  it('proves itself, loads, changes the PIN and blocks', () => {
    const card = online();
    expect(card.says(EXTERNAL_AUTHENTICATE)).toBe('9000');
    expect(card.says(LOAD_80)).toBe('9000');
    expect(card.says(NEW_PIN)).toBe('9000');
    expect(card.says(APPLICATION_BLOCK)).toBe('9000');
    expect(card.memory()).toMatchObject({ balance: 8000, pin: '654321', blocked: true });
  });

  it('not with one bit wrong, and not by the keys of 3DES', () => {
    expect(online().says(EXTERNAL_AUTHENTICATE.replace('9EA4', '9EA5'))).toBe('6300');
    expect(online().says(LOAD_80.replace('CBFD', 'CBFC'))).toBe('6988');
    // The answers of script.test.ts, to the same card's ARQC of 3DES.
    expect(online().says('008200000A 42756C1835A2F17D 3030')).toBe('6300');
    expect(online('00').says('008200000A 42756C1835A2F17D 3030')).toBe('9000');
  });

  it('a PIN cannot come enciphered: there is no RSA key', () => {
    const tried = (sm: '00' | '01'): string => {
      const { says } = cardThatKnowsSm();
      says(gpo(sm));
      says('0084000000');
      return says(`0020008880 ${'00'.repeat(128)}`);
    };
    expect(tried('01')).toBe('6985');
    expect(tried('00')).toBe('63C2');
  });
});

describe('RSA and 3DES to a terminal without SM', () => {
  it.each([
    ['told 00', {}, gpo('00')],
    ['not asking in its PDOL, whatever its CDOL1 asks', { pdol: '' }, GPO],
  ])('%s', (_, order, open) => {
    const { says } = cardThatKnowsSm({ format: 0x80, ...order });
    says(open);
    expect(says('0088000004 11223344 00')).toMatch(/^808180.{256}9000$/);
    expect(says(firstAc('40'))).toMatch(/^8013400007.{16}07010103900002019000$/);
  });

  it('and throughout: the choice is made anew at every GPO', () => {
    const { says } = cardThatKnowsSm({ format: 0x80 });
    says(gpo('01'));
    expect(says(firstAc('40'))).toMatch(/07010103900000049000$/);
    says(SELECT);
    says(gpo('00'));
    expect(says(firstAc('40'))).toMatch(/07010103900000019000$/);
  });
});

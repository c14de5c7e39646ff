import { describe, expect, it } from 'vitest';
import { type CivilDate, hex, type Pan } from '../values/index.ts';
import { pan } from '../values/testing/pan.ts';
import type { CaPublicKey } from './ca-keys.ts';
import { recoverIccKey } from './icc-certificate.ts';
import { recoverIssuerKey } from './issuer-certificate.ts';
import { KeyCache } from './key-cache.ts';

// Test keys and certificates, made for these tests by another program; never for production.

/** One card's chain, as the two recoveries take it. */
interface Chain {
  readonly ca: CaPublicKey;
  readonly certificate: Uint8Array;
  readonly remainder: Uint8Array | undefined;
  readonly exponent: Uint8Array | undefined;
  readonly iccCertificate: Uint8Array;
  readonly iccRemainder: Uint8Array | undefined;
  readonly iccExponent: Uint8Array | undefined;
  readonly staticData: Uint8Array;
  readonly pan: Pan;
  readonly date: CivilDate;
}

const TODAY: CivilDate = { year: 2025, month: 6, day: 1 };

const RSA: Chain = {
  ca: {
    rid: hex('A000000333'),
    index: 0xf2,
    expiry: '20401231',
    algorithm: 'rsa',
    modulus: hex(
      'B43E598128E34B422F9D94E0BD4C22150A91863BDB5AAD815EB80E0456DE80640E801F4B37DBE467027490BB10206F00A3BCBD2D1E2CE1A30034DF8EFBD6AFBE4C4DCCD6A1E1F8D56B7DB3F9313824B0220147FFBFE1E4D3592EC15F055CB0921AE6B067937FF35D26E06DC6C83A2C6FFFC3CBED9F0B39A066EA13B523C439E46362E77B5E7772AA91C61FE00CA3BE6793F6F7BE8EA64755CC65D084093495E89A936E0275AF4DA5CCA751B87610BDE5',
    ),
    exponent: hex('010001'),
  },
  certificate: hex(
    '248F5D18F0F8143F48FF0C0D7FA2DD8519459ECA86E9A9AF95B00F224FA09936D71F7755EA41F547CB686D9C7D72B9208ECB8653B1D1963FC452508002DEEE462C19F3F1363B71F0333F589CE9C35391CFBDE31F95932FE3413E59B466B166B44BE6AD2CB418AD35223ADB71302D21D20AD7E7EAA2F745C9165A6708CB6FC89D11402D25AC9D06241D25926F8F2329B7426B3A89435B307AABF746F8E5CF818DB604861632F800E92C61B1F0C051CAD4',
  ),
  remainder: hex('9A7CC17F'),
  exponent: hex('010001'),
  iccCertificate: hex(
    '207016861856A532D446395ACE32C4CF39C48D9C5F23530B3EDDCF883A354F7406B64EC4BEE7B1C7294A0A653EB092D011764D0378E7BB7712AEAA5BCB184788E4C55C5DB6CD075CF57B99EA6AA893912C05C4DE398D4F68C6F61C4B5204040F7DBEEE85B2AFCBEB3B73C5E2EDCFEAD2613DDDF8DB9F109FF11C0F74C07EAFE85A748E957122856FC20D6331028A7073',
  ),
  iccRemainder: hex('79C3004DA9F3C94C168314BC61CB524F0391082E0173743344CF'),
  iccExponent: hex('03'),
  staticData: hex('5A0A6299990000001234567F5F24033012315F340101 7C00'),
  pan: pan('6299990000001234567'),
  date: TODAY,
};

/** The SM2 chain of three cards of one issuer. */
const sm2Card = (digits: string, iccCertificate: string): Chain => ({
  ca: {
    rid: hex('A000000333'),
    index: 0x57,
    algorithm: 'sm2',
    point: hex(
      'DDD5D3F52313C2859C6DCEE3A1778482CC74EB5C0B6AA933B68137993AEA1E95B0CB9D07FE996ECA8B47E1D47CD87BE013A525B54F7185942A0E5FF80325D261',
    ),
  },
  certificate: hex(
    '1262999900123500000104001140FD0417825121455E992FA60F78EBEA151CC7C9D8C3568EC1DA3F92987A83D7F58AD4DA1A0754901E03A6C18FB610CF2954EE448D76D396E49B3FEDC1F661EBE3DC09D1B608C31EC2AFB66722B0232EAE736CC84970D15CA886EFCC0BC9BB8C68E96933A2FE526D8E49AEF34B59FAF5D124EDF3960BC5F46469D849137E5DB4EE',
  ),
  remainder: undefined,
  exponent: undefined,
  iccCertificate: hex(iccCertificate),
  iccRemainder: undefined,
  iccExponent: undefined,
  staticData: hex(`5A0A${digits}F5F24033012315F3401017C00`),
  pan: pan(digits),
  date: TODAY,
});
const CARD_A = sm2Card(
  '6299990000001234567',
  '146299990000001234567F123000000304001140D923BDB377F0BCF0D26BDC5CD89823F3A38DF634A4D42A5BECB5352266DF10A7861C8B68072F2E35CA9346B5A0719DD30B0A2140B427043F78A43DB54DF45A072D6EB12F7F08E26A4B5ADE8B84A0119F807E0EC1222F59D56BF57D59376E24680B82106AE170A9AB99A8C319A9DE35C59D21DF243B14EEDB1A73C4AB4D3737A9',
);
const CARD_B = sm2Card(
  '6299990000001234575',
  '146299990000001234575F123000000404001140D923BDB377F0BCF0D26BDC5CD89823F3A38DF634A4D42A5BECB5352266DF10A7861C8B68072F2E35CA9346B5A0719DD30B0A2140B427043F78A43DB54DF45A070512045C069E72D28A6621E02455702BB5940AC3FB2D7F7E855AA540236DB160092A681242133B2C0AB0CDD7EA8C62542760116532BFD3BB02F6598E1C2C56FE',
);
const CARD_C = sm2Card(
  '6299990000001234583',
  '146299990000001234583F123000000504001140D923BDB377F0BCF0D26BDC5CD89823F3A38DF634A4D42A5BECB5352266DF10A7861C8B68072F2E35CA9346B5A0719DD30B0A2140B427043F78A43DB54DF45A0733A3120DDF39327121A17445AB08A15CFB32E9F67784B8D3CA22E815711C6FD93AF02DBF4BDAD83990794F0DF059992E6A548A9019FE97BF9572FB8FB578336B',
);

/** Recovers both keys; what fails says so. */
function recover(chain: Chain, cache?: KeyCache) {
  const issuer = recoverIssuerKey({ ...chain, cache });
  if (issuer.kind === 'failed') return `${issuer.object} ${issuer.check}`;
  const icc = recoverIccKey({
    ...chain,
    issuerKey: issuer.key,
    certificate: chain.iccCertificate,
    remainder: chain.iccRemainder,
    exponent: chain.iccExponent,
    cache,
  });
  return icc.kind === 'failed' ? `${icc.object} ${icc.check}` : { issuer: issuer.key, icc: icc.key };
}

/** The keys of a chain that must be right. */
function keysOf(chain: Chain, cache?: KeyCache) {
  const recovered = recover(chain, cache);
  if (typeof recovered === 'string') throw new Error(recovered);
  return recovered;
}

const flipped = (bytes: Uint8Array, at: number): Uint8Array =>
  bytes.map((byte, index) => (index === at ? byte ^ 0x01 : byte));

/** The chain with one bit changed, once at every byte of every part. */
function* withOneByteChanged(chain: Chain): Generator<[string, Chain]> {
  for (const part of [
    'certificate',
    'remainder',
    'exponent',
    'iccCertificate',
    'iccRemainder',
    'iccExponent',
    'staticData',
  ] as const) {
    const bytes = chain[part] ?? new Uint8Array();
    for (const at of bytes.keys()) yield [`${part} ${at}`, { ...chain, [part]: flipped(bytes, at) }];
  }
  const { ca } = chain;
  if (ca.algorithm === 'sm2') return;
  for (const at of [0, 1, 100, ca.modulus.length - 1]) {
    yield [`CA modulus ${at}`, { ...chain, ca: { ...ca, modulus: flipped(ca.modulus, at) } }];
  }
}

describe.each([
  ['RSA', RSA],
  ['SM2', CARD_A],
])('%s chain', (_, chain) => {
  it('is recovered once', () => {
    const cache = new KeyCache(8);
    const first = keysOf(chain, cache);
    const second = keysOf(chain, cache);
    expect(second.issuer).toBe(first.issuer);
    expect(second.icc).toBe(first.icc);
    expect(cache.size).toBe(2);
    expect(keysOf(chain).icc).not.toBe(first.icc);
  });

  it('differs in one byte: is not found, not kept, and does not harm the right one', () => {
    const cache = new KeyCache(64);
    const { icc } = keysOf(chain, cache);
    for (const [where, changed] of withOneByteChanged(chain)) {
      const said = recover(changed, cache);
      expect(typeof said, where).toBe('string');
      expect(said, where).toBe(recover(changed));
    }
    expect(keysOf(chain, cache).icc).toBe(icc);
    expect(cache.size).toBe(2);
  });

  it('is not poisoned by what came before it', () => {
    const cache = new KeyCache(64);
    for (const [, changed] of withOneByteChanged(chain)) recover(changed, cache);
    expect(typeof recover(chain, cache)).toBe('object');
  });

  it.each<[string, Partial<Chain>, string]>([
    ['the card’s certificate has expired since', { date: { year: 2031, month: 1, day: 1 } }, 'icc-certificate expired'],
    ['the issuer’s has', { date: { year: 2036, month: 1, day: 1 } }, 'issuer-certificate expired'],
    ['it comes with another PAN', { pan: pan('6299990000001234575') }, 'icc-certificate pan'],
    [
      'it comes with a PAN of another issuer',
      { pan: pan('6288880000001234567') },
      'issuer-certificate issuer-identifier',
    ],
    ['the static data are others', { staticData: hex('5A0A6299990000001234567F5F24033012315F3401017D00') }, ''],
    ['the static data are missing', { staticData: new Uint8Array() }, ''],
  ])('is judged anew: %s', (_title, change, expected) => {
    const cache = new KeyCache(8);
    keysOf(chain, cache);
    const said = recover({ ...chain, ...change }, cache);
    const expectedHere = expected === '' ? `icc-certificate ${chain === RSA ? 'hash' : 'signature'}` : expected;
    expect(said).toBe(expectedHere);
    expect(recover({ ...chain, ...change })).toBe(expectedHere);
  });

  it('ends with its CA key: expired, withdrawn, or another under its index', () => {
    const cache = new KeyCache(8);
    keysOf(chain, cache);
    expect(recover({ ...chain, ca: { ...chain.ca, expiry: '20250531' } }, cache)).toBe('ca-key expired');
    expect(recoverIssuerKey({ ...chain, ca: undefined, cache })).toEqual({
      kind: 'failed',
      object: 'ca-key',
      check: 'unknown',
    });
    const other = chain === RSA ? CARD_A.ca : RSA.ca;
    expect(recover({ ...chain, ca: other }, cache)).toMatch(/^issuer-certificate (length|missing)$/);
  });

  it('stays what it was when the memory it came in is used again', () => {
    const cache = new KeyCache(8);
    const buffers = {
      certificate: chain.certificate.slice(),
      iccCertificate: chain.iccCertificate.slice(),
      staticData: chain.staticData.slice(),
    };
    const { icc } = keysOf({ ...chain, ...buffers }, cache);
    for (const buffer of Object.values(buffers)) buffer.fill(0);
    expect(keysOf(chain, cache).icc).toBe(icc);
  });
});

describe('a KeyCache', () => {
  it('tells an absent remainder from an empty one', () => {
    const cache = new KeyCache(8);
    keysOf(CARD_A, cache);
    keysOf({ ...CARD_A, remainder: new Uint8Array() }, cache);
    expect(cache.size).toBe(4);
  });

  it('keeps the issuer’s key that every card needs, and forgets the card that has not been there longest', () => {
    const cache = new KeyCache(3);
    const a = keysOf(CARD_A, cache);
    const b = keysOf(CARD_B, cache);
    expect(keysOf(CARD_A, cache).icc).toBe(a.icc);
    keysOf(CARD_C, cache);
    expect(cache.size).toBe(3);
    expect(keysOf(CARD_A, cache).icc).toBe(a.icc);
    const again = keysOf(CARD_B, cache);
    expect(again.issuer).toBe(a.issuer);
    expect(again.icc).not.toBe(b.icc);
    expect(cache.size).toBe(3);
  });

  it('finds a card again whose issuer was forgotten meanwhile', () => {
    const cache = new KeyCache(2);
    keysOf(CARD_A, cache);
    keysOf(RSA, cache);
    const again = keysOf(CARD_A, cache);
    expect(keysOf(CARD_A, cache).icc).toBe(again.icc);
    expect(cache.size).toBe(2);
  });

  it('keeps nothing of a signer that came from no cache', () => {
    const cache = new KeyCache(8);
    const { issuer } = keysOf(CARD_A);
    const recovered = recoverIccKey({
      ...CARD_A,
      issuerKey: issuer,
      certificate: CARD_A.iccCertificate,
      cache,
    });
    expect(recovered.kind).toBe('recovered');
    expect(cache.size).toBe(0);
  });

  it.each([0, 1, 1.5, Number.NaN])('cannot have the size %d', (size) => {
    expect(() => new KeyCache(size)).toThrow(RangeError);
  });

  it('shows nothing of the cards in it', () => {
    const cache = new KeyCache(8);
    keysOf(CARD_A, cache);
    expect(JSON.stringify(cache)).toBe('{}');
  });
});

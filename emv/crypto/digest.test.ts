import { describe, expect, it } from 'vitest';
import { hex, toHex } from '../values/index.ts';
import { equalSecrets, fingerprint, hmacSm3, hmacSm3Key, sha1, sm3 } from './digest.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('sm3', () => {
  it.each([
    // GB/T 32905 annex A, then lengths around the padding's boundary.
    ['616263', '66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0'],
    ['61626364'.repeat(16), 'DEBE9FF92275B8A138604889C18E5A4D6FDB70E5387E5765293DCBA39C0C5732'],
    ['', '1AB21D8355CFA17F8E61194831E81A8F22BEC8C728FEFB747ED035EB5082AA2B'],
    ['01', '799B719AC031FC89C6D8925A487DAD07308F837B7AB7BBC7CEBD3A4118FD2F38'],
    [
      '373E454C535A61686F767D848B9299A0A7AEB5BCC3CAD1D8DFE6EDF4FB020910171E252C333A41484F565D646B727980878E959CA3AAB1',
      '5CB50A0135E57E0CB6069A8CD83B99F094185ABE85423F38FA89AA9E73547B58',
    ],
    [
      '383F464D545B626970777E858C939AA1A8AFB6BDC4CBD2D9E0E7EEF5FC030A11181F262D343B424950575E656C737A81888F969DA4ABB2B9',
      '667672B5D501B091489BDEEDBA1C3375E3042E2C3A324F5B1FC00696A8C0DCD6',
    ],
  ])('of %s', (message, digest) => {
    expect(toHex(sm3(hex(message)))).toBe(digest);
  });

  it('reads its parts as one message', () => {
    expect(toHex(sm3(ascii('a'), new Uint8Array(), ascii('bc')))).toBe(
      '66C7F0F462EEEDD9D1F2D46BDC10E4E24167C4875CF2F7A2297DA02B8F4BA8E0',
    );
  });

  it('gives plain bytes, not a Buffer', () => {
    expect(Buffer.isBuffer(sm3())).toBe(false);
    expect(sm3()).toHaveLength(32);
  });
});

describe('sha1', () => {
  it.each([
    // FIPS 180-2 annex A.
    ['abc', 'A9993E364706816ABA3E25717850C26C9CD0D89D'],
    ['abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq', '84983E441C3BD26EBAAE4AA1F95129E5E54670F1'],
  ])('of %s', (message, digest) => {
    expect(toHex(sha1(ascii(message)))).toBe(digest);
  });
});

describe('hmacSm3', () => {
  // Computed by a second implementation, written from RFC 2104 and GB/T 32905.
  it.each([
    ['', '', '0D23F72BA15E9C189A879AEFC70996B06091DE6E64D31B7A84004356DD915261'],
    ['0B'.repeat(20), 'Hi There', '51B00D1FB49832BFB01C3CE27848E59F871D9BA938DC563B338CA964755CCE70'],
    ['4A656665', 'what do ya want for nothing?', '2E87F1D16862E6D964B50A5200BF2B10B764FAA9680A296A2405F24BEC39F882'],
    [
      '000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F',
      '64',
      '09E61C1CD9FAA3003E4D48FC0E07F7AEEB8F806FBFFF47AB3C4D135384716A19',
    ],
    [
      'AA'.repeat(131),
      'Test Using Larger Than Block-Size Key - Hash Key First',
      'B4FD844E13342002F0B2E0690EA7741F1497D993A70494CEA601E657BEDF67A0',
    ],
  ])('under %s over "%s"', (key, message, expected) => {
    const [first, rest] = [message.slice(0, 3), message.slice(3)];
    expect(toHex(hmacSm3(hex(key), ascii(first), ascii(rest)))).toBe(expected);
  });
});

describe('hmacSm3Key', () => {
  it.each([0, 16, 64, 65, 200])('gives what hmacSm3 gives, whatever came before: a key of %i bytes', (length) => {
    const key = new Uint8Array(length).fill(0x5a);
    const ready = hmacSm3Key(key);
    const copy = key.slice();
    key.fill(0);
    // Around the block, and longer than what is usual, between short ones.
    for (const size of [0, 1, 55, 56, 64, 1_023, 1_024, 1_025, 5_000, 3]) {
      const parts = [new Uint8Array(size).fill(size), Uint8Array.of(1, 2)] as const;
      expect(toHex(ready.mac(...parts))).toBe(toHex(hmacSm3(copy, ...parts)));
    }
  });

  it('forgets its key when it is wiped', () => {
    const ready = hmacSm3Key(hex('0B'.repeat(20)));
    ready.wipe();
    expect(toHex(ready.mac(ascii('Hi There')))).not.toBe(
      '51B00D1FB49832BFB01C3CE27848E59F871D9BA938DC563B338CA964755CCE70',
    );
  });
});

describe('fingerprint', () => {
  it('is SHA-256 over label, lengths and parts, in base64', () => {
    const name = fingerprint('icc by X', hex('0102'), undefined, hex(''), hex('03'));
    expect(name).toBe('fKsp0pOMgAZCaPdrBSEdaqqPQfdvJ2Iz6n7kNgx8g5E=');
  });

  it.each([
    ['another label', fingerprint('b', hex('0102'), hex('03'))],
    ['a byte moved', fingerprint('a', hex('01'), hex('0203'))],
    ['another order', fingerprint('a', hex('03'), hex('0102'))],
    ['a part more', fingerprint('a', hex('0102'), hex('03'), hex(''))],
    ['an absent part more', fingerprint('a', hex('0102'), hex('03'), undefined)],
    ['a part changed', fingerprint('a', hex('0103'), hex('03'))],
  ])('differs with %s', (_, other) => {
    expect(other).not.toBe(fingerprint('a', hex('0102'), hex('03')));
  });

  it('tells an absent part from an empty one', () => {
    expect(fingerprint('a', undefined)).not.toBe(fingerprint('a', hex('')));
  });
});

describe('equalSecrets', () => {
  it.each([
    ['', '', true],
    ['0102', '0102', true],
    ['0102', '0103', false],
    ['0102', '0202', false],
    ['0102', '010200', false],
    ['', '00', false],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(equalSecrets(hex(a), hex(b))).toBe(expected);
  });
});

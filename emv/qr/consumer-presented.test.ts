import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../values/index.ts';
import { parseConsumerPresented } from './consumer-presented.ts';

/** The example of EMV QRCPS, Consumer-Presented Mode, as public libraries carry it (seen there, not in the specification). */
const EXAMPLE =
  'hQVDUFYwMWETTwegAAAAVVVVUAhQcm9kdWN0MWETTwegAAAAZmZmUAhQcm9kdWN0MmJJWggSNFZ4kBI0WF8gDkNBUkRIT0xERVIvRU1WXy0IcnVlc2RlZW5kIZ8QBwYBCgMAAACfJghYT9OF+iNLzJ82AgABnzcEbVjvEw==';
/** All others here are this project's own, made by another program. */
const FULL =
  'hQVDUFYwMWGBjk8IoAAAAzMBAQFQCFVuaW9uUGF5VxNimZkAAAASNFZ9MBIgEAAAAAAPXzQBAZ8lAkVnnxkGASNFZ4kBnyQdNTAwMUFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFljMZ8mCFhP04X6I0vMnxATBwEBA5AAAAEKAQAAADdQGnZQh582AgrcnycBgJ83BG1Y7xM=';

describe('a consumer-presented code', () => {
  it('offers two applications that share number and cryptogram', () => {
    const parsed = parseConsumerPresented(EXAMPLE);
    if (parsed.kind !== 'cpm') return expect.fail(parsed.code);
    const said = parsed.applications.map(({ aid, label, pan, chip }) => [
      toHex(aid),
      label,
      pan?.reveal(),
      chip && [toHex(chip.cryptogram), chip.atc, toHex(chip.issuerApplicationData)],
      chip?.unpredictableNumber && toHex(chip.unpredictableNumber),
    ]);
    const shared = ['1234567890123458', ['584FD385FA234BCC', 1, '06010A03000000'], '6D58EF13'];
    expect(said).toEqual([
      ['A0000000555555', 'Product1', ...shared],
      ['A0000000666666', 'Product2', ...shared],
    ]);
    expect(Object.keys(parsed.applications[0] ?? {})).not.toContain('track2');
  });

  it('offers one with everything of its own', () => {
    const parsed = parseConsumerPresented(FULL);
    if (parsed.kind !== 'cpm') return expect.fail(parsed.code);
    const [application] = parsed.applications;
    expect(application).toMatchObject({
      label: 'UnionPay',
      panSequence: 1,
      expiry: { year: 2030, month: 12, day: 31 },
      lastFour: '4567',
      tokenRequestorId: '12345678901',
      paymentAccountReference: '5001ABCDEFGHIJKLMNOPQRSTUVWXY',
      chip: { atc: 0x0adc, informationData: 0x80 },
    });
    expect(application?.pan?.reveal()).toBe('6299990000001234567');
    expect(application?.track2?.use(toHex)).toBe('6299990000001234567D30122010000000000F');
  });

  it('prints no number and no track', () => {
    const shown = `${inspect(parseConsumerPresented(FULL), { depth: 9 })}${JSON.stringify(parseConsumerPresented(FULL))}`;
    expect(shown).not.toContain('6299990000001234567');
    expect(shown).toContain('629999*********4567');
  });

  it('may name its number twice, and hold what nobody here knows', () => {
    expect(
      parseConsumerPresented('hQVDUFYwMWErTwigAAADMwEBAVcTYpmZAAAAEjRWfTASIBAAAAAAD1oKYpmZAAAAEjRWfw==').kind,
    ).toBe('cpm');
    expect(parseConsumerPresented('hQVDUFYwMWETTwigAAADMwEBAd92BndhbGxldGIKWggSNFZ4kBI0WA==')).toMatchObject({
      kind: 'cpm',
      applications: [{ label: '' }],
    });
  });
});

describe('no such code is one with', () => {
  it.each([
    ['another version', 'hQVDUFYwMmEKTwigAAADMwEBAQ==', 'unknown-version'],
    ['something else at its start', 'hQVBQkMwMWEKTwigAAADMwEBAQ==', 'not-cpm'],
    ['85 not at its start', 'YQpPCKAAAAMzAQEBhQVDUFYwMQ==', 'not-cpm'],
    ['85 twice', 'hQVDUFYwMYUFQ1BWMDFhCk8IoAAAAzMBAQE=', 'not-cpm'],
    ['no application', 'hQVDUFYwMQ==', 'no-application'],
    ['an application without its name', 'hQVDUFYwMWEKUAhQcm9kdWN0MQ==', 'no-application'],
    ['its name in the common template alone', 'hQVDUFYwMWEKUAhQcm9kdWN0MWIKTwigAAADMwEBAQ==', 'no-application'],
    ['a name of four bytes', 'hQVDUFYwMWEGTwSgAAAD', 'wrong-value'],
    ['a number twice', 'hQVDUFYwMWEeTwigAAADMwEBAVoIEjRWeJASNFhaCBI0VniQEjRY', 'duplicate'],
    ['a counter inside and outside', 'hQVDUFYwMWEWTwigAAADMwEBAZ82AgABYwWfNgIAAg==', 'duplicate'],
    ['two transparent templates', 'hQVDUFYwMWEaTwigAAADMwEBAWMFnzYCAAFjB583BAAAAAI=', 'duplicate'],
    ['two common templates', 'hQVDUFYwMWEKTwigAAADMwEBAWIKWggSNFZ4kBI0WGIKWggSNFZ4kBI0WA==', 'duplicate'],
    ['a number that is none', 'hQVDUFYwMWEUTwigAAADMwEBAVoIEjRWeJASNKs=', 'wrong-value'],
    ['an empty number', 'hQVDUFYwMWEMTwigAAADMwEBAVoA', 'wrong-value'],
    ['a track without expiry', 'hQVDUFYwMWEaTwigAAADMwEBAVcOYpmZAAAAEjRWfTATIB8=', 'wrong-value'],
    ['two numbers', 'hQVDUFYwMWEfTwigAAADMwEBAVcTYpmZAAAAEjRWfTASIBAAAAAAD2IKWggSNFZ4kBI0WA==', 'contradiction'],
    ['a cryptogram of seven bytes', 'hQVDUFYwMWEWTwigAAADMwEBAWMKnyYHWE/ThfojSw==', 'wrong-value'],
    ['a cryptogram without ATC', 'hQVDUFYwMWEhTwigAAADMwEBAWMVnyYIWE/ThfojS8yfEAcGAQoDAAAA', 'incomplete-cryptogram'],
    [
      'a cryptogram without issuer data',
      'hQVDUFYwMWEcTwigAAADMwEBAWMQnyYIWE/ThfojS8yfNgIAAQ==',
      'incomplete-cryptogram',
    ],
    ['last digits that are none', 'hQVDUFYwMWEPTwigAAADMwEBAZ8lAkWr', 'wrong-value'],
    ['a template that ends early', 'hQVDUFYwMWEgTwegAAAAVVVV', 'not-tlv'],
    ['letters that are none', 'hQVDUFYwMWEKTwigAAADMwEBAQ-_', 'not-base64'],
    ['its padding missing', 'hQVDUFYwMQ', 'not-base64'],
    ['too much padding', 'hQVDUFYwMQ===', 'not-base64'],
    ['bits left over', 'hQVDUFYwMR==', 'not-base64'],
    ['a space', 'hQVDUFYw MQ==', 'not-base64'],
    ['more than a code holds', `hQVD${'AAAA'.repeat(800)}`, 'too-long'],
    ['nothing', '', 'not-cpm'],
  ])('%s', (_, text, code) => {
    expect(parseConsumerPresented(text)).toMatchObject({ kind: 'malformed', code });
  });

  it('and the object at fault is named', () => {
    expect(parseConsumerPresented('hQVDUFYwMWEPTwigAAADMwEBAZ8lAkWr')).toEqual({
      kind: 'malformed',
      code: 'wrong-value',
      tag: 0x9f25,
    });
  });
});

describe('any text', () => {
  const bytes = (text: string) => Buffer.from(text, 'base64');
  const changed = fc
    .tuple(fc.constantFrom(EXAMPLE, FULL), fc.nat(200), fc.integer({ min: 1, max: 255 }))
    .map(([text, at, mask]) => {
      const all = bytes(text);
      all[at % all.length] = (all[at % all.length] ?? 0) ^ mask;
      return all.toString('base64');
    });
  const texts = fc.oneof(
    fc.string({ maxLength: 80 }),
    fc.base64String({ maxLength: 200 }),
    fc.base64String({ maxLength: 200 }).map((tail) => `hQVDUFYwMWE${tail}`),
    changed,
  );

  it('is read or refused, never thrown at', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseConsumerPresented(text);
        if (parsed.kind === 'malformed') return;
        expect(bytes(text).toString('base64')).toBe(text);
        for (const { aid, chip } of parsed.applications) {
          expect(aid.length).toBeGreaterThanOrEqual(5);
          if (chip) expect(chip.cryptogram.length).toBe(8);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

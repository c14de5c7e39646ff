import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TAG } from '../dictionary/index.ts';
import { type Answer, type CardholderMethods, type Request, runStepSync } from '../kernel/requests.ts';
import { fen, hex, Pan, Secret, toHex } from '../values/index.ts';
import { type VerificationEnd, type VerificationInput, verifyCardholder } from './verify-cardholder.ts';

const PAN = Pan.parse('6299990000001234567');

function input(changes: Partial<VerificationInput> = {}): VerificationInput {
  if (PAN === undefined) throw new RangeError('no PAN');
  return {
    aip: hex('7C00'),
    terminalType: 0x22,
    capabilities: hex('E0F9C8'),
    transactionType: 0x00,
    currencyCode: hex('0156'),
    amount: fen(1250),
    amountOther: fen(0),
    pan: PAN,
    pinKey: undefined,
    pinPadding: new Uint8Array(),
    ...changes,
  };
}

/** Amounts of zero before the rules; 9F61 "11010119900307" and 9F62 00, identity card. */
const card = (
  rules: string,
  document: readonly [(string | undefined)?, string?] = ['3131303130313139393030333037', '00'],
) =>
  new Map([
    [TAG.cvmList, hex(`0000000000000000${rules}`)],
    ...(document[0] === undefined ? [] : [[TAG.idDocumentNumber, hex(document[0])] as const]),
    ...(document[1] === undefined ? [] : [[TAG.idDocumentType, hex(document[1])] as const]),
  ]);

type Entry = CardholderMethods[keyof CardholderMethods]['answer'];

const pin = (): Entry => ({ kind: 'entered', pin: new Secret(new TextEncoder().encode('1234')) });
const BLOCK = new Secret(new Uint8Array(8).fill(0x5a));
const ONLINE_PIN: Entry = { kind: 'entered', pin: { block: BLOCK, format: 'iso-0', keyId: 'test' } };

const inWords = (end: VerificationEnd): string => {
  if (end.kind === 'cancelled') return end.reason;
  if (end.kind !== 'completed') return end.kind;
  const { cvmResults, tvr } = end.outcome;
  return [toHex(cvmResults), ...tvr, ...(end.onlinePin ? ['+ PIN'] : [])].join(' ');
};

/** What is said at the end, and what was asked: commands, or methods. */
function play(
  rules: string,
  answers: readonly (string | Entry)[],
  document?: readonly [(string | undefined)?, string?],
) {
  const asked: string[] = [];
  const requests: Request[] = [];
  const end = runStepSync(verifyCardholder(card(rules, document), input()), (request) => {
    const answer = answers[asked.length];
    requests.push(request);
    asked.push(
      request.name === 'exchange' ? toHex(request.command) : 'method' in request ? request.method : request.name,
    );
    if (answer === undefined) throw new RangeError(`nobody expects ${asked.at(-1)}`);
    if (typeof answer !== 'string') return answer;
    return answer === 'torn' ? { kind: 'torn' } : { kind: 'answered', response: hex(answer) };
  });
  expect(asked).toHaveLength(answers.length);
  return { end, said: inWords(end), asked: asked.join(' '), requests };
}

const TRIES = '80CA9F1700';
const VERIFY = '0020008008241234FFFFFFFFFF';

describe('the methods are asked of those whom they name', () => {
  it.each<[string, string, readonly (string | Entry)[], string, string]>([
    ['signature asks nobody', '1E00', [], '1E0000', ''],
    ['plaintext PIN', '0100', ['9F1701039000', pin(), '9000'], '010002', `${TRIES} offline-pin ${VERIFY}`],
    ['online PIN', '0200', [ONLINE_PIN], '020000 online-pin-entered + PIN', 'online-pin'],
    ['enciphered PIN without a key', '44001F00', [], '1F0002', ''],
    ['document', '2000', [{ kind: 'confirmed' }], '200002', 'id-document'],
    [
      'blocked offline, then online',
      '41000200',
      ['9F1701009000', ONLINE_PIN],
      '020000 pin-try-limit-exceeded online-pin-entered + PIN',
      `${TRIES} online-pin`,
    ],
    [
      'bypassed online, not asked for offline',
      '42000100',
      [{ kind: 'bypassed' }],
      '010001 pin-not-entered cardholder-verification-not-successful',
      'online-pin',
    ],
    [
      'no pad online',
      '0200',
      [{ kind: 'unavailable' }],
      '020001 pin-pad-not-present-or-not-working cardholder-verification-not-successful',
      'online-pin',
    ],
    ['online PIN cancelled', '42001F00', [{ kind: 'cancelled' }], 'pin-cancelled', 'online-pin'],
    ['online PIN timed out', '42001F00', [{ kind: 'timed-out' }], 'pin-timed-out', 'online-pin'],
    ['offline PIN cancelled', '41001F00', ['6A88', { kind: 'cancelled' }], 'pin-cancelled', `${TRIES} offline-pin`],
    ['torn', '41001F00', ['torn'], 'torn', TRIES],
    [
      'VERIFY answered as no standard says',
      '41001F00',
      ['6A88', pin(), '6F00'],
      'terminated',
      `${TRIES} offline-pin ${VERIFY}`,
    ],
    ['half a rule', '02', [], 'terminated', ''],
    ['document cancelled', '60001F00', [{ kind: 'cancelled' }], 'pin-cancelled', 'id-document'],
    ['document timed out', '60001F00', [{ kind: 'timed-out' }], 'pin-timed-out', 'id-document'],
    ['not the customer', '60001F00', [{ kind: 'refused' }], '1F0002', 'id-document'],
    ['the card left meanwhile', '60001F00', [{ kind: 'torn' }], 'torn', 'id-document'],
    ['nobody there to compare', '60001F00', [{ kind: 'unavailable' }], '1F0002', 'id-document'],
  ])('%s', (_, rules, answers, said, asked) => {
    const played = play(rules, answers);
    expect([played.said, played.asked]).toEqual([said, asked]);
  });

  it('the enciphered online PIN is handed on as it came', () => {
    const { end } = play('0200', [ONLINE_PIN]);
    expect(end.kind === 'completed' && end.onlinePin?.block.use(toHex)).toBe('5A5A5A5A5A5A5A5A');
  });
});

describe('leaving the PIN out (EMV Book 4, §6.3.4.3)', () => {
  it.each([
    [0x21, true],
    [0x22, true],
    [0x25, false],
    [0x26, false],
  ])('terminal type %i: %s', (terminalType, allowed) => {
    const answers: readonly Answer[] = [
      { kind: 'answered', response: hex('6A88') },
      { kind: 'bypassed' },
      { kind: 'bypassed' },
    ];
    for (const rules of ['4100', '4200']) {
      const asked: boolean[] = [];
      let at = rules === '4100' ? 0 : 1;
      runStepSync(verifyCardholder(card(rules), input({ terminalType })), (request) => {
        if ('mayBypass' in request) asked.push(request.mayBypass);
        return answers[at++] ?? { kind: 'unavailable' };
      });
      expect(asked).toEqual([allowed]);
    }
  });
});

describe('identity document (9F61, 9F62)', () => {
  it.each([
    ['00', 'identity-card'],
    ['01', 'officer'],
    ['02', 'passport'],
    ['03', 'entry-permit'],
    ['04', 'temporary-identity-card'],
    ['05', 'other'],
  ])('type %s', (code, type) => {
    const seen: string[] = [];
    runStepSync(verifyCardholder(card('2000', ['4131', code]), input()), (request) => {
      if (request.name !== 'verify-cardholder' || request.method !== 'id-document') throw new RangeError(request.name);
      const { document } = request;
      seen.push(document.type, document.number.use(toHex));
      return { kind: 'confirmed' };
    });
    expect(seen).toEqual([type, '4131']);
  });

  it.each<[string, readonly [(string | undefined)?, string?], string]>([
    ['no number', [undefined, '00'], '200001 icc-data-missing cardholder-verification-not-successful'],
    ['an empty number', ['', '00'], '200001 icc-data-missing cardholder-verification-not-successful'],
    ['no type', ['4131'], '200001 icc-data-missing cardholder-verification-not-successful'],
    ['an empty type', ['4131', ''], '200001 icc-data-missing cardholder-verification-not-successful'],
    ['type 06', ['4131', '06'], '200001 cardholder-verification-not-successful'],
    ['a type of two bytes', ['4131', '0000'], '200001 cardholder-verification-not-successful'],
  ])('%s', (_, document, said) => {
    expect(play('2000', [], document).said).toBe(said);
  });

  it('the number is wiped, the card data is not', () => {
    const objects = card('2000', ['4131', '00']);
    let number: Uint8Array | undefined;
    runStepSync(verifyCardholder(objects, input()), (request) => {
      if (request.name !== 'verify-cardholder' || request.method !== 'id-document') throw new RangeError(request.name);
      number = request.document.number.use((bytes) => bytes);
      return { kind: 'confirmed' };
    });
    expect(number).toEqual(new Uint8Array(2));
    expect(toHex(objects.get(TAG.idDocumentNumber) ?? new Uint8Array())).toBe('4131');
  });
});

it('ends, and throws at nothing, whatever card and cardholder say', () => {
  const response = fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.constantFrom('9000', '63C1', '63CF', '63C0', '6983', '9F1701039000', '01020304050607089000').map(hex),
  );
  const answers: fc.Arbitrary<(request: Request) => Answer> = fc.infiniteStream(response).chain((stream) =>
    fc
      .infiniteStream(fc.constantFrom('entered', 'bypassed', 'unavailable', 'cancelled', 'refused'))
      .map((kinds) => (request: Request) => {
        if (request.name === 'exchange') return { kind: 'answered', response: stream.next().value };
        if (request.name !== 'verify-cardholder') throw new RangeError(request.name);
        const kind = kinds.next().value;
        if (request.method === 'id-document') return { kind: kind === 'refused' ? kind : 'confirmed' };
        if (kind !== 'entered') return { kind: kind === 'refused' ? 'bypassed' : kind };
        return request.method === 'online-pin' ? ONLINE_PIN : pin();
      }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 24 }), answers, (list, answer) => {
      let asked = 0;
      const end = runStepSync(verifyCardholder(new Map([[TAG.cvmList, list]]), input()), (request) => {
        asked += 1;
        return answer(request);
      });
      expect(asked).toBeLessThan(1000);
      if (end.kind !== 'completed') return;
      const [, , result] = end.outcome.cvmResults;
      expect(result === 0x01).toBe(end.outcome.tvr.includes('cardholder-verification-not-successful'));
      expect(end.onlinePin !== undefined).toBe(end.outcome.onlinePin);
    }),
    { numRuns: 500 },
  );
});

describe('a list that names one method a hundred times', () => {
  it.each<[string, readonly (string | Entry)[], string]>([
    ['4100', ['6A88', pin(), '63C0'], `${TRIES} offline-pin ${VERIFY}`],
    ['4400', [], ''],
    ['4200', [{ kind: 'unavailable' }], 'online-pin'],
    ['6000', [{ kind: 'refused' }], 'id-document'],
  ])('%s asks nobody twice', (rule, answers, asked) => {
    const played = play(rule.repeat(100), answers);
    expect(played.asked).toBe(asked);
    expect(played.end.kind).toBe('completed');
  });
});

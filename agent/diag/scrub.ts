/** What was masked in a text, by kind. */
export type Masked = Readonly<Partial<Record<Kind, number>>>;
type Kind = 'pan' | 'track' | 'named' | 'private-key' | 'known' | 'url-password';

export interface Scrubbed {
  readonly text: string;
  readonly masked: Masked;
}

const MIN_PAN = 13;
const MAX_PAN = 19;

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - 48;
    const doubled = place % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** No card begins with 0, and none has one digit alone: that is padding. */
const likePan = (digits: string): boolean => digits[0] !== '0' && !/^(\d)\1*$/.test(digits) && passesLuhn(digits);

/** Is there a card number anywhere in a run of digits? In bytes of a card it stands between other digits. */
function holdsPan(run: string): boolean {
  for (let length = MIN_PAN; length <= MAX_PAN; length++)
    for (let at = 0; at + length <= run.length; at++) if (likePan(run.slice(at, at + length))) return true;
  return false;
}

/** Does a run of digits end with a card number, as before the separator of a track? */
function endsWithPan(run: string): boolean {
  for (let length = MIN_PAN; length <= Math.min(MAX_PAN, run.length); length++)
    if (likePan(run.slice(-length))) return true;
  return false;
}

/** Digits that are written as bytes of ASCII: 36 32 33 … */
const asciiDigits = (hexDigits: string): string => hexDigits.replace(/[\s:]/g, '').replace(/3(\d)/g, '$1');

/** Payments, batches and closes are named so; their digits and hyphens are no number of a card. */
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const UUID_LENGTH = 36;

/** Does a match lie within such a name? */
function inUuid({ 0: whole, index, input }: RegExpExecArray): boolean {
  const from = Math.max(0, index - UUID_LENGTH);
  const around = input.slice(from, index + whole.length + UUID_LENGTH);
  return [...around.matchAll(UUID)].some(
    ({ index: at }) => from + at <= index && index + whole.length <= from + at + UUID_LENGTH,
  );
}

interface Rule {
  readonly kind: Kind;
  readonly pattern: RegExp;
  /** What stands for a match; undefined where it is none after all. */
  readonly mask: (match: RegExpExecArray) => string | undefined;
}

const NAMES =
  'pin|cvv2?|pin[_-]?block|clear[_-]?pin|pan|track[_-]?[12]?(?:data)?|(?:private|master|session|signing|working|card[_-]?token|data)[_-]?key|' +
  'enrolment[_-]?code|jdpos_enrolment_code|password|passphrase|secret';

const stars = (text: string): string => '*'.repeat(text.length);
/** The time of a log line is thirteen digits, and one in ten passes for a card number. */
const TIMES = /"time":$/;

const RULES: readonly Rule[] = [
  {
    kind: 'private-key',
    pattern: /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?(?:-----END \1PRIVATE KEY-----|$)/g,
    mask: () => '[private key]',
  },
  { kind: 'url-password', pattern: /(\/\/[^\s/:@]*):([^\s/@]+)@/g, mask: ([, before = '']) => `${before}:[masked]@` },
  {
    // Track 2, as text (=) or as bytes (D), to its end.
    kind: 'track',
    pattern: /(\d{13,})([=D])(\d{4,}F?)/gi,
    mask: ([whole, pan = '']) => (endsWithPan(pan) ? stars(whole) : undefined),
  },
  {
    kind: 'pan',
    pattern: /(?:3\d[\s:]?){12,}3\d/g,
    mask: ([whole]) => (holdsPan(asciiDigits(whole)) ? stars(whole) : undefined),
  },
  {
    kind: 'pan',
    pattern: /\d(?:[ -]?\d){12,}/g,
    mask(match) {
      const { 0: whole, index, input } = match;
      const isTime = whole.length === MIN_PAN && TIMES.test(input.slice(Math.max(0, index - 7), index));
      return !isTime && !inUuid(match) && holdsPan(whole.replace(/[ -]/g, '')) ? stars(whole) : undefined;
    },
  },
  // After the numbers: a name takes one word of its value, and a number may be written in groups.
  {
    // A name, quoted or not, also in a text that is itself quoted; and what is assigned to it.
    kind: 'named',
    pattern: new RegExp(
      `(\\b(?:${NAMES})(?:\\\\*["'])?\\s*[:=]\\s*)(\\\\+"[^"]*"|"(?:[^"\\\\]|\\\\.)*"|'[^']*'|(?!\\[masked\\])[^\\s,;}\\]]+)`,
      'gi',
    ),
    mask([, name = '', value = '']) {
      if (/^\\*["']?(\[masked\])?\\*["']?$/.test(value) || /^(true|false|null|\{|\[)/.test(value)) return undefined;
      const quotes = /^\\*["']/.exec(value)?.[0] ?? '';
      return `${name}${quotes}[masked]${quotes}`;
    },
  },
  {
    // The same in running text, where what follows looks like a PIN or a key.
    kind: 'named',
    pattern: new RegExp(`(\\b(?:${NAMES})\\s+(?:is\\s+)?)(?:\\d{4,12}|[0-9A-F]{16,})\\b`, 'gi'),
    mask: ([, name = '']) => `${name}[masked]`,
  },
];

/**
 * Masks what must not leave a terminal: card numbers (also between other digits, in BCD, and as ASCII bytes), tracks, what is called
 * a PIN or a key, private keys, and the secrets that are known. Too much is masked rather than too little.
 * @param known secrets of this terminal as they might be written
 */
export function scrub(text: string, known: readonly string[]): Scrubbed {
  const masked: Partial<Record<Kind, number>> = {};
  const note = (kind: Kind): void => {
    masked[kind] = (masked[kind] ?? 0) + 1;
  };
  let clean = text;
  for (const secret of known) {
    if (secret === '') continue;
    const pieces = clean.split(secret);
    for (let piece = 1; piece < pieces.length; piece++) note('known');
    clean = pieces.join('[masked]');
  }
  for (const { kind, pattern, mask } of RULES) {
    let rest = 0;
    let out = '';
    for (const match of clean.matchAll(pattern)) {
      const instead = mask(match);
      if (instead === undefined) continue;
      note(kind);
      out += clean.slice(rest, match.index) + instead;
      rest = match.index + match[0].length;
    }
    clean = out + clean.slice(rest);
  }
  return { text: clean, masked };
}

import { BASE64_RUN, folded, insideBase64 } from './encodings.ts';

/** What was masked in a text, by kind. */
export type Masked = Readonly<Partial<Record<Kind, number>>>;
type Kind = 'pan' | 'track' | 'named' | 'private-key' | 'known' | 'url-password' | 'bytes' | 'base64';

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

const isPan = (digits: string): boolean => digits.length >= MIN_PAN && digits.length <= MAX_PAN && likePan(digits);

/** Does a run of digits end with a card number, as before the separator of a track? */
function endsWithPan(run: string): boolean {
  for (let length = MIN_PAN; length <= Math.min(MAX_PAN, run.length); length++)
    if (likePan(run.slice(-length))) return true;
  return false;
}

/** One digit as a byte of ASCII: 36, %36, \\x36, 0x36, \\u0036, &#x36; */
const ASCII_DIGIT = String.raw`(?:%|\\x|0x|\\u00|&#x)?3\d(?:;|,?\s|[,:-])?`;
const asciiDigits = (run: string): string => [...run.matchAll(/3(\d)(?!\d*x)/g)].map(([, digit]) => digit).join('');

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
  readonly mask: (match: RegExpExecArray, known: readonly string[]) => string | undefined;
}

const NAMES =
  'pin|cvv2?|pin[_-]?block|clear[_-]?pin|pan|track[_-]?[12]?(?:data)?|(?:private|master|session|signing|working|card[_-]?token|data)[_-]?key|' +
  'enrolment[_-]?code|jdpos_enrolment_code|password|passphrase|secret';

/** Short names of keys in the trade: key, data, PIN and terminal keys, and those they come from. */
const KEY_NAMES = 'kek|dek|pek|zpk|zmk|tmk|tpk|tdk|ipek|bdk|udk|mdk|mak';

/** Eight bytes or more; in base64 sixteen, which have a digit among them. */
const HEX_KEY = String.raw`(?:0x)?[0-9A-F]{2}(?:[\s:-]?[0-9A-F]{2}){7,}`;
const BASE64_KEY = String.raw`(?=[\w+/-]*[0-9])[\w+/-]{22,}={0,2}`;

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
    pattern: /(?<!\d)(\d{13,})([=D])(\d{4,}F?)/gi,
    mask: ([whole, pan = '']) => (endsWithPan(pan) ? stars(whole) : undefined),
  },
  {
    kind: 'pan',
    pattern: new RegExp(`(?:${ASCII_DIGIT}){13,}`, 'g'),
    mask: ([whole]) => (holdsPan(asciiDigits(whole)) ? stars(whole) : undefined),
  },
  {
    // The same as numbers: 54, 50, 51 …
    kind: 'pan',
    pattern: /(?:(?:4[89]|5[0-7]),\s*){12,}(?:4[89]|5[0-7])/g,
    mask: ([whole]) =>
      holdsPan(whole.replace(/\d+,?\s*/g, (code) => String(Number.parseInt(code, 10) - 48))) ? stars(whole) : undefined,
  },
  {
    // Bytes as Node shows them: nobody can tell what is in them.
    kind: 'bytes',
    pattern:
      /("type"\s*:\s*"Buffer"\s*,\s*"data"\s*:\s*\[)[\d,\s]{8,}|(<Buffer )[0-9a-f ]{8,}|(\{)(?:\s*"\d+"\s*:\s*\d{1,3}\s*,?){8,}/g,
    mask: ([, array = '', buffer = '', object = '']) => `${array}${buffer}${object}[masked]`,
  },
  {
    // In groups, with other signs between them than blanks and hyphens: as a whole, since dates and versions look alike.
    kind: 'pan',
    pattern: /(?<!\d)\d{2,6}(?:[._/:,\t\u00A0]\d{2,6}){2,9}(?!\d)/g,
    mask: ([whole]) => (isPan(whole.replace(/\D/g, '')) ? stars(whole) : undefined),
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
  {
    // Whatever is called a key and looks like one, in hex or base64. A public one may be known.
    kind: 'named',
    pattern: new RegExp(
      String.raw`((?<![\w-])(?!public)[\w-]{0,40}?(?:key|${KEY_NAMES})(?:\\*["'])?\s*)(?:([:=]\s*(?:\\*["'])?)${BASE64_KEY}|([:=]?\s*(?:\\*["'])?)${HEX_KEY})`,
      'gi',
    ),
    mask: ([, name = '', assigned = '', perhaps = '']) => `${name}${assigned}${perhaps}[masked]`,
  },
  {
    kind: 'named',
    pattern: /((?:密码|口令|密钥|卡号|磁道)(?:\\*["'])?\s*[:=]?\s*(?:\\*["'])?)([0-9A-Za-z+/=-]{4,})/g,
    mask: ([, name = '']) => `${name}[masked]`,
  },
  {
    kind: 'base64',
    pattern: BASE64_RUN,
    mask: ([whole], known) => (insideBase64(whole).some((text) => holdsSecret(text, known)) ? '[masked]' : undefined),
  },
];

/** As it is; one in hex in either case, and with signs between its bytes. */
function anyForm(secret: string): RegExp {
  if (/^(?:[0-9A-Fa-f]{2}){8,}$/.test(secret)) return new RegExp(secret.match(/../g)?.join('[\\s:-]?') ?? secret, 'gi');
  return new RegExp(secret.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'g');
}

/** Would anything be masked in it? */
const holdsSecret = (text: string, known: readonly string[]): boolean =>
  Object.keys(scrub(text, known).masked).length > 0;

/**
 * Masks what must not leave a terminal: card numbers (also between other digits, in groups, in BCD, as bytes of ASCII, in base64 and in digits of
 * other scripts), tracks, what is called a PIN or a key, private keys, bytes that Node has shown, and the secrets that are known. Too much is masked rather than too little.
 * @param known secrets of this terminal as they might be written
 */
export function scrub(text: string, known: readonly string[]): Scrubbed {
  const masked: Partial<Record<Kind, number>> = {};
  const note = (kind: Kind): void => {
    masked[kind] = (masked[kind] ?? 0) + 1;
  };
  let clean = folded(text);
  for (const secret of known) {
    if (secret === '') continue;
    clean = clean.replace(anyForm(secret), () => {
      note('known');
      return '[masked]';
    });
  }
  for (const { kind, pattern, mask } of RULES) {
    let rest = 0;
    let out = '';
    for (const match of clean.matchAll(pattern)) {
      const instead = mask(match, known);
      if (instead === undefined) continue;
      note(kind);
      out += clean.slice(rest, match.index) + instead;
      rest = match.index + match[0].length;
    }
    clean = out + clean.slice(rest);
  }
  return { text: clean, masked };
}

import {
  type CpmApplication,
  type CpmErrorCode,
  MAX_CODE_CHARACTERS,
  parseConsumerPresented,
} from './consumer-presented.ts';

/** The issuer's own e-card codes: how they begin and how long they are. */
export interface OwnCodes {
  /** Letters and digits. */
  readonly prefix: string;
  /** Characters, the prefix included. */
  readonly length: number;
}

type NumericFamily = 'wechat' | 'alipay' | 'unionpay';

/**
 * Whose code a customer shows. No code can be verified here: each is used once, within a minute or so, and only the host knows;
 * so every result says that it takes the host's word. The code itself is money and is not repeated in it.
 */
export type CodeFamily =
  | { readonly family: 'emv-cpm'; readonly verification: 'online'; readonly applications: readonly CpmApplication[] }
  | { readonly family: NumericFamily | 'own'; readonly verification: 'online' }
  | {
      readonly family: 'unknown';
      readonly verification: 'online';
      /** `ambiguous`: two families claim it, as with a prefix of one's own that is not one's own. */
      readonly why: 'empty' | 'not-a-payment-code' | 'ambiguous' | CpmErrorCode;
    };

/** 85 05 'CPV0' in base64. The letters after it depend on what follows: a 61 makes `hQVDUFYwMW`, nothing `hQVDUFYwMQ`. */
const CPM_START = 'hQVDUFYw';

/** Lengths and beginnings as the schemes publish them. */
const NUMERIC: readonly (readonly [NumericFamily, RegExp])[] = [
  ['wechat', /^1[0-5][0-9]{16}$/],
  ['alipay', /^(?:2[5-9]|30)[0-9]{14,22}$/],
  ['unionpay', /^62[0-9]{17}$/],
];

const unknown = (why: Extract<CodeFamily, { family: 'unknown' }>['why']): CodeFamily => ({
  family: 'unknown',
  verification: 'online',
  why,
});

const isOwn = (code: string, own: readonly OwnCodes[]): boolean =>
  /^[0-9A-Za-z]+$/.test(code) &&
  own.some(({ prefix, length }) => prefix !== '' && code.length === length && code.startsWith(prefix));

function emvCode(code: string): CodeFamily {
  const parsed = parseConsumerPresented(code);
  if (parsed.kind === 'malformed') return unknown(parsed.code);
  return { family: 'emv-cpm', verification: 'online', applications: parsed.applications };
}

/** Tells a scanned code's family by its length and beginning. White space around it is the scanner's. Never throws. */
export function codeFamily(scanned: string, own: readonly OwnCodes[] = []): CodeFamily {
  if (scanned.length > MAX_CODE_CHARACTERS) return unknown('too-long');
  const code = scanned.trim();
  if (code === '') return unknown('empty');
  const claims: CodeFamily[] = [
    ...(code.startsWith(CPM_START) ? [emvCode(code)] : []),
    ...NUMERIC.filter(([, form]) => form.test(code)).map(
      ([family]): CodeFamily => ({ family, verification: 'online' }),
    ),
    ...(isOwn(code, own) ? [{ family: 'own', verification: 'online' } as const] : []),
  ];
  const [claim, another] = claims;
  return another ? unknown('ambiguous') : (claim ?? unknown('not-a-payment-code'));
}

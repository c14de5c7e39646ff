import { TAG } from '../dictionary/index.ts';
import { type DolEntry, parseDol, parseTlv } from '../tlv/index.ts';
import { hex } from '../values/index.ts';

const DEFAULT_DDOL = hex('9F3704');
const UNPREDICTABLE_NUMBER_LENGTH = 4;

/**
 * What INTERNAL AUTHENTICATE tells the card (EMV Book 2, §6.5.1): the card's DDOL (9F49), else the terminal's, else 9F3704.
 * Undefined when that cannot be read or does not ask for the unpredictable number: the card would sign nothing new.
 */
export function ddolEntries(ddol: Uint8Array | undefined): readonly DolEntry[] | undefined {
  const parsed = parseDol(ddol ?? DEFAULT_DDOL);
  const entries = parsed.kind === 'parsed' ? parsed.entries : [];
  const isNew = ({ tag, length }: DolEntry): boolean =>
    tag === TAG.unpredictableNumber && length === UNPREDICTABLE_NUMBER_LENGTH;
  return entries.some(isNew) ? entries : undefined;
}

/** The signature in the answer to INTERNAL AUTHENTICATE, without status word: the value of 80, or 9F4B in 77 (EMV Book 3, §6.5.9.4). */
export function signedDynamicDataIn(answer: Uint8Array): Uint8Array | undefined {
  const parsed = parseTlv(answer);
  const [template, ...others] = parsed.kind === 'parsed' ? parsed.nodes : [];
  if (others.length > 0) return undefined;
  if (template?.tag === TAG.responseFormat1) return template.value;
  return template?.tag === TAG.responseFormat2
    ? template.children?.find(({ tag }) => tag === TAG.sdad)?.value
    : undefined;
}

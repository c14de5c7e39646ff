import type { SlipLine } from '../../drivers/index.ts';
import type { SlipFacts } from './slip-facts.ts';
import { BRAND, LABELS, REPRINT } from './words.ts';

export const RULE: SlipLine = { kind: 'rule' };
export const BLANK: SlipLine = { kind: 'blank' };

export const pair = (label: keyof typeof LABELS, value: string): SlipLine => ({
  kind: 'pair',
  name: LABELS[label],
  value,
});
export const maybe = (label: keyof typeof LABELS, value: string | undefined): readonly SlipLine[] =>
  value === undefined || value === '' ? [] : [pair(label, value)];
export const coded = (name: string, value: string | undefined): readonly SlipLine[] =>
  value === undefined ? [] : [{ kind: 'pair', name, value }];
export const centred = (words: string) => ({ kind: 'text', text: words, centred: true }) as const;
export const large = (text: string): SlipLine => ({
  kind: 'text',
  text,
  centred: true,
  emphasised: true,
  double: true,
});

/** Fen as slips have it: `RMB 1,234.56`. */
export function rmb(amountMinor: number): string {
  const sign = amountMinor < 0 ? '-' : '';
  const digits = String(Math.abs(amountMinor)).padStart(3, '0');
  const yuan = digits.slice(0, -2).replace(/\B(?=(?:[0-9]{3})+$)/g, ',');
  return `RMB ${sign}${yuan}.${digits.slice(-2)}`;
}

export const text = (words: string): SlipLine => ({ kind: 'text', text: words });

/** RFC 3339 as people read it; the offset stays. */
export const moment = (at: string): string => at.replace('T', ' ').replace(/(Z|[+-][0-9:]{5})$/, ' $1');

/** How every slip begins. */
export const headLines = (title: string, reprint: boolean): readonly SlipLine[] => [
  { kind: 'text', text: BRAND, centred: true, double: true },
  centred(title),
  ...(reprint ? [large(REPRINT[0]), centred(REPRINT[1])] : []),
];

/** Whose it is. */
export const ownerLines = ({ merchant, terminal }: Pick<SlipFacts, 'merchant' | 'terminal'>): readonly SlipLine[] => [
  ...maybe('merchantName', merchant?.name),
  ...maybe('merchantNumber', merchant?.id),
  ...maybe('terminal', terminal),
];

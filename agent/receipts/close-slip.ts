import type { Difference } from '../../clearing/contract/index.ts';
import type { SlipLine } from '../../drivers/index.ts';
import type { CloseFacts } from './close-facts.ts';
import type { CloseTally, Sum } from './close-tally.ts';
import { centred, coded, headLines, large, maybe, moment, ownerLines, pair, RULE, rmb, text } from './slip-lines.ts';
import { CENTRE, CLOSE_TITLE, COMPARED, DIFFERENCES, MORE_DIFFERENCES, TALLY_LINES, UNREADABLE } from './words.ts';

/**
 * The slip of a shift or day (结算单): what was recorded by kind and funding, from where to where, and what the centre says
 * of it. Only the comparison, and a batch that was not sealed yet, come later.
 */
export function closeSlipOf(facts: CloseFacts, reprint: boolean): readonly SlipLine[] {
  return [
    ...headLines(CLOSE_TITLE, reprint),
    RULE,
    ...ownerLines(facts),
    ...rangeLines(facts),
    RULE,
    ...tallyLines(facts),
    RULE,
    ...comparisonLines(facts),
  ];
}

function rangeLines({ close, at, firstBatch, lastBatch }: CloseFacts): readonly SlipLine[] {
  const { number, first, last } = close;
  return [
    pair('close', String(number)),
    pair('at', moment(at)),
    pair('firstVoucher', `${first.epoch}-${first.sequence}`),
    pair('lastVoucher', `${last.epoch}-${last.sequence}`),
    ...maybe('firstBatch', firstBatch),
    ...(lastBatch === firstBatch ? [] : maybe('lastBatch', lastBatch)),
  ];
}

const counted = (name: string, { count, minor }: Sum): SlipLine => ({
  kind: 'pair',
  name,
  value: `${count} / ${rmb(minor)}`,
});

const ALWAYS: readonly (keyof CloseTally)[] = ['salesByChip', 'salesByAccount'];
/** Those that are seldom are left out when there is none. */
const SOMETIMES: readonly (keyof CloseTally)[] = ['offlineSales', 'loads', 'undecided', 'charged', 'declined'];

function tallyLines({ close, tally, unreadable }: CloseFacts): readonly SlipLine[] {
  const line = (name: keyof CloseTally): SlipLine => counted(TALLY_LINES[name], tally[name]);
  return [
    ...ALWAYS.map(line),
    { ...line('sales'), emphasised: true } as SlipLine,
    ...SOMETIMES.filter((name) => tally[name].count > 0).map(line),
    ...coded(TALLY_LINES.records, String(close.count)),
    ...(unreadable === 0 ? [] : coded(UNREADABLE, String(unreadable))),
  ];
}

/** More is no list for a roll of paper. */
const MAX_DIFFERENCES = 20;

function comparisonLines({ close, comparisons }: CloseFacts): readonly SlipLine[] {
  if (close.comparedAt === undefined) return verdict('not-yet');
  const sum = (of: (one: CloseFacts['comparisons'][number]) => number): number =>
    comparisons.reduce((total, one) => total + of(one), 0);
  const centre = { count: sum((one) => one.acceptedCount), minor: sum((one) => one.acceptedMinor) };
  const differences = comparisons.flatMap(({ epoch, differences }) => differences.map((one) => ({ epoch, ...one })));
  const agreed = differences.length === 0 ? 'equal' : 'different';
  return [
    counted(CENTRE, centre),
    ...verdict(close.complete ? agreed : 'incomplete'),
    ...differences.slice(0, MAX_DIFFERENCES).map(differenceLine),
    ...(differences.length > MAX_DIFFERENCES ? [text(MORE_DIFFERENCES)] : []),
  ];
}

const verdict = (word: keyof typeof COMPARED): readonly SlipLine[] => [
  word === 'equal' ? centred(COMPARED[word][0]) : large(COMPARED[word][0]),
  centred(COMPARED[word][1]),
];

function differenceLine(one: Difference & { readonly epoch: number }): SlipLine {
  return { kind: 'pair', name: `${one.epoch}-${one.sequence} ${DIFFERENCES[one.kind]}`, value: detailOf(one) };
}

/** Terminal first, then centre. */
function detailOf(one: Difference): string {
  if (one.kind === 'content') return '';
  if (one.kind === 'disputed') return [one.reason, one.debt ?? one.suspense].filter(Boolean).join(', ');
  if (one.kind === 'outcome') return `${one.atTerminal} / ${one.atCentre}`;
  if (one.kind === 'amount') return `${rmb(one.atTerminalMinor)} / ${rmb(one.atCentreMinor)}`;
  return one.amountMinor === undefined ? '' : rmb(one.amountMinor);
}

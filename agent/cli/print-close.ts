import type { CloseResource } from '../api/close-resource.ts';
import { yuan } from './text.ts';

type Difference = NonNullable<CloseResource['differences']>[number];

/** A close for people: both sides, and then record by record what they do not agree on. */
export function closeLines(close: CloseResource): string[] {
  const { number, first, last, terminal, centre, differences = [], complete } = close;
  const range = `records ${first.epoch}-${first.sequence} to ${last.epoch}-${last.sequence}`;
  const here = `close ${number}  ${range}  ${terminal.count} in all  ${yuan(terminal.totalMinor)}`;
  if (centre === undefined) return [here, 'the centre has not answered yet'];
  const there = `the centre has accepted ${centre.count} of them  ${yuan(centre.totalMinor)}`;
  const verdict = !complete
    ? `NOT COMPLETE, ${differences.length} differences so far`
    : differences.length === 0
      ? 'both sides agree, record by record'
      : `${differences.length} DIFFERENCES`;
  return [here, there, verdict, ...differences.map(differenceLine)];
}

function differenceLine({ epoch, sequence, kind, ...detail }: Difference): string {
  const words = Object.entries(detail).map(([name, value]) =>
    name.endsWith('Minor') && typeof value === 'number'
      ? `${WORDS[name] ?? name} ${yuan(value)}`
      : `${WORDS[name] ?? name} ${String(value)}`,
  );
  return [`  ${epoch}-${sequence}`, kind, ...words].join('  ');
}

const WORDS: Readonly<Record<string, string>> = {
  amountMinor: '',
  outcome: '',
  reason: '',
  atTerminalMinor: 'here',
  atCentreMinor: 'at the centre',
  atTerminal: 'here',
  atCentre: 'at the centre',
};

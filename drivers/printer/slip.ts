import { printable, printedColumns, wrapped } from './text.ts';

/** What is to be on paper, for paper of any width. */
export type SlipLine =
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly centred?: true;
      readonly emphasised?: true;
      /** Twice as wide and as high. */
      readonly double?: true;
    }
  /** A name at the left edge, what it is at the right one; below each other where they do not fit beside each other. */
  | { readonly kind: 'pair'; readonly name: string; readonly value: string; readonly emphasised?: true }
  | { readonly kind: 'rule' }
  | { readonly kind: 'blank' };

/** One line of paper: `text` is printable and fits the columns, twice of them where it is double. */
export interface PaperLine {
  readonly text: string;
  readonly centred: boolean;
  readonly emphasised: boolean;
  readonly double: boolean;
}

/** Breaks a slip into lines for paper of so many columns (half-width characters; 32 on 58 mm, 48 on 80 mm). */
export const layOut = (slip: readonly SlipLine[], columns: number): readonly PaperLine[] =>
  slip.flatMap((line) => textsOf(line, columns).map((text) => ({ text, ...lookOf(line) })));

function textsOf(line: SlipLine, columns: number): readonly string[] {
  if (line.kind === 'text') return wrapped(printable(line.text), line.double ? Math.floor(columns / 2) : columns);
  if (line.kind === 'pair') return pair(printable(line.name), printable(line.value), columns);
  return [line.kind === 'rule' ? '-'.repeat(columns) : ''];
}

const lookOf = (line: SlipLine): Omit<PaperLine, 'text'> => ({
  centred: 'centred' in line,
  emphasised: 'emphasised' in line,
  double: 'double' in line,
});

function pair(name: string, value: string, columns: number): readonly string[] {
  const gap = columns - printedColumns(name) - printedColumns(value);
  if (gap >= 1) return [`${name}${' '.repeat(gap)}${value}`];
  return [...wrapped(name, columns), ...wrapped(value, columns).map((piece) => atRight(piece, columns))];
}

const atRight = (text: string, columns: number): string => `${' '.repeat(columns - printedColumns(text))}${text}`;

/** The same as plain text, for a screen. */
export function slipText(slip: readonly SlipLine[], columns: number): readonly string[] {
  return layOut(slip, columns).map(({ text, centred, double }) => {
    const space = columns - printedColumns(text) * (double ? 2 : 1);
    return centred ? `${' '.repeat(Math.max(0, Math.floor(space / 2)))}${text}` : text;
  });
}

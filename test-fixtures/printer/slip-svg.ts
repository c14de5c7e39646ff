import { type Row, widthOf } from './virtual-printer.ts';

/** Dots of a half-width character on a printer of 203 dpi. */
const [WIDTH, HEIGHT] = [12, 24];
const [LEADING, MARGIN] = [6, 24];
const FONT = "'WenQuanYi Zen Hei Mono', 'Noto Sans Mono CJK SC', monospace";

const escaped = (text: string): string => text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** A slip as a picture: every character stands at its column, whatever the font. */
export function slipSvg(slip: readonly Row[], columns: number): string {
  let y = MARGIN;
  const rows = slip.map((row) => {
    const high = row.spans.some(({ double }) => double);
    y += (high ? HEIGHT * 2 : HEIGHT) + LEADING;
    return rowSvg(row, columns, y - LEADING);
  });
  const [width, height] = [columns * WIDTH + MARGIN * 2, y + MARGIN];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="#fdfcf8"/>`,
    `<g font-family="${FONT}" font-size="${HEIGHT - 2}" fill="#222">${rows.join('')}</g></svg>`,
  ].join('');
}

function rowSvg({ centred, spans }: Row, columns: number, bottom: number): string {
  const scale = (double: boolean): number => (double ? 2 : 1);
  const taken = spans.reduce((sum, { text, double }) => sum + widthOf(text) * scale(double), 0);
  let column = centred ? (columns - taken) / 2 : 0;
  return spans
    .flatMap(({ text, emphasised, double }) =>
      Array.from(text, (character) => {
        const x = MARGIN + column * WIDTH;
        column += widthOf(character) * scale(double);
        if (character === ' ') return '';
        const weight = emphasised ? ' font-weight="bold"' : '';
        const size = double ? ` font-size="${(HEIGHT - 2) * 2}"` : '';
        return `<text x="${x}" y="${bottom - 4 * scale(double)}"${weight}${size}>${escaped(character)}</text>`;
      }),
    )
    .join('');
}

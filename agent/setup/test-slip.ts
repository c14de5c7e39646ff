/** ESC @: as it is when it is switched on. LF feeds one line. */
const ESC_INITIALIZE = [0x1b, 0x40];
const LF = 0x0a;
const FEED_LINES = 4;

const centred = (text: string, columns: number): string => ' '.repeat(Math.max(0, (columns - text.length) >> 1)) + text;

/** A slip in plain ASCII whose ruler shows whether the paper's width is set right. */
export function testSlip(columns: number): Uint8Array {
  const ruler = Array.from({ length: columns }, (_, at) => String((at + 1) % 10)).join('');
  const lines = [centred('jdpos', columns), centred('TEST - NO PAYMENT', columns), ruler, '-'.repeat(columns)];
  const text = lines.map((line) => `${line}\n`).join('');
  return Uint8Array.from([...ESC_INITIALIZE, ...Buffer.from(text, 'latin1'), ...Array<number>(FEED_LINES).fill(LF)]);
}

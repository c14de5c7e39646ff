import { type Operation, readOperation } from './esc-pos.ts';

/** A run of characters in one style. */
export interface Span {
  readonly text: string;
  readonly emphasised: boolean;
  /** Twice as wide and as high. */
  readonly double: boolean;
}

export interface Row {
  readonly centred: boolean;
  readonly spans: readonly Span[];
}

export interface VirtualPrinterOptions {
  /** 32 on 58 mm, 48 on 80 mm. */
  readonly columns: number;
  /** It answers nothing at all, or does not know GS r. */
  readonly lacks?: 'answers' | 'paper-status';
}

const MAX_SLIPS = 50;
const decoder = new TextDecoder('gb18030', { fatal: true });
const PLAIN = { centred: false, emphasised: false, double: false, kanji: false } as const;

/** Columns that a text takes: two for each character that is not ASCII. */
export const widthOf = (text: string): number =>
  Array.from(text).reduce((sum, character) => sum + (character > '~' ? 2 : 1), 0);

/**
 * A receipt printer that takes ESC/POS to the letter: an unknown byte, or a line that is too long, ends up in `faults`. What it
 * has printed is on `slips`, and below the last cut on `paper`. Written by Epson's public reference, and apart from the driver.
 */
export class VirtualPrinter {
  readonly columns: number;
  /** The latest. */
  readonly slips: (readonly Row[])[] = [];
  /** How many were ever cut off. */
  cuts = 0;
  readonly faults: string[] = [];
  /** What has come out since the last cut. */
  paper: Row[] = [];
  /** Rows that are left on the roll. */
  paperLeft = Number.POSITIVE_INFINITY;
  isPaperLow = false;
  isCoverOpen = false;
  isCutterStuck = false;
  /** Stops before this row of the slip, as a printer does that has hung. */
  hangsBefore: number | undefined;
  /** Where its answers go. */
  answer: (bytes: Uint8Array) => void = () => {};
  readonly #lacks: VirtualPrinterOptions['lacks'];
  #buffer = new Uint8Array();
  #style: { centred: boolean; emphasised: boolean; double: boolean; kanji: boolean } = { ...PLAIN };
  #spans: Span[] = [];

  constructor({ columns, lacks }: VirtualPrinterOptions) {
    this.columns = columns;
    this.#lacks = lacks;
  }

  /** What the terminal has sent. Questions in real time are answered at once, whatever waits. */
  receive(chunk: Uint8Array): void {
    this.#buffer = Uint8Array.from([...this.#buffer, ...chunk]);
    for (let at = this.#nextQuestion(); at >= 0; at = this.#nextQuestion()) {
      this.#answerNow(this.#buffer[at + 2] ?? 0);
      this.#buffer = Uint8Array.from([...this.#buffer.subarray(0, at), ...this.#buffer.subarray(at + 3)]);
    }
    this.goOn();
  }

  /** Works on what waits, as far as nothing is in the way; after a hand has mended something. */
  goOn(): void {
    while (this.#buffer.length > 0 && !this.isOffline) {
      try {
        const read = readOperation(this.#buffer);
        if (read === 'incomplete') return;
        if (this.#hangs(read.operation)) return;
        this.#buffer = this.#buffer.slice(read.length);
        this.#do(read.operation);
      } catch (error) {
        this.faults.push(error instanceof Error ? error.message : String(error));
        this.#buffer = new Uint8Array();
      }
    }
  }

  get isOffline(): boolean {
    return this.isCoverOpen || this.isCutterStuck || this.paperLeft <= 0;
  }

  /** Switched off and on: what it had not printed is gone. */
  restart(): void {
    this.#buffer = new Uint8Array();
    this.#spans = [];
    this.#style = { ...PLAIN };
    this.hangsBefore = undefined;
  }

  #nextQuestion(): number {
    return this.#buffer.findIndex((byte, at, all) => byte === 0x10 && all[at + 1] === 0x04 && at + 2 < all.length);
  }

  #hangs({ kind }: Operation): boolean {
    return kind === 'line-feed' && this.hangsBefore !== undefined && this.paper.length >= this.hangsBefore;
  }

  #say(byte: number): void {
    if (this.#lacks !== 'answers') this.answer(Uint8Array.of(byte));
  }

  #answerNow(n: number): void {
    const isOut = this.paperLeft <= 0;
    if (n === 1) this.#say(0x12 | (this.isOffline ? 0x08 : 0));
    else if (n === 2)
      this.#say(0x12 | (this.isCoverOpen ? 0x04 : 0) | (isOut ? 0x20 : 0) | (this.isCutterStuck ? 0x40 : 0));
    else if (n === 3) this.#say(0x12 | (this.isCutterStuck ? 0x08 : 0));
    else if (n === 4) this.#say(0x12 | (this.isPaperLow || isOut ? 0x0c : 0) | (isOut ? 0x60 : 0));
    else this.faults.push(`DLE EOT ${n}`);
  }

  #do(operation: Operation): void {
    if (operation.kind === 'text') this.#print(operation.bytes);
    else if (operation.kind === 'line-feed') this.#feed();
    else if (operation.kind === 'initialise') this.#style = { ...PLAIN };
    else if (operation.kind === 'kanji-on') this.#style.kanji = true;
    else if (operation.kind === 'cut') this.#cut();
    else if (operation.kind === 'paper-status') {
      if (this.#lacks !== 'paper-status') this.#say(this.isPaperLow ? 0x03 : 0);
    } else if ('on' in operation && operation.kind !== 'status-back') this.#style[operation.kind] = operation.on;
  }

  #print(bytes: Uint8Array): void {
    if (!this.#style.kanji && bytes.some((byte) => byte > 0x7e)) throw new Error('Chinese outside of Kanji mode');
    const { emphasised, double } = this.#style;
    this.#spans.push({ text: decoder.decode(bytes), emphasised, double });
  }

  #feed(): void {
    const width = this.#spans.reduce((sum, { text, double }) => sum + widthOf(text) * (double ? 2 : 1), 0);
    if (width > this.columns) this.faults.push(`a line of ${width} columns`);
    const isDouble = this.#spans.some(({ double }) => double);
    this.paper.push({ centred: this.#style.centred, spans: this.#spans });
    this.#spans = [];
    this.paperLeft -= isDouble ? 2 : 1;
  }

  #cut(): void {
    this.cuts += 1;
    this.slips.push(this.paper);
    if (this.slips.length > MAX_SLIPS) this.slips.shift();
    this.paper = [];
  }
}

/** A slip as plain text. */
export function textOf(slip: readonly Row[], columns: number): string {
  return slip
    .map(({ centred, spans }) => {
      const text = spans.map((span) => span.text).join('');
      const width = spans.reduce((sum, span) => sum + widthOf(span.text) * (span.double ? 2 : 1), 0);
      return centred ? `${' '.repeat(Math.floor((columns - width) / 2))}${text}` : text;
    })
    .join('\n');
}

import { afterEach, describe, expect, it, vi } from 'vitest';
import { openTcpPrinter, type TcpPrinter } from '../../test-fixtures/printer/tcp-printer.ts';
import { textOf, type VirtualPrinterOptions } from '../../test-fixtures/printer/virtual-printer.ts';
import { openTcpLine } from '../line/tcp-line.ts';
import type { PrintAnswer, ReceiptPrinter } from '../ports.ts';
import { openEscPosPrinter } from './escpos-printer.ts';
import { printJob } from './print-job.ts';
import type { PrinterLimits } from './send-job.ts';

const WAIT = { timeout: 30_000, interval: 5 };
/** Looks in often; its patience is ample, so that no printer counts as silent which is not. */
const QUICK: PrinterLimits = { answerMs: 20_000, paperMs: 20_000, watchMs: 50, lookMs: 50 };
/** For a printer that is silent: short enough to be waited for. */
const SOON = { answerMs: 1_000, paperMs: 1_500 };

let device: TcpPrinter;
let printer: ReceiptPrinter;

async function open(options: Partial<VirtualPrinterOptions> = {}, limits: Partial<PrinterLimits> = {}): Promise<void> {
  device = await openTcpPrinter({ columns: 32, ...options });
  printer = openEscPosPrinter({
    line: (events) => openTcpLine({ host: '127.0.0.1', port: device.port, events }),
    columns: 32,
    limits: { ...QUICK, ...limits },
  });
}
afterEach(async () => {
  await printer.close();
  await device.close();
  expect(device.printer.faults).toEqual([]);
});

const isReady = () => vi.waitFor(() => expect(printer.state).toBe('ready'), WAIT);
const is = (state: ReceiptPrinter['state'], detail: RegExp) =>
  vi.waitFor(() => expect([printer.state, printer.detail]).toEqual([state, expect.stringMatching(detail)]), WAIT);
/** Ten lines and the cut. */
const slip = printJob(
  Array.from({ length: 10 }, (_, at) => ({ kind: 'text', text: `第 ${at + 1} 行` }) as const),
  32,
);
const printed = (): string[] => device.printer.slips.map((rows) => textOf(rows, 32));
const WHOLE = Array.from({ length: 10 }, (_, at) => `第 ${at + 1} 行`).join('\n');
const CONFIRMED: PrintAnswer = { kind: 'printed', confirmed: true };

describe('a printer that answers', () => {
  it('says that a slip is on paper', async () => {
    await open();
    await isReady();
    expect(await printer.print(slip)).toEqual(CONFIRMED);
    expect(printed()).toEqual([WHOLE]);
  });

  it('prints one slip after the other, each once', async () => {
    await open();
    await isReady();
    expect(await Promise.all([printer.print(slip), printer.print(slip)])).toEqual([CONFIRMED, CONFIRMED]);
    expect(printed()).toEqual([WHOLE, WHOLE]);
  });

  it.each([
    ['paper-out', 'out of paper', { paperLeft: 0 }],
    ['cover-open', 'cover', { isCoverOpen: true }],
    ['cutter-error', 'cutter', { isCutterStuck: true }],
  ] as const)('prints nothing while there is %s, and says so before anybody asks', async (why, words, trouble) => {
    await open();
    await isReady();
    Object.assign(device.printer, trouble);
    await is('attention', new RegExp(words));
    expect(await printer.print(slip)).toEqual({ kind: 'not-printed', why });
    Object.assign(device.printer, { paperLeft: 100, isCoverOpen: false, isCutterStuck: false });
    device.printer.goOn();
    await isReady();
    expect([printed(), device.printer.paper]).toEqual([[], []]);
  });

  it('says that its paper is low, and prints all the same', async () => {
    await open();
    device.printer.isPaperLow = true;
    await is('ready', /near the end/);
    expect(await printer.print(slip)).toEqual(CONFIRMED);
  });

  it('runs out of paper in the middle: perhaps printed, and not sent again', async () => {
    await open();
    await isReady();
    device.printer.paperLeft = 4;
    expect(await printer.print(slip)).toEqual({ kind: 'maybe-printed', why: 'paper-out' });
    expect(device.printer.paper).toHaveLength(4);
    // With a new roll the printer itself goes on with what it has.
    device.printer.paperLeft = 100;
    device.printer.goOn();
    await isReady();
    expect(printed()).toEqual([WHOLE]);
    expect(await printer.print(slip)).toEqual(CONFIRMED);
    expect(printed()).toEqual([WHOLE, WHOLE]);
  });

  it('hangs in the middle: perhaps printed; and the next slip is not sent after it', async () => {
    await open({}, SOON);
    await isReady();
    device.printer.hangsBefore = 3;
    expect(await printer.print(slip)).toEqual({ kind: 'maybe-printed', why: 'unconfirmed' });
    expect(await printer.print(slip)).toEqual({ kind: 'not-printed', why: 'busy' });
    device.printer.hangsBefore = undefined;
    device.printer.goOn();
    expect(await printer.print(slip)).toEqual(CONFIRMED);
    expect(printed()).toEqual([WHOLE, WHOLE]);
  });

  it('is switched off and on after it hung: what it owes does not count against it', async () => {
    await open({}, SOON);
    await isReady();
    device.printer.hangsBefore = 3;
    expect(await printer.print(slip)).toEqual({ kind: 'maybe-printed', why: 'unconfirmed' });
    device.printer.restart();
    device.printer.paper = [];
    expect(await printer.print(slip)).toEqual(CONFIRMED);
    expect(printed()).toEqual([WHOLE]);
  });

  it('is pulled in the middle: perhaps printed; it comes back and prints the next at once', async () => {
    await open();
    await isReady();
    device.printer.hangsBefore = 3;
    const answer = printer.print(slip);
    await vi.waitFor(() => expect(device.printer.paper).toHaveLength(3), WAIT);
    await device.pull();
    expect(await answer).toEqual({ kind: 'maybe-printed', why: 'pulled' });
    expect(printer.state).not.toBe('ready');
    expect(await printer.print(slip)).toMatchObject({ kind: 'not-printed' });
    device.printer.restart();
    device.printer.paper = [];
    await device.plugIn();
    // Before it counts as there again: a slip is reason enough to try.
    expect(printer.state).not.toBe('ready');
    expect(await printer.print(slip)).toEqual(CONFIRMED);
    expect(printed()).toEqual([WHOLE]);
  });

  it('is pulled in the middle and back before anybody looks: it is not taken for through', async () => {
    await open({}, { watchMs: 2_000 });
    await isReady();
    device.printer.hangsBefore = 3;
    const answer = printer.print(slip);
    await vi.waitFor(() => expect(device.printer.paper).toHaveLength(3), WAIT);
    await device.pull();
    device.printer.restart();
    device.printer.paper = [];
    await device.plugIn();
    expect(await answer).toEqual({ kind: 'maybe-printed', why: 'pulled' });
    expect([printed(), device.printer.paper]).toEqual([[], []]);
  });

  it('falls silent: it is not taken for one that never answers', async () => {
    await open({}, SOON);
    await isReady();
    device.printer.answer = () => {};
    await is('unresponsive', /does not now/);
    expect(await printer.print(slip)).toEqual({ kind: 'not-printed', why: 'silent' });
    expect(printed()).toEqual([]);
  });
});

it('one that only tells how it is prints without confirming', async () => {
  await open({ lacks: 'paper-status' }, SOON);
  await isReady();
  expect(await printer.print(slip)).toEqual({ kind: 'printed', confirmed: false });
  device.printer.paperLeft = 4;
  expect(await printer.print(slip)).toEqual({ kind: 'maybe-printed', why: 'paper-out' });
});

it('one that answers nothing prints, and says that nobody confirms it', async () => {
  await open({ lacks: 'answers' }, SOON);
  await is('ready', /not confirmed/);
  expect(await printer.print(slip)).toEqual({ kind: 'printed', confirmed: false });
  await vi.waitFor(() => expect(printed()).toEqual([WHOLE]), WAIT);
});

it('what floods the line is no printer', async () => {
  await open();
  await isReady();
  const { answer } = device.printer;
  // Genuine answers, and far too many of them.
  device.printer.answer = () => answer(new Uint8Array(2_000).fill(0x12));
  await is('unresponsive', /no printer/);
  expect(await printer.print(slip)).toEqual({ kind: 'not-printed', why: 'noise' });
  device.printer.answer = answer;
  await isReady();
  expect(await printer.print(slip)).toEqual(CONFIRMED);
});

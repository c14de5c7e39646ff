import { afterEach, describe, expect, it, vi } from 'vitest';
import { cannotTest } from '../../test-fixtures/missing-parts.ts';
import { openOneWayFile } from '../../test-fixtures/printer/fifo.ts';
import { textOf, VirtualPrinter } from '../../test-fixtures/printer/virtual-printer.ts';
import {
  missingForVirtualSerial,
  openVirtualSerial,
  type VirtualSerial,
} from '../../test-fixtures/serial/virtual-serial.ts';
import { openFileLine } from '../line/file-line.ts';
import { openSerialLine } from '../line/serial-line.ts';
import type { ReceiptPrinter } from '../ports.ts';
import { openEscPosPrinter, type PrinterParts } from './escpos-printer.ts';
import { printJob } from './print-job.ts';

const skipped = cannotTest('a device on a serial port', missingForVirtualSerial());

const WAIT = { timeout: 30_000, interval: 5 };
const serial = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' } as const;
const slip = printJob(
  Array.from({ length: 80 }, (_, at) => ({ kind: 'pair', name: '江都购物卡', value: String(at) }) as const),
  32,
);

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});
/** `answerMs` is ample where a printer must not count as silent before the test has gone on. */
function open(line: PrinterParts['line'], answerMs = 1_000): ReceiptPrinter {
  const limits = { answerMs, paperMs: 30_000, watchMs: 50, lookMs: 100 };
  const printer = openEscPosPrinter({ line, columns: 32, limits });
  opened.push(() => printer.close());
  return printer;
}
const isReady = (printer: ReceiptPrinter) => vi.waitFor(() => expect(printer.state).toBe('ready'), WAIT);

const WAYS: readonly [string, (port: string) => PrinterParts['line']][] = [
  ['a serial port', (port) => (events) => openSerialLine({ settings: { port, ...serial }, events })],
  ['a device file that answers', (path) => (events) => openFileLine({ path, events })],
];

describe.skipIf(skipped).each(WAYS)('a printer on %s', (_, lineAt) => {
  const start = async (
    answerMs?: number,
  ): Promise<{ device: VirtualSerial; paper: VirtualPrinter; printer: ReceiptPrinter }> => {
    const device = await openVirtualSerial();
    opened.push(() => device.close());
    const paper = new VirtualPrinter({ columns: 32 });
    paper.answer = device.send;
    device.receive((chunk) => paper.receive(chunk));
    const printer = open(lineAt(device.port), answerMs);
    await isReady(printer);
    return { device, paper, printer };
  };

  it('prints, is pulled in the middle of a slip, and comes back', async () => {
    const { device, paper, printer } = await start(10_000);
    expect(await printer.print(slip)).toEqual({ kind: 'printed', confirmed: true });
    paper.hangsBefore = 30;
    const answer = printer.print(slip);
    await vi.waitFor(() => expect(paper.paper).toHaveLength(30), WAIT);
    await device.unplug();
    expect(await answer).toEqual({ kind: 'maybe-printed', why: 'pulled' });
    expect(await printer.print(slip)).toEqual({ kind: 'not-printed', why: 'unplugged' });
    paper.restart();
    paper.paper = [];
    await device.plugIn();
    await isReady(printer);
    expect(await printer.print(slip)).toEqual({ kind: 'printed', confirmed: true });
    expect([paper.slips.length, paper.paper, paper.faults]).toEqual([2, [], []]);
  });

  it('stalls: it is unresponsive, prints nothing, and nothing waits for it for ever', async () => {
    const { device, printer } = await start();
    device.stall(true);
    await vi.waitFor(() => expect(printer.state).toBe('unresponsive'), WAIT);
    expect(await printer.print(slip)).toEqual({ kind: 'not-printed', why: 'silent' });
    device.stall(false);
    await isReady(printer);
  });
});

it('a device file without a way back prints, unconfirmed', async () => {
  const paper = new VirtualPrinter({ columns: 32, lacks: 'answers' });
  const file = openOneWayFile((chunk) => paper.receive(chunk));
  opened.push(file.close);
  const printer = open((events) => openFileLine({ path: file.path, events }));
  await isReady(printer);
  expect(printer.detail).toMatch(/not confirmed/);
  expect(await printer.print(slip)).toEqual({ kind: 'printed', confirmed: false });
  await vi.waitFor(() => expect(paper.slips).toHaveLength(1), WAIT);
  expect(textOf(paper.slips[0] ?? [], 32).split('\n')[79]).toBe('江都购物卡                    79');
  expect(paper.faults).toEqual([]);
});

it('a file that is no device is told, and not written to', async () => {
  const printer = open((events) => openFileLine({ path: import.meta.filename, events }));
  await vi.waitFor(() => expect([printer.state, printer.detail]).toEqual(['refused', 'it is no device file']), WAIT);
  expect(await printer.print(slip)).toEqual({ kind: 'not-printed', why: 'refused' });
});

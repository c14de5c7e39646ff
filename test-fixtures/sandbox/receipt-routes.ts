import { z } from 'zod';
import { type ApiServer, problemsOf } from '../../clearing/contract/http/index.ts';
import { slipSvg } from '../printer/slip-svg.ts';
import { textOf, type VirtualPrinter } from '../printer/virtual-printer.ts';

const receiptProblem = problemsOf({
  'receipt-not-found': { status: 404, title: 'There is no such receipt' },
} as const);

const receipt = z.strictObject({ number: z.int(), text: z.string(), picture: z.string() });
const numberPath = z.strictObject({ number: z.coerce.number().int() });
/** The browser shows what comes out while it is open. */
const REFRESH_S = 2;

/** What the sandbox's printer has printed, newest first: as text, and as pictures on a page of their own. */
export function receiptRoutes(printer: VirtualPrinter): (app: ApiServer) => void {
  const numbered = () =>
    printer.slips.map((slip, at) => ({ slip, number: printer.cuts - printer.slips.length + at + 1 }));
  return (app) => {
    app.get('/sandbox/receipts', { schema: { response: { 200: z.array(receipt) } } }, async () =>
      numbered()
        .reverse()
        .map(({ slip, number }) => ({
          number,
          text: textOf(slip, printer.columns),
          picture: `/sandbox/receipts/${number}`,
        })),
    );
    app.get('/sandbox/receipts/:number', { schema: { params: numberPath } }, async ({ params }, reply) => {
      const found = numbered().find(({ number }) => number === params.number);
      if (found === undefined) throw receiptProblem('receipt-not-found', { detail: 'only the latest are kept' });
      return reply.type('image/svg+xml').send(slipSvg(found.slip, printer.columns));
    });
    app.get('/sandbox/paper', async (_request, reply) => reply.type('text/html').send(pageOf(numbered().reverse())));
  };
}

function pageOf(slips: readonly { readonly number: number }[]): string {
  const pictures = slips.map(({ number }) => `<img src="/sandbox/receipts/${number}" alt="${number}">`);
  return [
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>小票 · receipts</title>',
    `<meta http-equiv="refresh" content="${REFRESH_S}">`,
    slips.length === 0 ? '<p>还没有打印。Nothing has been printed yet.</p>' : pictures.join('\n'),
    '</html>',
  ].join('\n');
}

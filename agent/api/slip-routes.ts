import { type ApiServer, problemResponses } from '../../clearing/contract/http/index.ts';
import type { Queue, StoredPayment } from '../../offline-queue/index.ts';
import type { SlipDesk } from '../receipts/slip-desk.ts';
import type { AskedToPrint } from '../receipts/slip-state.ts';
import { type PaymentResource, paymentPath, paymentResource } from './payment-resource.ts';
import { registerProblem } from './problems.ts';
import { printRequest, slipQuery, slipTextResource } from './slip-resource.ts';

export interface SlipApiParts {
  readonly queue: { readonly payments: Pick<Queue['payments'], 'get'> };
  readonly slips: Pick<SlipDesk, 'print' | 'text'>;
  /** A payment as the register sees it now. */
  readonly shown: (payment: StoredPayment) => PaymentResource;
}

/** The routes by which slips of payments are printed and read. */
export function addSlips(app: ApiServer, { queue, slips, shown }: SlipApiParts): void {
  const found = (id: string): StoredPayment => {
    const payment = queue.payments.get(id);
    if (payment === undefined) throw registerProblem('payment-not-found', { detail: `no payment has the id ${id}` });
    return payment;
  };
  app.post(
    '/v1/payments/:id/print',
    {
      schema: {
        summary: 'Print a copy of the slip; marked as a reprint when this copy may be on paper already',
        params: paymentPath,
        body: printRequest,
        response: {
          202: paymentResource.describe('It is printed in its turn: `receipt` says what becomes of it'),
          ...problemResponses(400, 404, 409),
        },
      },
    },
    async ({ params: { id }, body: { copy } }, reply) => {
      found(id);
      refusePrinting(slips.print(id, copy));
      return reply.code(202).send(shown(found(id)));
    },
  );
  app.get(
    '/v1/payments/:id/receipt',
    {
      schema: {
        summary: 'A copy of the slip as it would be printed now, in lines of text',
        params: paymentPath,
        querystring: slipQuery,
        response: { 200: slipTextResource, ...problemResponses(400, 404, 409) },
      },
    },
    async ({ params: { id }, query: { copy } }) => {
      const payment = found(id);
      if (!payment.final) refusePrinting('not-ended');
      const { lines, ...rest } = slips.text(payment, copy);
      return { copy, ...rest, lines: [...lines] };
    },
  );
}

/** Throws the problem of whoever wants paper and gets none; of what is not there, its route knows more. */
export function refusePrinting(asked: AskedToPrint): void {
  if (asked === 'not-ended') throw registerProblem('payment-not-ended', { detail: 'wait for its last state' });
  if (asked === 'no-printer')
    throw registerProblem('no-printer', {
      detail: 'name it in the settings (devices.printer) and start the agent anew',
    });
  if (asked === 'too-many')
    throw registerProblem('too-many-slips', { detail: 'look at the printer, and try again when they are out' });
}

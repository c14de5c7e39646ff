import { z } from 'zod';
import { type ApiServer, problemResponses } from '../../clearing/contract/http/index.ts';
import { Secret } from '../../emv/values/index.ts';
import type { Queue } from '../../offline-queue/index.ts';
import type { OnScreenPad } from '../devices/on-screen-pad.ts';
import { registerProblem } from './problems.ts';

const entry = z.union([
  z.strictObject({ pin: z.string().regex(/^[0-9]{4,12}$/, 'expected 4 to 12 digits') }),
  z.strictObject({ key: z.literal('cancel') }),
]);
const taken = z.strictObject({ taken: z.literal(true) });
const paymentId = z.strictObject({ id: z.string().min(1).max(64) });

/** The PIN that was typed on the page; there only where the settings put the PIN pad on the screen. */
export function addOnScreenPad(app: ApiServer, { payments }: Pick<Queue, 'payments'>, pad: OnScreenPad): void {
  app.post(
    '/v1/payments/:id/pin',
    {
      schema: {
        summary: 'The PIN as typed on the screen, or its cancel key: for trials alone',
        params: paymentId,
        body: entry,
        response: { 200: taken, ...problemResponses(400, 404, 409) },
      },
    },
    async ({ params: { id }, body }) => {
      const pin = 'pin' in body ? new Secret(new TextEncoder().encode(body.pin)) : 'cancel';
      const payment = payments.get(id);
      const awaited = payment?.state === 'awaiting-pin' && pad.take(pin);
      if (awaited) return { taken: true as const };
      if (pin !== 'cancel') pin.wipe();
      if (payment === undefined) throw registerProblem('payment-not-found', { detail: `no payment has the id ${id}` });
      throw registerProblem('pin-not-awaited', { detail: `the payment is ${payment.state}` });
    },
  );
}

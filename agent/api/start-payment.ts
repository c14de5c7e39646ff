import { QueueError, type StoredPayment } from '../../offline-queue/index.ts';
import type { PaymentDesk, Started } from '../payment/desk.ts';
import { PAYMENT_KINDS } from '../payment/payment-kind.ts';
import type { PaymentRequestBody, PaymentResource } from './payment-resource.ts';
import { registerProblem } from './problems.ts';

interface StartParts {
  readonly desk: PaymentDesk;
  readonly ready: () => boolean;
  /** A payment as the register sees it now. */
  readonly shown: (payment: StoredPayment) => PaymentResource;
  readonly stopped?: () => { readonly detail: string } | undefined;
}

const KEY = /^[!-~]{1,255}$/;

/** What `POST /v1/payments` does: 202 for a new payment, 200 for one that the key has started before. Throws problems. */
export async function startPayment(
  body: PaymentRequestBody,
  key: string | undefined,
  { desk, ready, shown, stopped }: StartParts,
): Promise<{ status: 200 | 202; payment: StoredPayment }> {
  if (body.kind === 'refund' || body.kind === 'void') {
    throw registerProblem('kind-not-available', {
      detail: `${body.kind} is not built yet; ${PAYMENT_KINDS.join(', ')} are`,
    });
  }
  if (key === undefined || !KEY.test(key)) {
    throw registerProblem('idempotency-key-required', {
      detail: 'send 1 to 255 printable ASCII characters without blanks, new for each sale',
    });
  }
  const why = stopped?.();
  if (why !== undefined) throw registerProblem('terminal-not-ready', { detail: why.detail });
  if (!ready()) {
    throw registerProblem('terminal-not-ready', {
      detail: 'it is not enrolled, or has no parameters from the host yet',
    });
  }
  const { kind, amountMinor = 0, reference = '' } = body;
  const started = await desk.start({ key, kind, amountMinor, reference }).catch(refusedByQueue);
  if (started.kind === 'key-reused') {
    throw registerProblem('idempotency-key-reused', { detail: 'a new sale needs a new key' });
  }
  const { payment } = started;
  if (started.kind === 'busy') {
    const detail = `payment ${payment.id} is ${payment.state}; finish or cancel it first`;
    throw registerProblem('payment-in-progress', {
      detail,
      extra: { payment: shown(payment) },
    });
  }
  return { status: started.kind === 'registered' ? 202 : 200, payment };
}

function refusedByQueue(error: unknown): Started {
  if (error instanceof QueueError) throw registerProblem('storage-unavailable', { detail: error.message });
  throw error;
}

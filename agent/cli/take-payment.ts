import { type PaymentResource, paymentResource } from '../api/payment-resource.ts';
import { CliError } from './cli-error.ts';
import { type Daemon, type PaymentOrder, Refusal } from './daemon.ts';
import type { CliIo, ExitCode } from './io.ts';
import { printable, yuan } from './text.ts';

const RETRY_MS = 1_000;
/** Connections that may fail one after the other. */
const MAX_FAILURES = 30;

const FINAL: ReadonlySet<PaymentResource['state']> = new Set([
  'approved',
  'declined',
  'cancelled',
  'undecided',
  'failed',
]);

/** What to do while a payment is in a state; results say it themselves. */
const HINTS: { readonly [S in PaymentResource['state']]?: string } = {
  'awaiting-card': 'tap the card (Ctrl-C cancels)',
  'card-present': 'keep the card on the reader',
  'awaiting-pin': 'the customer enters the PIN',
  authorising: 'asking the centre',
  'present-again': 'tap again',
};

/** One line about a payment as it stands. */
export function describePayment(payment: PaymentResource): string {
  const { state, amountMinor, reasonText, card, offline, debited, record } = payment;
  const balance = state === 'approved' && card?.balanceMinor !== undefined ? yuan(card.balanceMinor) : undefined;
  const facts = [
    `${state}  ${yuan(amountMinor)}`,
    reasonText?.en ?? HINTS[state],
    card && printable(card.maskedPan),
    balance && `balance left ${balance}`,
    state === 'approved' && offline ? 'offline' : undefined,
    FINAL.has(state) && state !== 'approved' && debited !== 'none' ? `debited: ${debited}` : undefined,
    record && `record ${record.epoch}-${record.sequence}`,
  ];
  return facts.filter((fact) => fact !== undefined && fact !== '').join('  ');
}

/**
 * Starts a payment and prints each state until the last one. Exits with 0 when it is approved. An interruption cancels the
 * payment and waits for what comes of it. A lost answer is asked for again under the same key.
 */
export async function takePayment(daemon: Daemon, order: PaymentOrder, io: CliIo, json: boolean): Promise<ExitCode> {
  const last = await new Follower(daemon, order, io, json).toTheEnd();
  return last.state === 'approved' ? 0 : 1;
}

class Follower {
  readonly #daemon: Daemon;
  readonly #order: PaymentOrder;
  readonly #io: CliIo;
  readonly #json: boolean;
  readonly #stop = new AbortController();
  #payment: PaymentResource | undefined;

  constructor(daemon: Daemon, order: PaymentOrder, io: CliIo, json: boolean) {
    this.#daemon = daemon;
    this.#order = order;
    this.#io = io;
    this.#json = json;
  }

  async toTheEnd(): Promise<PaymentResource> {
    const cancel = () => void this.#cancel();
    this.#io.interrupted.addEventListener('abort', cancel);
    try {
      for (let failures = 0; ; failures++) {
        const last = await this.#followOnce().catch((error: unknown) => this.#forgive(error, failures));
        if (last !== undefined) return last;
        await this.#io.sleep(RETRY_MS);
      }
    } finally {
      this.#io.interrupted.removeEventListener('abort', cancel);
      this.#stop.abort();
    }
  }

  /** Follows one connection; undefined when it ends before the payment does. */
  async #followOnce(): Promise<PaymentResource | undefined> {
    for await (const { name, data } of this.#daemon.events(this.#stop.signal)) {
      if (name === 'open') await this.#begin();
      if (name === 'reset' && this.#payment !== undefined) this.#tell(await this.#daemon.payment(this.#payment.id));
      if (name === 'payment') this.#hear(data);
      if (this.#payment !== undefined && FINAL.has(this.#payment.state)) return this.#payment;
    }
    return undefined;
  }

  /** With the stream open nothing is missed: starts the payment, or asks how the one that was started stands. */
  async #begin(): Promise<void> {
    if (this.#payment !== undefined) return this.#tell(await this.#daemon.payment(this.#payment.id));
    this.#tell(await this.#daemon.startPayment(this.#order));
    if (this.#io.interrupted.aborted) await this.#cancel();
  }

  #hear(data: unknown): void {
    const payment = paymentResource.safeParse(data);
    if (payment.success && payment.data.id === this.#payment?.id) this.#tell(payment.data);
  }

  #tell(payment: PaymentResource): void {
    const line = this.#json ? JSON.stringify(payment) : describePayment(payment);
    const before = this.#payment && (this.#json ? JSON.stringify(this.#payment) : describePayment(this.#payment));
    this.#payment = payment;
    if (line !== before) this.#io.out(line);
  }

  async #cancel(): Promise<void> {
    if (this.#payment === undefined || FINAL.has(this.#payment.state)) return;
    this.#io.err('cancelling');
    // A refusal means that the payment has ended meanwhile, which the stream tells.
    await this.#daemon.cancelPayment(this.#payment.id).catch(() => {});
  }

  /** A refusal is final. A connection that fails is tried again, but not for ever, and not if there never was one. */
  #forgive(error: unknown, failures: number): undefined {
    if (error instanceof Refusal && error.status < 500) throw error;
    if (this.#payment === undefined && failures === 0 && isUnreachable(error)) throw error;
    if (failures < MAX_FAILURES) return;
    const next = `It may still go on: \`jdpos pay ${(this.#order.amountMinor / 100).toFixed(2)} --key ${this.#order.key} --reference ${this.#order.reference}\` asks for the same payment and never charges twice.`;
    throw new CliError('daemon-unreachable', 'the daemon is away, and how the payment stands is not known', next);
  }
}

const isUnreachable = (error: unknown): boolean => error instanceof CliError && error.code === 'daemon-unreachable';

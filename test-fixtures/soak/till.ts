import { randomUUID } from 'node:crypto';
import { readEvents } from '../../agent/cli/server-events.ts';
import { FINAL } from '../scenarios/final-states.ts';
import type { Payment, Status } from '../scenarios/sandbox-under-test.ts';
import { until } from '../until.ts';

/** A payment, and how often it had changed by then. */
interface Changed {
  readonly payment: Payment;
  readonly changes: number;
}

/** The register of a soak: it asks through the API, and hears of payments by the events, as the cashier page does. */
export class Till {
  readonly #url: string;
  readonly #latest = new Map<string, Changed>();
  readonly #over = new AbortController();
  #told = (): void => {};
  #failure: unknown;

  private constructor(url: string) {
    this.#url = url;
  }

  static async open(url: string): Promise<Till> {
    const till = new Till(url);
    const response = await fetch(`${url}/v1/events`, { signal: till.#over.signal });
    if (response.body === null) throw new Error('no events');
    void till.#listen(response.body);
    return till;
  }

  close(): void {
    this.#over.abort();
  }

  async pay(amountMinor: number, reference: string): Promise<Payment> {
    const body = JSON.stringify({ kind: 'purchase', amountMinor, currency: 'CNY', reference });
    const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID() };
    const response = await fetch(`${this.#url}/v1/payments`, { method: 'POST', body, headers });
    const payment = (await response.json()) as Payment;
    if (response.status !== 202) throw new Error(`${response.status}: ${JSON.stringify(payment)}`);
    return payment;
  }

  async cancel(id: string): Promise<void> {
    await fetch(`${this.#url}/v1/payments/${id}/cancel`, { method: 'POST' }).then((response) => response.arrayBuffer());
  }

  async status(): Promise<Status> {
    return (await (await fetch(`${this.#url}/v1/status`)).json()) as Status;
  }

  async payment(id: string): Promise<Payment> {
    return (await (await fetch(`${this.#url}/v1/payments/${id}`)).json()) as Payment;
  }

  /** How often a payment has changed. */
  changesOf(id: string): number {
    return this.#latest.get(id)?.changes ?? 0;
  }

  /** The payment at its first change after `since` into one of the states; undefined when it stays quiet for so long. */
  async next(id: string, since: number, states: readonly string[], quietMs: number): Promise<Changed | undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw new Error('the events have ended', { cause: this.#failure });
      const latest = this.#latest.get(id);
      // One that has ended, perhaps while a card was being taken away, changes no more.
      const isNew = latest !== undefined && (latest.changes > since || FINAL.includes(latest.payment.state));
      if (isNew && states.includes(latest.payment.state)) return latest;
      const changed = await new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(false), quietMs);
        this.#told = () => {
          clearTimeout(timer);
          resolve(true);
        };
      });
      if (!changed) return undefined;
    }
  }

  /** How it ended is kept by whoever asked. */
  forget(id: string): void {
    this.#latest.delete(id);
  }

  /** Waits until the terminal can sell. */
  async ready(): Promise<void> {
    await until('the terminal to be ready', async () => {
      const { clearing, limits } = await this.status();
      return clearing.reachable && limits.transactionMinor > 0 ? true : undefined;
    });
  }

  async #listen(body: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const { name, data } of readEvents(body)) {
        if (name !== 'payment') continue;
        const payment = data as Payment;
        this.#latest.set(payment.id, { payment, changes: this.changesOf(payment.id) + 1 });
        this.#told();
      }
      this.#failure ??= new Error('the terminal has closed them');
    } catch (error) {
      this.#failure ??= error;
    }
    this.#told();
  }
}

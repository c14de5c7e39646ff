import type { Draw } from '../fuzz/draw.ts';
import { FINAL } from '../scenarios/final-states.ts';
import { MORE_THAN_A_TAP, type Payment, type SandboxUnderTest } from '../scenarios/sandbox-under-test.ts';
import { until } from '../until.ts';

/** Cards that pay at a tap, and one that always asks the centre and wants its PIN. */
const CARDS = ['rich', 'sm2', 'sm4', 'fdda-00', 'over-cvm-limit'] as const;
export type Card = (typeof CARDS)[number];

const PIN = '123456';
const MAX_AMOUNT = 9;
/** Taps for one payment before something must be wrong. */
const MAX_TAPS = 60;
const QUIET_MS = 2_500;
const BACK_WITHIN_MS = 60_000;

/** A cashier who goes on selling whatever happens to the processes, and remembers what the terminal told. */
export class Cashier {
  /** The payments as they were last told, by id. */
  readonly told = new Map<string, Payment>();
  readonly #sandbox: SandboxUnderTest;
  readonly #draw: Draw;
  #sales = 0;

  constructor(sandbox: SandboxUnderTest, draw: Draw) {
    this.#sandbox = sandbox;
    this.#draw = draw;
  }

  /** Sells until `enough` says so. */
  async sell(enough: () => boolean): Promise<void> {
    while (!enough()) await this.#sale(this.#draw.pick(CARDS), 1 + this.#draw.below(MAX_AMOUNT), true);
  }

  /** A last sale with each card: what is undecided is found out when its card comes by. */
  async finish(): Promise<void> {
    for (const card of CARDS) await this.#sale(card, 1, false);
  }

  async #sale(card: Card, amountMinor: number, roughly: boolean): Promise<void> {
    const payment = await this.#register(amountMinor);
    for (let taps = 0; taps < MAX_TAPS; taps++) {
      await this.#tap(card, roughly);
      const now = await this.#look(payment.id);
      if (now !== undefined && FINAL.includes(now.state)) {
        this.told.set(now.id, now);
        return;
      }
      const giveUp = roughly && now?.state === 'present-again' && this.#draw.oneIn(8);
      if (giveUp) await this.#sandbox.cancel(payment.id).catch(() => undefined);
    }
    throw new Error(`payment ${payment.id} with ${card} does not end`);
  }

  /** The register repeats what it has heard no answer to; the same key is the same payment. */
  #register(amountMinor: number): Promise<Payment> {
    this.#sales += 1;
    const key = `kill-${this.#sales}`;
    const body = { kind: 'purchase', amountMinor, currency: 'CNY', reference: key };
    const post = async (): Promise<Payment | undefined> => {
      const answer = await this.#sandbox
        .call<Payment>('POST', '/v1/payments', body, { 'idempotency-key': key })
        .catch(() => undefined);
      return answer !== undefined && answer.status < 300 ? answer.body : undefined;
    };
    return until(`payment ${key} to be taken`, post, BACK_WITHIN_MS);
  }

  async #tap(card: Card, roughly: boolean): Promise<void> {
    const when = this.#draw.oneIn(2) ? 'before-card' : 'after-card';
    const tear = { command: 1 + this.#draw.below(MORE_THAN_A_TAP), when } as const;
    const torn = roughly && this.#draw.oneIn(3);
    await this.#sandbox.tap(card, torn ? tear : undefined).catch(() => undefined);
  }

  /** The payment once it has ended, or wants its card again, or nothing more happens. */
  #look(id: string): Promise<Payment | undefined> {
    let last: Payment | undefined;
    const look = async (): Promise<Payment | undefined> => {
      last = await this.#sandbox.payment(id).catch(() => undefined);
      if (last?.state === 'awaiting-pin') await this.#sandbox.pin({ pin: PIN }).catch(() => undefined);
      return last !== undefined && [...FINAL, 'present-again'].includes(last.state) ? last : undefined;
    };
    return until('the payment to move', look, QUIET_MS).catch(() => last);
  }
}

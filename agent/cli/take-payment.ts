import { isFinal, type PaymentResource, paymentResource } from '../api/payment-resource.ts';
import type { PaymentKind } from '../payment/payment-kind.ts';
import { answerQuestion } from './answer-question.ts';
import { CliError } from './cli-error.ts';
import { type Daemon, type PaymentOrder, Refusal } from './daemon.ts';
import type { CliIo } from './io.ts';
import { printable, yuan } from './text.ts';

const RETRY_MS = 1_000;
/** How often in a row something may fail. */
const MAX_FAILURES = 30;

/** What the card's balance is called, and the command that asks again. */
const WORDS: { readonly [K in PaymentKind]: { readonly balance: string; readonly command: string } } = {
  purchase: { balance: 'balance left', command: 'pay' },
  load: { balance: 'balance now', command: 'load' },
  balance: { balance: 'balance', command: 'balance' },
};

/** What to do while a payment is in a state; results say it themselves. */
const HINTS: { readonly [S in PaymentResource['state']]?: string } = {
  'awaiting-card': 'tap the card (Ctrl-C cancels)',
  'card-present': 'keep the card on the reader',
  'awaiting-pin': 'the customer enters the PIN',
  authorising: 'asking the centre',
  'present-again': 'tap again',
};

/** What there is to know while a question stands. */
function questionHint({ question }: PaymentResource): string | undefined {
  if (question === undefined) return undefined;
  if (question.kind === 'application') return 'the card asks which application';
  if (question.kind === 'id-document') return `look at the customer’s document: ${question.documentType.en}`;
  const { triesLeft } = question;
  if (triesLeft === undefined) return undefined;
  return `the customer enters the PIN; ${triesLeft === 1 ? 'this is the last try' : `${triesLeft} tries left`}`;
}

/** A load is a longer dialogue: the card must not go. */
const LOAD_HINTS: typeof HINTS = {
  'awaiting-card': 'present the card, and leave it there (Ctrl-C cancels)',
};

/** One line about a payment as it stands. */
function describePayment(payment: PaymentResource): string {
  const { kind, state, amountMinor, reasonText, card, offline, debited, debt, record } = payment;
  const balance = state === 'approved' && card?.balanceMinor !== undefined ? yuan(card.balanceMinor) : undefined;
  const facts = [
    kind === 'balance' ? state : `${state}  ${yuan(amountMinor)}`,
    questionHint(payment) ?? reasonText?.en ?? (kind === 'load' ? LOAD_HINTS[state] : undefined) ?? HINTS[state],
    card && printable(card.maskedPan ?? card.label),
    balance && `${WORDS[kind].balance} ${balance}`,
    state === 'approved' && offline ? 'offline' : undefined,
    card?.pinBlocked ? 'its PIN is blocked' : undefined,
    isFinal(state) && state !== 'approved' && debited !== 'none' ? `debited: ${debited}` : undefined,
    debt && `owed before: ${yuan(debt.amountMinor)}`,
    record && `record ${record.epoch}-${record.sequence}`,
  ];
  return facts.filter((fact) => fact !== undefined && fact !== '').join('  ');
}

/**
 * Starts a payment of any kind and prints each state until the last one, which is returned. An interruption
 * cancels the payment and waits for what comes of it. A lost answer is asked for again under the same key. What the payment
 * asks is put to whoever sits at the terminal.
 * @param application which one, where the card asks; 1 is the first of its list
 */
export function takePayment(
  daemon: Daemon,
  order: PaymentOrder,
  io: CliIo,
  json: boolean,
  application?: number,
): Promise<PaymentResource> {
  return new Follower(daemon, order, io, json, application).toTheEnd();
}

class Follower {
  readonly #daemon: Daemon;
  readonly #order: PaymentOrder;
  readonly #io: CliIo;
  readonly #json: boolean;
  readonly #stop = new AbortController();
  #payment: PaymentResource | undefined;
  #line = '';
  /** The daemon has been there once. */
  #reached = false;
  /** Since it last said how the payment stands. */
  #failures = 0;
  #cancelling = false;
  /** Meant for the first list that the card shows: a second one has other numbers. */
  #application: number | undefined;
  /** The question that is being answered. */
  #asked: { readonly id: number; readonly over: AbortController } | undefined;

  constructor(daemon: Daemon, order: PaymentOrder, io: CliIo, json: boolean, application: number | undefined) {
    this.#daemon = daemon;
    this.#order = order;
    this.#io = io;
    this.#json = json;
    this.#application = application;
  }

  async toTheEnd(): Promise<PaymentResource> {
    const cancel = () => void this.#cancel();
    this.#io.interrupted.addEventListener('abort', cancel);
    try {
      for (;;) {
        const last = await this.#followOnce().catch((error: unknown) => this.#forgive(error));
        if (last !== undefined) return last;
        await this.#io.sleep(RETRY_MS);
      }
    } finally {
      this.#io.interrupted.removeEventListener('abort', cancel);
      this.#asked?.over.abort();
      this.#stop.abort();
    }
  }

  /** Follows one connection; undefined when it ends before the payment does. */
  async #followOnce(): Promise<PaymentResource | undefined> {
    for await (const { name, data } of this.#daemon.events(this.#stop.signal)) {
      if (name === 'open') await this.#begin();
      if (name === 'reset' && this.#payment !== undefined) this.#tell(await this.#daemon.payment(this.#payment.id));
      if (name === 'payment') this.#hear(data);
      if (this.#payment !== undefined && isFinal(this.#payment.state)) return this.#payment;
    }
    return undefined;
  }

  /** With the stream open nothing is missed: starts the payment, or asks how the one that was started stands. */
  async #begin(): Promise<void> {
    this.#reached = true;
    if (this.#payment !== undefined) return this.#tell(await this.#daemon.payment(this.#payment.id));
    this.#tell(await this.#daemon.startPayment(this.#order));
    if (this.#io.interrupted.aborted) await this.#cancel();
  }

  #hear(data: unknown): void {
    const payment = paymentResource.safeParse(data);
    if (payment.success && payment.data.id === this.#payment?.id) this.#tell(payment.data);
  }

  #tell(payment: PaymentResource): void {
    this.#payment = payment;
    this.#failures = 0;
    const line = this.#json ? JSON.stringify(payment) : describePayment(payment);
    if (line !== this.#line) this.#io.out(line);
    this.#line = line;
    this.#attend(payment);
  }

  /** Puts a new question to the terminal, and takes one back that is over. */
  #attend({ id: paymentId, question }: PaymentResource): void {
    if (this.#asked?.id !== question?.id) this.#asked?.over.abort();
    if (question === undefined || question.kind === 'pin' || question.id === this.#asked?.id) return;
    const over = new AbortController();
    this.#asked = { id: question.id, over };
    const application = this.#application;
    if (question.kind === 'application') this.#application = undefined;
    const asked = { question, paymentId, daemon: this.#daemon, application, signal: over.signal };
    void answerQuestion(asked, this.#io)
      .then((reply) => {
        if (reply === 'cancel') return this.#cancel();
        return reply && this.#insist(() => this.#daemon.answer(paymentId, reply));
      })
      .catch((error: unknown) => {
        // The question is over, which the stream tells; or the daemon is away, and asks again when it is back.
        if (!(error instanceof Refusal)) this.#asked = undefined;
      });
  }

  async #cancel(): Promise<void> {
    const { id } = this.#payment ?? {};
    if (id === undefined || this.#cancelling) return;
    this.#cancelling = true;
    this.#io.err('cancelling');
    await this.#insist(() => this.#daemon.cancelPayment(id));
  }

  /** Calls until the daemon has answered; a refusal means that payment or question is over, which the stream tells. */
  async #insist(call: () => Promise<unknown>): Promise<void> {
    for (let tries = 0; tries < MAX_FAILURES && !this.#stop.signal.aborted; tries++) {
      const answered = await call().then(
        () => true,
        (error: unknown) => error instanceof Refusal,
      );
      if (answered) return;
      await this.#io.sleep(RETRY_MS);
    }
  }

  /** Before the payment has begun a refusal is final; a connection that fails is tried again, if there ever was one. */
  #forgive(error: unknown): undefined {
    const begun = this.#payment !== undefined;
    if (!begun && (!this.#reached || isRefused(error))) throw error;
    this.#failures += 1;
    if (this.#failures <= MAX_FAILURES) return;
    const { key, kind, amountMinor, reference } = this.#order;
    const amount = kind === 'balance' ? '' : ` ${(amountMinor / 100).toFixed(2)}`;
    const again = `jdpos ${WORDS[kind].command}${amount} --key ${key} --reference '${reference}'`;
    const next = `It may still go on: \`${again}\` asks for the same payment and never charges twice.`;
    throw new CliError('daemon-unreachable', 'the daemon is away, and how the payment stands is not known', next);
  }
}

/** The daemon's own no. A failure inside it (500) says nothing of the effect. */
const isRefused = (error: unknown): boolean => error instanceof Refusal && (error.status < 500 || error.status === 503);

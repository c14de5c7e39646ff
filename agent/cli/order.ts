import { type Command, InvalidArgumentError } from 'commander';
import { MAX_FEN } from '../../emv/values/index.ts';
import type { PaymentKind } from '../payment/payment-kind.ts';
import type { PaymentOrder } from './daemon.ts';
import type { CliIo, Invocation } from './io.ts';
import { type UrlOption, withUrl } from './options.ts';

export interface OrderOptions extends UrlOption {
  readonly reference?: string;
  readonly key?: string;
  readonly trace?: string;
  /** 1 is the first. */
  readonly application?: number;
}

/** Reads an amount in yuan with up to two decimals: `12.8` is 1280 fen. */
export function parseYuan(text: string): number {
  const [, whole = '', decimals = ''] = /^([0-9]{1,10})(?:\.([0-9]{1,2}))?$/.exec(text) ?? [];
  const amountMinor = Number(`${whole}${decimals.padEnd(2, '0')}`);
  if (whole !== '' && amountMinor >= 1 && amountMinor <= MAX_FEN) return amountMinor;
  throw new InvalidArgumentError('Expected yuan, such as 12.80.');
}

function parsePlace(text: string): number {
  if (/^[1-9][0-9]?$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a number from 1 on.');
}

/** Options of every command that starts something at the card. */
export const withOrder = (command: Command): Command =>
  withUrl(command)
    .option('--reference <text>', 'what the register calls it (default: made from the key)')
    .option('--key <key>', 'idempotency key: the same key and amount never count twice (default: a new one)')
    .option('--application <number>', 'where the card asks which application: this one of its list, from 1', parsePlace)
    .option('--trace <file>', 'write what was exchanged with the card, redacted, for `card replay`');

/** Starts what was ordered and follows it to its end. Exits with 0 when it is approved, whatever becomes of its trace. */
export const order =
  (kind: PaymentKind, amountMinor: number, options: OrderOptions): Invocation =>
  async (io, json) => {
    const [{ daemonAt, daemonUrl }, { takePayment }, { traceFile }] = await Promise.all([
      import('./daemon.ts'),
      import('./take-payment.ts'),
      import('./trace-file.ts'),
    ]);
    const daemon = daemonAt(daemonUrl(options.url, io.environment), io.fetch);
    const trace = options.trace === undefined ? undefined : traceFile(options.trace, io);
    const payment = await takePayment(daemon, orderOf(kind, amountMinor, options, io), io, json, options.application);
    await trace?.write(payment, daemon);
    return payment.state === 'approved' ? 0 : 1;
  };

function orderOf(kind: PaymentKind, amountMinor: number, { key, reference }: OrderOptions, io: CliIo): PaymentOrder {
  const chosen = key ?? io.uuid();
  return { key: chosen, kind, amountMinor, reference: reference ?? `cli-${chosen.slice(0, 36)}` };
}

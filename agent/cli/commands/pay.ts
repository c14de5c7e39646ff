import { InvalidArgumentError } from 'commander';
import { MAX_FEN } from '../../../emv/values/index.ts';
import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';

interface PayOptions extends UrlOption {
  readonly reference?: string;
  readonly key?: string;
  readonly trace?: string;
}

/** Reads an amount in yuan with up to two decimals: `12.8` is 1280 fen. */
function parseYuan(text: string): number {
  const [, whole = '', decimals = ''] = /^([0-9]{1,10})(?:\.([0-9]{1,2}))?$/.exec(text) ?? [];
  const amountMinor = Number(`${whole}${decimals.padEnd(2, '0')}`);
  if (whole !== '' && amountMinor >= 1 && amountMinor <= MAX_FEN) return amountMinor;
  throw new InvalidArgumentError('Expected yuan, such as 12.80.');
}

export const define: Define = (command, start) => {
  withUrl(command)
    .argument('<amount>', 'yuan, such as 12.80', parseYuan)
    .option('--reference <text>', 'what the register calls the sale (default: made from the key)')
    .option('--key <key>', 'idempotency key: the same key and amount never charge twice (default: a new one)')
    .option('--trace <file>', 'write what was exchanged with the card, redacted, for `card replay`')
    .action((amountMinor: number, options: PayOptions) => start((io, json) => pay(amountMinor, options, io, json)));
};

/** Exits with 0 when the payment is approved, whatever becomes of its trace. */
async function pay(amountMinor: number, options: PayOptions, io: CliIo, json: boolean): Promise<ExitCode> {
  const [{ daemonAt, daemonUrl }, { takePayment }, { traceFile }] = await Promise.all([
    import('../daemon.ts'),
    import('../take-payment.ts'),
    import('../trace-file.ts'),
  ]);
  const daemon = daemonAt(daemonUrl(options.url, io.environment), io.fetch);
  const trace = options.trace === undefined ? undefined : traceFile(options.trace, io);
  const payment = await takePayment(daemon, orderOf(amountMinor, options, io), io, json);
  await trace?.write(payment, daemon);
  return payment.state === 'approved' ? 0 : 1;
}

function orderOf(amountMinor: number, { key, reference }: PayOptions, io: CliIo) {
  const chosen = key ?? io.uuid();
  return { key: chosen, amountMinor, reference: reference ?? `cli-${chosen.slice(0, 36)}` };
}

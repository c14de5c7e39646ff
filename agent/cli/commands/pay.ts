import { InvalidArgumentError } from 'commander';
import { MAX_FEN } from '../../../emv/values/index.ts';
import type { Define } from '../define.ts';
import type { CliIo } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';

interface PayOptions extends UrlOption {
  readonly reference?: string;
  readonly key?: string;
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
    .action((amountMinor: number, options: PayOptions) =>
      start(async (io, json) => {
        const [{ daemonAt, daemonUrl }, { takePayment }] = await Promise.all([
          import('../daemon.ts'),
          import('../take-payment.ts'),
        ]);
        return takePayment(
          daemonAt(daemonUrl(options.url, io.environment), io.fetch),
          orderOf(amountMinor, options, io),
          io,
          json,
        );
      }),
    );
};

function orderOf(amountMinor: number, { key, reference }: PayOptions, io: CliIo) {
  const chosen = key ?? io.uuid();
  return { key: chosen, amountMinor, reference: reference ?? `cli-${chosen.slice(0, 36)}` };
}

import { closeSync, openSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PaymentResource } from '../api/payment-resource.ts';
import type { Daemon } from './daemon.ts';
import { explain } from './explain.ts';
import type { CliIo } from './io.ts';

/** A payment's exchanges say where and when somebody bought: they are the owner's to read. */
const MODE = 0o600;

/** Where a trace will be written. */
export interface TraceFile {
  /** Asks the daemon for what was exchanged and writes it. Never throws: the payment is over, whatever becomes of its trace. */
  write(payment: PaymentResource, daemon: Daemon): Promise<void>;
}

/**
 * Makes ready the file of a trace, before the payment begins: one that cannot be written is told while nothing has been
 * charged. Throws what the system says of it.
 */
export function traceFile(file: string, io: CliIo): TraceFile {
  const path = resolve(io.workingDirectory, file);
  closeSync(openSync(path, 'a', MODE));
  return {
    async write(payment, daemon) {
      try {
        const { taps } = await daemon.trace(payment.id);
        const last = taps.at(-1);
        const { id, state, reason, amountMinor } = payment;
        const document = {
          note: 'Redacted by jdpos: PIN, PAN, names, card certificates and cryptograms are not in it.',
          payment: { id, state, ...(reason !== undefined && { reason }), amountMinor },
          exchanges: last?.exchanges ?? [],
          ...(taps.length > 1 && { earlierTaps: taps.slice(0, -1) }),
        };
        writeFileSync(path, `${JSON.stringify(document, undefined, 2)}\n`, { mode: MODE });
        io.err(`what was exchanged with the card is in ${path}`);
      } catch (error) {
        io.err(`the payment is over, but its trace cannot be had: ${explain(error).message}`);
      }
    },
  };
}

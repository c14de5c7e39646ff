import { Option } from 'commander';
import type { SlipCopy } from '../../../offline-queue/index.ts';
import type { PaymentResource } from '../../api/payment-resource.ts';
import type { Daemon } from '../daemon.ts';
import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';
import { printable } from '../text.ts';

interface Options extends UrlOption {
  readonly copy: SlipCopy;
  readonly text?: true;
}

const LOOK_MS = 200;
/** Longer than a printer is waited for, with others before it. */
const MAX_LOOKS = 600;

export const define: Define = (command, start) => {
  withUrl(command)
    .argument('<payment>', 'id of a payment that has ended')
    .addOption(new Option('--copy <which>', 'whose copy').choices(['merchant', 'customer']).default('customer'))
    .option('--text', 'show it here; nothing is printed')
    .action((id: string, options: Options) => start((io, json) => receipt(id, options, io, json)));
};

async function receipt(id: string, { url, copy, text }: Options, io: CliIo, json: boolean): Promise<ExitCode> {
  const { daemonAt, daemonUrl } = await import('../daemon.ts');
  const daemon = daemonAt(daemonUrl(url, io.environment), io.fetch);
  if (text) {
    const slip = await daemon.slipText(id, copy);
    if (json) io.out(JSON.stringify(slip));
    else for (const line of slip.lines) io.out(printable(line));
    return 0;
  }
  const printed = await toTheEnd(daemon, await daemon.printSlip(id, copy), copy, io);
  if (json) io.out(JSON.stringify(printed.receipt));
  else io.out(describe(printed, copy));
  return printed.receipt?.copies[copy]?.state === 'printed' ? 0 : 1;
}

const isUnderWay = ({ receipt: slips }: PaymentResource, copy: SlipCopy): boolean =>
  ['waiting', 'printing'].includes(slips?.copies[copy]?.state ?? '');

async function toTheEnd(daemon: Daemon, first: PaymentResource, copy: SlipCopy, io: CliIo): Promise<PaymentResource> {
  let payment = first;
  for (let looks = 0; looks < MAX_LOOKS && isUnderWay(payment, copy) && !io.interrupted.aborted; looks++) {
    await io.sleep(LOOK_MS);
    payment = await daemon.payment(first.id);
  }
  return payment;
}

/** What became of it, and what to do. */
function describe({ receipt: slips }: PaymentResource, copy: SlipCopy): string {
  const view = slips?.copies[copy];
  const facts = [
    view?.state ?? 'not-printed',
    view?.whyText?.en ?? view?.why,
    view?.confirmed === false ? 'the printer cannot confirm it: look at the paper' : undefined,
  ];
  return facts.filter((fact) => fact !== undefined).join('  ');
}

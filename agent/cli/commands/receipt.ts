import { Option } from 'commander';
import type { SlipCopy } from '../../../offline-queue/index.ts';
import type { CloseResource } from '../../api/close-resource.ts';
import type { PaymentResource } from '../../api/payment-resource.ts';
import type { CloseSlipText } from '../../api/slip-resource.ts';
import { CliError } from '../cli-error.ts';
import type { Daemon } from '../daemon.ts';
import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { parseCloseNumber, type UrlOption, withUrl } from '../options.ts';
import { printable } from '../text.ts';

interface Options extends UrlOption {
  readonly copy: SlipCopy;
  readonly close?: number;
  readonly text?: true;
}

const LOOK_MS = 200;
/** Longer than a printer is waited for, with others before it. */
const MAX_LOOKS = 600;

export const define: Define = (command, start) => {
  withUrl(command)
    .argument('[payment]', 'id of a payment that has ended')
    .addOption(new Option('--copy <which>', 'whose copy').choices(['merchant', 'customer']).default('customer'))
    .option(
      '--close <number>',
      'the slip of a shift or day instead, as `jdpos batch closes` counts them',
      parseCloseNumber,
    )
    .option('--text', 'show it here; nothing is printed')
    .action((id: string | undefined, options: Options) =>
      start(async (io, json) => {
        const { daemonAt, daemonUrl } = await import('../daemon.ts');
        const slip = slipOf(daemonAt(daemonUrl(options.url, io.environment), io.fetch), id, options);
        return options.text ? show(await slip.text(), io, json) : print(slip, io, json);
      }),
    );
};

/** The part of a resource that says what becomes of one sheet. */
type Sheet = NonNullable<CloseResource['receipt']>;

/** One slip at the daemon, of a payment or a close: what it comes to, and what the register is told of all its sheets. */
interface Slip {
  text(): Promise<CloseSlipText>;
  print(): Promise<Told>;
  look(): Promise<Told>;
}

interface Told {
  readonly sheet: Sheet | undefined;
  readonly receipt: object | undefined;
}

function slipOf(daemon: Daemon, id: string | undefined, { copy, close }: Options): Slip {
  if ((id === undefined) === (close === undefined))
    throw new CliError('wrong-use', 'one slip at a time', 'Give the id of a payment, or --close with a number.');
  if (close !== undefined) {
    const told = ({ receipt }: CloseResource): Told => ({ sheet: receipt, receipt });
    return {
      text: () => daemon.closeSlipText(close),
      print: async () => told(await daemon.printClose(close)),
      look: async () => told(await daemon.closeOf(close)),
    };
  }
  const payment = id ?? '';
  const told = ({ receipt }: PaymentResource): Told => ({ sheet: receipt?.copies[copy], receipt });
  return {
    text: () => daemon.slipText(payment, copy),
    print: async () => told(await daemon.printSlip(payment, copy)),
    look: async () => told(await daemon.payment(payment)),
  };
}

function show(slip: CloseSlipText, io: CliIo, json: boolean): ExitCode {
  if (json) io.out(JSON.stringify(slip));
  else for (const line of slip.lines) io.out(printable(line));
  return 0;
}

async function print(slip: Slip, io: CliIo, json: boolean): Promise<ExitCode> {
  let { sheet, receipt } = await slip.print();
  for (let looks = 0; looks < MAX_LOOKS && isUnderWay(sheet) && !io.interrupted.aborted; looks++) {
    await io.sleep(LOOK_MS);
    ({ sheet, receipt } = await slip.look());
  }
  io.out(json ? JSON.stringify(receipt) : describe(sheet));
  return sheet?.state === 'printed' ? 0 : 1;
}

const isUnderWay = (sheet: Sheet | undefined): boolean => ['waiting', 'printing'].includes(sheet?.state ?? '');

/** What became of it, and what to do. */
function describe(sheet: Sheet | undefined): string {
  const facts = [
    sheet?.state ?? 'not-printed',
    sheet?.whyText?.en ?? sheet?.why,
    sheet?.confirmed === false ? 'the printer cannot confirm it: look at the paper' : undefined,
  ];
  return facts.filter((fact) => fact !== undefined).join('  ');
}

import { InvalidArgumentError, Option } from 'commander';
import type { ReadOnlyQueue } from '../../../offline-queue/index.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import type { CliIo } from '../io.ts';
import { type QueueOptions, withQueueOptions } from '../options.ts';
import { withQueue } from '../queue-file.ts';
import { pairs, yuan } from '../text.ts';

interface Options extends QueueOptions {
  readonly record?: { readonly epoch: number; readonly sequence: number };
  readonly token?: string;
}

function parseRecord(text: string): NonNullable<Options['record']> {
  const [, epoch, sequence] = /^([0-9]{1,9})-([0-9]{1,15})$/.exec(text) ?? [];
  if (epoch === undefined || sequence === undefined) throw new InvalidArgumentError('Expected a place such as 1-42.');
  return { epoch: Number(epoch), sequence: Number(sequence) };
}

function parseToken(text: string): string {
  if (/^[0-9A-Fa-f]{64}$/.test(text)) return text.toUpperCase();
  throw new InvalidArgumentError('Expected 64 hex digits, as `jdpos queue show` prints them.');
}

export const define: Define = (command, start) => {
  withQueueOptions(command)
    .option('--record <record>', 'the card of a record, such as 1-42', parseRecord)
    .addOption(new Option('--token <token>', 'the card by its token').argParser(parseToken).conflicts('record'))
    .addHelpText(
      'after',
      `
Without --record or --token the card's number is read from standard input, never from the command line, where the shell's
history and the list of processes would keep it. Exits with 1 when the card is listed, or owes something.`,
    )
    .action((options: Options) => start(async (io, json) => check(options, io, json)));
};

interface Found extends Named {
  readonly listed: boolean;
  readonly debts: readonly { readonly id: string; readonly amountMinor: number }[];
  /** Of the list. */
  readonly version: number;
}

async function check(options: Options, io: CliIo, json: boolean): Promise<0 | 1> {
  const number = options.record === undefined && options.token === undefined ? await numberFrom(io) : undefined;
  const tokenOf = await tokens(options, number);
  const found = await withQueue(options, io, (queue): Found => {
    const named = tokenOf(queue);
    const debts = queue.hotlist.debts(named.token).map(({ id, amountMinor }) => ({ id, amountMinor }));
    return { ...named, listed: queue.hotlist.contains(named.token), debts, version: queue.hotlist.status().version };
  });
  if (json) io.out(JSON.stringify(found));
  else for (const line of describe(found)) io.out(line);
  return found.listed || found.debts.length > 0 ? 1 : 0;
}

async function numberFrom(io: CliIo): Promise<string> {
  io.err('The card’s number, then Enter and Ctrl-D:');
  return (await io.readInput()).replace(/\s/g, '');
}

interface Named {
  readonly token: string;
  /** Masked; null when only the token is known. */
  readonly card: string | null;
}

/** How the card is named: by its number, a record, or its token. */
async function tokens({ record, token }: Options, number?: string): Promise<(queue: ReadOnlyQueue) => Named> {
  if (token !== undefined) return () => ({ token, card: null });
  if (record !== undefined) return (queue) => cardOf(queue, record);
  const { Pan, PurseSerial, parseHex } = await import('../../../emv/values/index.ts');
  const { cardToken } = await import('../../../clearing/contract/record/index.ts');
  const serial = parseHex(number ?? '');
  const parsed = Pan.parse(number ?? '') ?? (serial && PurseSerial.parse(serial));
  if (parsed === undefined) {
    const next = 'Give its 12 to 19 digits, or the 20 digits of a purse’s serial number.';
    throw new CliError('wrong-use', 'what was typed is no number of a card', next);
  }
  return ({ identity }) => {
    const me = identity.get();
    if (me === undefined) {
      throw new CliError('not-available', 'this terminal is not enrolled, so it knows no card', 'Enrol it first.');
    }
    return { token: cardToken(me.cardTokenKey, parsed), card: parsed.masked };
  };
}

function cardOf(queue: ReadOnlyQueue, { epoch, sequence }: NonNullable<Options['record']>): Named {
  const card = queue.records.get(epoch, sequence)?.record.card;
  if (card !== undefined) return { token: card.token, card: card.maskedPan };
  const next = 'See `jdpos queue list` for those there are.';
  throw new CliError('not-found', `there is no record ${epoch}-${sequence} with a card`, next);
}

function describe({ card, token, listed, debts, version }: Found): string[] {
  const sum = debts.reduce((total, { amountMinor }) => total + amountMinor, 0);
  return pairs([
    ...(card === null ? [] : ([['Card', card]] as const)),
    ['Token', token],
    ['Hotlist', `${listed ? 'LISTED: it is refused' : 'not listed'}, version ${version}`],
    ['Owes', debts.length === 0 ? 'nothing' : yuan(sum)],
    ...debts.map(({ id, amountMinor }) => ['  debt', `${id}  ${yuan(amountMinor)}`] as const),
  ]);
}

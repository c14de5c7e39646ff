import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { Decision } from '../../../emv/kernel/index.ts';
import {
  isContact,
  lacksCertificates,
  lenientCard,
  type Replayed,
  type ReplayHost,
  type ReplayInterface,
  readRecording,
  replay,
  replayInput,
  strictCard,
} from '../../../emv/trace/index.ts';
import { type CivilDate, type Fen, isFen, parseDate, parseHex, toHex } from '../../../emv/values/index.ts';
import { parseJsonFile, readCaKeys } from '../ca-keys-file.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import { outcomeJson, outcomeLine, seenCardJson } from '../describe-outcome.ts';
import type { CliIo, ExitCode } from '../io.ts';

interface ReplayOptions {
  readonly amountMinor?: Fen;
  readonly date?: CivilDate;
  readonly unpredictableNumber?: Uint8Array;
  readonly caKeys?: string;
  readonly interface?: ReplayInterface;
  readonly host?: 'approve' | 'decline' | 'no-answer';
  readonly lenient?: boolean;
  readonly explain?: boolean;
}

function parseFen(text: string): Fen {
  const value = /^[0-9]{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (isFen(value)) return value;
  throw new InvalidArgumentError('Expected fen: a whole number such as 1280.');
}

function parseDay(text: string): CivilDate {
  const bytes = /^20[0-9]{2}-[0-9]{2}-[0-9]{2}$/.test(text) ? parseHex(text.slice(2).replaceAll('-', '')) : undefined;
  const date = bytes && parseDate(bytes);
  if (date !== undefined) return date;
  throw new InvalidArgumentError('Expected a day such as 2025-06-01.');
}

function parseNumber(text: string): Uint8Array {
  const bytes = parseHex(text);
  if (bytes?.length === 4) return bytes;
  throw new InvalidArgumentError('Expected 8 hex digits.');
}

export const define: Define = (command, start) => {
  command
    .argument('<file>', 'a recorded exchange: {"exchanges": [{"c": hex, "r": hex}, …]}')
    .option('--amount-minor <fen>', 'the amount, 9F02 (default: as recorded)', parseFen)
    .option('--date <day>', 'the day of the payment, YYYY-MM-DD (default: as recorded)', parseDay)
    .option('--unpredictable-number <hex>', '9F37, 8 hex digits (default: as recorded)', parseNumber)
    .option('--ca-keys <file>', 'CA public keys, without which no certificate verifies')
    .addOption(
      new Option('--interface <which>', 'which kernel (default: by the directory that was selected)').choices([
        'contactless',
        'contact',
      ]),
    )
    .addOption(
      new Option('--host <answer>', 'what the host says; without it the replay ends where the host is asked').choices([
        'approve',
        'decline',
        'no-answer',
      ]),
    )
    .option('--lenient', 'match commands by CLA INS P1 P2 where terminal data differ')
    .option('--explain', 'print every decision with the section that decides it')
    .action((file: string, options: ReplayOptions) =>
      start(async (io, json) => report(run(file, options, io), options, io, json)),
    );
};

interface Run {
  readonly replayed: Replayed;
  readonly decisions: readonly Decision[];
  readonly assumed: readonly string[];
  readonly remarks: readonly string[];
  readonly used: number;
  readonly recorded: number;
  /** The card's certificates were taken out of it: offline data authentication fails where it did not. */
  readonly redacted: boolean;
}

const HOSTS: { readonly [A in NonNullable<ReplayOptions['host']>]: ReplayHost } = {
  approve: 'approved',
  decline: 'declined',
  'no-answer': 'no-answer',
};

function run(file: string, options: ReplayOptions, io: CliIo): Run {
  const read = readRecording(parseJsonFile(resolve(io.workingDirectory, file)));
  if (read.kind === 'malformed') {
    const next = 'A recording is {"exchanges": [{"c": "00A404…", "r": "…9000"}, …]}, commands and answers in hex.';
    throw new CliError('not-parsed', `${file}: ${read.at}: ${read.problem}`, next);
  }
  const { recording } = read;
  const over = options.interface ?? (isContact(recording) ? 'contact' : 'contactless');
  const made = replayInput(recording, {
    ...(options.amountMinor !== undefined && { amount: options.amountMinor }),
    ...(options.date && { date: options.date }),
    ...(options.unpredictableNumber && { unpredictableNumber: options.unpredictableNumber }),
    caKeys: readCaKeys(options.caKeys, io),
  });
  if (made.kind === 'missing') {
    const option = made.what === 'amount' ? '--amount-minor' : '--date';
    throw new CliError('wrong-use', `the recorded card was told no ${made.what}`, `Give it with ${option}.`);
  }
  const card = options.lenient === true ? lenientCard(recording) : strictCard(recording);
  const decisions: Decision[] = [];
  const input = { ...made.input, explain: (decision: Decision) => void decisions.push(decision) };
  const replayed = replay(over, input, card, options.host && HOSTS[options.host]);
  const { remarks, used } = card;
  const redacted = lacksCertificates(recording);
  return { replayed, decisions, assumed: made.assumed, remarks, used, recorded: recording.exchanges.length, redacted };
}

function describe({ replayed, redacted }: Run): {
  readonly json: object;
  readonly line: string;
  readonly exitCode: ExitCode;
} {
  switch (replayed.kind) {
    case 'ended': {
      const { outcome } = replayed;
      const exitCode = outcome.kind === 'approved' ? 0 : 1;
      return { json: outcomeJson(outcome), line: outcomeLine(outcome), exitCode };
    }
    case 'asks-host': {
      const { purpose, card } = replayed;
      const line = `asks-host  ${purpose}  ${card.pan.masked}  (--host approve, decline or no-answer goes on)`;
      return { json: { kind: 'asks-host', purpose, card: seenCardJson(card) }, line, exitCode: 0 };
    }
    case 'mismatch':
      throw mismatch(replayed, redacted);
  }
}

const REDACTED =
  'The card’s certificates were taken out of this trace, so offline data authentication fails here, and from there on the terminal does otherwise.';

function mismatch({ at, sent, recorded }: Extract<Replayed, { kind: 'mismatch' }>, redacted: boolean): CliError {
  const there = recorded === undefined ? 'the recording ends there' : `recorded is ${toHex(recorded)}`;
  const next = redacted
    ? `${REDACTED} --explain says how far it comes; --lenient goes on where the commands are alike.`
    : 'Set what the recorded terminal said with --amount-minor, --date and --unpredictable-number, or try --lenient.';
  return new CliError('replay-mismatch', `command ${at + 1}: the kernel sends ${toHex(sent)}, ${there}`, next);
}

function report(result: Run, { explain, caKeys }: ReplayOptions, io: CliIo, json: boolean): ExitCode {
  const { decisions, assumed, remarks, used, recorded, redacted } = result;
  const explained = explain === true;
  if (explained && !json) {
    for (const line of assumed) io.out(`assumed  ${line}`);
    for (const { section, text } of decisions) io.out(`${section}  ${text}`);
  }
  const { json: outcome, line, exitCode } = describe(result);
  const exchanges = { used, recorded };
  if (json) io.out(JSON.stringify({ outcome, exchanges, redacted, assumed, remarks, ...(explained && { decisions }) }));
  else {
    for (const remark of remarks) io.out(`lenient  ${remark}`);
    io.out(line);
    if (redacted) io.err(REDACTED);
    if (caKeys === undefined && line.includes('unknown-ca-key')) io.err('No CA keys were given: see --ca-keys.');
    if (used < recorded) io.out(`${recorded - used} of ${recorded} recorded exchanges were not used`);
  }
  return exitCode;
}

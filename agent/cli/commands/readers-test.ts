import type { CardReader, CardReaders } from '../../../drivers/index.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { parseCount, type UrlOption, withUrl } from '../options.ts';
import { withOwnReaders } from '../own-readers.ts';
import { type ReaderTest, testReader } from '../test-reader.ts';
import { printable, table } from '../text.ts';

const MOST_ROUNDS = 100;

interface Options extends UrlOption {
  readonly rounds: number;
}

export const define: Define = (command, start) => {
  withUrl(command)
    .argument('[reader]', 'the reader by its name or a part of it (default: the only one that takes cards)')
    .option('--rounds <count>', 'how often the card is laid down', parseCount(MOST_ROUNDS), 5)
    .action((reader: string | undefined, { url, rounds }: Options) =>
      start((io, json) => {
        const which = { ...(url !== undefined && { url }), ...(reader !== undefined && { reader }) };
        return withOwnReaders(which, io, (readers) => run(readers, reader, rounds, io, json));
      }),
    );
};

/** The one reader that is meant. */
function meant(readers: CardReaders, name: string | undefined): CardReader {
  const there = readers.list().filter(({ state }) => state !== 'unplugged');
  const fitting = there.filter((one) => (name === undefined ? one.role !== 'sam' : one.name.includes(name)));
  const [only, ...others] = fitting;
  const names = there.map((one) => `"${printable(one.name)}"`).join(', ') || 'none';
  if (only === undefined) throw new CliError('no-reader', 'there is no such reader', `There are: ${names}.`);
  if (others.length > 0) throw new CliError('wrong-use', 'more than one reader is meant', `Name one: ${names}.`);
  return only;
}

/** Exits with 1 when the reader is slow or faulty, or the test was interrupted. */
async function run(
  readers: CardReaders,
  name: string | undefined,
  rounds: number,
  io: CliIo,
  json: boolean,
): Promise<ExitCode> {
  const reader = meant(readers, name);
  io.err(`testing "${printable(reader.name)}": do as told, without haste and without delay (Ctrl-C ends)`);
  const test = await testReader(readers, reader, rounds, io);
  if (json) io.out(JSON.stringify(test));
  else for (const line of lines(test)) io.out(line);
  return test.verdict === 'good' && test.rounds.length === rounds ? 0 : 1;
}

const COLUMNS = [
  { title: 'MEASURED' },
  { title: 'MEDIAN', align: 'right' as const },
  { title: 'GOOD TO', align: 'right' as const },
  { title: 'VERDICT' },
];

function* lines({ reader, rounds, judged, faults, verdict }: ReaderTest): Generator<string> {
  if (judged.length > 0) {
    yield* table(
      COLUMNS,
      judged.map(({ title, medianMs, goodMs, verdict: one }) => [title, `${medianMs} ms`, `${goodMs} ms`, one]),
    );
  }
  for (const { title, verdict: one, why } of judged) if (one !== 'good') yield `${title}: ${why}`;
  for (const { round, advice } of faults) yield `round ${round}: ${advice}`;
  if (rounds.length === 0 && faults.length === 0) yield 'nothing was measured';
  else yield `${printable(reader)} is ${verdict}, by ${rounds.length} rounds`;
}

import { InvalidArgumentError, Option } from 'commander';
import type { CardInterface } from '../../../emv/inspect/index.ts';
import type { CivilDate } from '../../../emv/values/index.ts';
import { readCaKeys } from '../ca-keys-file.ts';
import type { Define } from '../define.ts';
import { cardJson, cardLines } from '../describe-card.ts';
import { inspectCard } from '../inspect-card.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';
import { withOwnReaders } from '../own-readers.ts';

interface Options extends UrlOption {
  readonly reader?: string;
  readonly interface?: CardInterface;
  readonly caKeys?: string;
  readonly wait: number;
  readonly showPan?: boolean;
}

function parseSeconds(text: string): number {
  const value = /^[0-9]{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= 0) return value;
  throw new InvalidArgumentError('Expected whole seconds.');
}

export const define: Define = (command, start) => {
  withUrl(command)
    .option('--reader <name>', 'the reader by its name or a part of it (default: the first with a card)')
    .addOption(
      new Option('--interface <which>', 'how the card is to be asked (default: by its ATR)').choices([
        'contact',
        'contactless',
      ]),
    )
    .option('--ca-keys <file>', 'CA public keys, without which no certificate is checked')
    .option('--wait <seconds>', 'how long to wait for a card', parseSeconds, 30)
    .option('--show-pan', 'show PAN, tracks, names and the card’s certificates, which are masked otherwise')
    .action((options: Options) => start((io, json) => run(options, io, json)));
};

/** The day on the clock of this machine. */
function today(io: CliIo): CivilDate {
  const now = new Date(io.now());
  return { year: now.getFullYear(), month: now.getMonth() + 1, day: now.getDate() };
}

/** Exits with 1 when the card shows no application, or left. */
async function run(options: Options, io: CliIo, json: boolean): Promise<ExitCode> {
  const caKeys = readCaKeys(options.caKeys, io);
  const date = today(io);
  return withOwnReaders(options, io, async (readers) => {
    const { reader, interface: over, wait } = options;
    const inspected = await inspectCard(
      readers,
      { waitMs: wait * 1_000, ...(reader !== undefined && { reader }), ...(over && { interface: over }) },
      { date, caKeys, unpredictableNumber: io.random(4) },
      io,
    );
    const showing = { showPan: options.showPan === true, today: date };
    if (json) io.out(JSON.stringify(cardJson(inspected, showing)));
    else for (const line of cardLines(inspected, showing)) io.out(line);
    const { torn, applications } = inspected.report;
    return torn || applications.length === 0 ? 1 : 0;
  });
}

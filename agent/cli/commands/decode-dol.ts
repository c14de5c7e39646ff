import { tagHex } from '../../../emv/decode/index.ts';
import { tagInfo } from '../../../emv/dictionary/index.ts';
import { parseDol } from '../../../emv/tlv/index.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import { readHex } from '../hex-input.ts';
import { table } from '../text.ts';

export const define: Define = (command, start) => {
  command.argument('[hex...]', 'the list in hex; standard input for - or nothing').action((words: string[]) =>
    start(async (io, json) => {
      const parsed = parseDol(await readHex(words, io));
      if (parsed.kind === 'malformed') {
        const next = 'Give the value of the list alone, without its own tag and length.';
        throw new CliError(
          'not-parsed',
          `no data object list: ${parsed.code} in the entry at byte ${parsed.offset}`,
          next,
        );
      }
      const entries = parsed.entries.map(({ tag, length }) => ({
        tag: tagHex(tag),
        length,
        name: tagInfo(tag)?.name ?? null,
      }));
      const total = entries.reduce((sum, { length }) => sum + length, 0);
      if (json) io.out(JSON.stringify({ entries, totalLength: total }));
      else {
        const rows = entries.map(({ tag, length, name }) => [tag, String(length), name ?? '?']);
        for (const line of table(COLUMNS, [...rows, ['', String(total), 'bytes in all']])) io.out(line);
      }
      return 0;
    }),
  );
};

const COLUMNS = [{ title: 'TAG' }, { title: 'BYTES', align: 'right' }, { title: 'NAME' }] as const;

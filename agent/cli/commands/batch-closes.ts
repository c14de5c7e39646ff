import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import { type PageOptions, parseCloseNumber, type QueueOptions, withPage, withQueueOptions } from '../options.ts';
import { pageFrom, sayNext } from '../paging.ts';
import { withQueue } from '../queue-file.ts';

export const define: Define = (command, start) => {
  withPage(withQueueOptions(command))
    .argument('[number]', 'one close; with --json also what the centre has signed', parseCloseNumber)
    .action((number: number | undefined, options: QueueOptions & PageOptions) =>
      start(async (io, json) => {
        const [{ closeOf, closeWithEvidenceOf }, { closeLines }] = await Promise.all([
          import('../../api/close-resource.ts'),
          import('../print-close.ts'),
        ]);
        if (number !== undefined) {
          const close = await withQueue(options, io, ({ closes }) => closes.get(number));
          if (close === undefined)
            throw new CliError(
              'not-found',
              `there is no close ${number}`,
              'See `jdpos batch closes` for those there are.',
            );
          if (json) io.out(JSON.stringify(closeWithEvidenceOf(close)));
          else for (const line of closeLines(closeOf(close))) io.out(line);
          return 0;
        }
        const page = await withQueue(options, io, ({ closes }) => pageFrom(closes.list, options));
        const items = page.items.map((close) => closeOf(close));
        if (json) io.out(JSON.stringify({ items, next: page.next ?? null }));
        else if (items.length === 0) io.err('no closes');
        else for (const line of items.flatMap(closeLines)) io.out(line);
        if (!json) sayNext(page, io);
        return 0;
      }),
    );
};

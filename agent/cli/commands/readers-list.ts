import type { z } from 'zod';
import { readerMake } from '../../../drivers/index.ts';
import type { readerResource } from '../../api/status-resource.ts';
import type { Define } from '../define.ts';
import type { CliIo, ExitCode } from '../io.ts';
import { type UrlOption, withUrl } from '../options.ts';
import { table } from '../text.ts';

export const define: Define = (command, start) => {
  withUrl(command).action(({ url }: UrlOption) => start((io, json) => listReaders(url, io, json)));
};

/** Exits with 1 when there is no reader at all. */
async function listReaders(url: string | undefined, io: CliIo, json: boolean): Promise<ExitCode> {
  const { daemonAt, daemonUrl } = await import('../daemon.ts');
  const { readers } = await daemonAt(daemonUrl(url, io.environment), io.fetch).status();
  const known = readers.map((reader) => ({ ...reader, make: readerMake(reader.name) }));
  if (json) {
    const items = known.map(({ make, ...reader }) =>
      make ? { ...reader, make: { name: make.make, standing: make.standing, advice: make.advice } } : reader,
    );
    io.out(JSON.stringify({ items }));
  } else if (readers.length === 0) io.err('no reader: plug one in, and check that pcscd runs');
  else for (const line of listing(known)) io.out(line);
  return readers.length === 0 ? 1 : 0;
}

const COLUMNS = ['READER', 'PORT', 'ROLE', 'STATE', 'MAKE'].map((title) => ({ title }));

type Known = z.output<typeof readerResource> & { readonly make: ReturnType<typeof readerMake> };

function* listing(readers: readonly Known[]): Generator<string> {
  yield* table(
    COLUMNS,
    readers.map(({ name, port, role, state, make }) => [name, port ?? '-', role, state, make?.standing ?? 'not known']),
  );
  const makes = new Set(readers.flatMap(({ make }) => make ?? []));
  for (const { make, advice } of makes) yield `${make}: ${advice}`;
  const [bindable] = readers.filter(({ port }) => port !== undefined);
  if (bindable?.port !== undefined) {
    const { port, role } = bindable;
    yield `to bind a role to a port: "readers": {"ports": {${JSON.stringify(port)}: ${JSON.stringify(role)}}}`;
  }
}

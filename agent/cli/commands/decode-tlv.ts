import { type DecodedObject, decodeTree, isMasked } from '../../../emv/decode/index.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import { readHex } from '../hex-input.ts';
import { wordLines } from '../print-words.ts';
import { printable } from '../text.ts';

interface TlvOptions {
  readonly showPan?: boolean;
}

export const define: Define = (command, start) => {
  command
    .argument('[hex...]', 'data objects in hex; standard input for - or nothing')
    .option('--show-pan', 'show PAN, tracks, names and the card’s certificates, which are masked otherwise')
    .action((words: string[], { showPan = false }: TlvOptions) =>
      start(async (io, json) => {
        const tree = decodeTree(await readHex(words, io), { showPan });
        if (tree.kind === 'malformed') {
          const next = 'Check the bytes from there on; status words (9000) are no part of the data.';
          throw new CliError('not-parsed', `${tree.problem} in the object at byte ${tree.offset}`, next);
        }
        const { objects } = tree;
        if (json) io.out(JSON.stringify(objects));
        else for (const line of objects.flatMap((object) => objectLines(object, 0))) io.out(line);
        if (!json && isMasked(objects)) io.err('What names the cardholder is masked; --show-pan shows it.');
        return 0;
      }),
    );
};

/** Lines of one data object and of what is in it. */
export function objectLines({ tag, name, value, meaning, parts, children }: DecodedObject, depth: number): string[] {
  const head = `${'  '.repeat(depth)}${tag}  ${name ?? '?'}`;
  if (children !== undefined) return [head, ...children.flatMap((child) => objectLines(child, depth + 1))];
  const said = `${head}: ${value || '(empty)'}${meaning === undefined ? '' : `  ${meaning}`}`;
  return [printable(said), ...wordLines(parts ?? [], depth + 1)];
}

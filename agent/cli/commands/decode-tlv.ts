import { aidInfo, TAG, tagInfo } from '../../../emv/dictionary/index.ts';
import { parseTlv, type Tlv } from '../../../emv/tlv/index.ts';
import { toHex } from '../../../emv/values/index.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import { readHex, tagHex } from '../hex-input.ts';

export const define: Define = (command, start) => {
  command.argument('<hex...>', 'bytes in hex, or - for standard input').action((words: string[]) =>
    start(async (io, json) => {
      const parsed = parseTlv(await readHex(words, io));
      if (parsed.kind === 'malformed') {
        const next = 'Check the bytes from there on; status words (9000) are no part of the data.';
        throw new CliError('not-parsed', `no BER-TLV: ${parsed.code} in the object at byte ${parsed.offset}`, next);
      }
      if (json) io.out(JSON.stringify(parsed.nodes.map(jsonOf)));
      else for (const line of parsed.nodes.flatMap((node) => linesOf(node, 0))) io.out(line);
      return 0;
    }),
  );
};

const CHARACTERS = new Set(['a', 'an', 'ans']);
const IDENTIFIERS: ReadonlySet<number> = new Set([TAG.adfName, TAG.dfName, TAG.terminalAid]);

/** What a value says, where its tag lets it be read as text or as a known name. */
function meaningOf({ tag, value }: Tlv): string | undefined {
  if (IDENTIFIERS.has(tag)) return aidInfo(toHex(value))?.name;
  const text = String.fromCharCode(...value);
  return CHARACTERS.has(tagInfo(tag)?.format ?? 'b') && /^[ -~]+$/.test(text) ? text : undefined;
}

function linesOf(node: Tlv, depth: number): string[] {
  const head = `${'  '.repeat(depth)}${tagHex(node.tag)}  ${tagInfo(node.tag)?.name ?? '?'}`;
  if (node.children !== undefined) return [head, ...node.children.flatMap((child) => linesOf(child, depth + 1))];
  const meaning = meaningOf(node);
  return [`${head}: ${toHex(node.value) || '(empty)'}${meaning === undefined ? '' : `  ${meaning}`}`];
}

interface TlvJson {
  readonly tag: string;
  readonly name: string | null;
  readonly offset: number;
  readonly length: number;
  readonly value?: string;
  readonly meaning?: string;
  readonly children?: readonly TlvJson[];
}

function jsonOf(node: Tlv): TlvJson {
  const { tag, offset, length, children } = node;
  const head = { tag: tagHex(tag), name: tagInfo(tag)?.name ?? null, offset, length };
  if (children !== undefined) return { ...head, children: children.map(jsonOf) };
  const meaning = meaningOf(node);
  return { ...head, value: toHex(node.value), ...(meaning !== undefined && { meaning }) };
}

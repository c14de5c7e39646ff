import {
  answerToReset,
  bitString,
  cvmList,
  cvmResults,
  type Decoded,
  type Decoder,
  issuerApplicationData,
  meaningOf,
  statusWord,
} from '../../../emv/decode/index.ts';
import { toHex } from '../../../emv/values/index.ts';
import { CliError } from '../cli-error.ts';
import type { Define } from '../define.ts';
import { readHex } from '../hex-input.ts';
import { wordLines } from '../print-words.ts';

/** 9F35 has one byte, 9F33 three, 9F40 five: the length says which one it is. */
const CAPABILITIES: ReadonlyMap<number, number> = new Map([
  [1, 0x9f35],
  [3, 0x9f33],
  [5, 0x9f40],
]);

const capabilities: Decoder = (bytes): Decoded => {
  const tag = CAPABILITIES.get(bytes.length);
  if (tag !== undefined) return { kind: 'decoded', words: meaningOf(tag, bytes).parts ?? [] };
  return {
    kind: 'malformed',
    offset: Math.min(bytes.length, 5),
    problem: 'terminal type (9F35) has 1 byte, terminal capabilities (9F33) 3, additional ones (9F40) 5',
  };
};

const DECODERS = {
  tvr: bitString(0x95),
  tsi: bitString(0x9b),
  aip: bitString(0x82),
  ttq: bitString(0x9f66),
  ctq: bitString(0x9f6c),
  auc: bitString(0x9f07),
  cvm: cvmList,
  'cvm-results': cvmResults,
  iad: issuerApplicationData,
  atr: answerToReset,
  sw: statusWord,
  capabilities,
} as const satisfies Readonly<Record<string, Decoder>>;

/** `decode tvr`, `decode atr` and the like: one value in hex, its parts in words. */
export function defineFor(kind: keyof typeof DECODERS): Define {
  return (command, start) => {
    command.argument('[hex...]', 'the value in hex, without tag and length; standard input for - or nothing');
    command.action((words: string[]) =>
      start(async (io, json) => {
        const bytes = await readHex(words, io);
        const read = DECODERS[kind](bytes);
        if (read.kind === 'malformed') {
          const next = 'Give the value alone, without its tag and length, and without a status word.';
          throw new CliError('not-parsed', `at byte ${read.offset}: ${read.problem}`, next);
        }
        if (json) io.out(JSON.stringify({ value: toHex(bytes), words: read.words }));
        else for (const line of wordLines(read.words)) io.out(line);
        return 0;
      }),
    );
  };
}

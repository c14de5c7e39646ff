import type { TransactionInput } from '../../emv/kernel/index.ts';

/** One command and what a card answered, status word included. */
export interface Exchange {
  readonly command: Uint8Array;
  readonly answer: Uint8Array;
}

/** What an honest card and the kernel said to each other. */
export interface Transcript {
  readonly name: string;
  readonly input: TransactionInput;
  readonly exchanges: readonly Exchange[];
  /** The command whose answer is lost the first time: the card has left, and comes again. */
  readonly tears?: Uint8Array;
}

/** What a card says; 'torn': it has left. */
export type TapAnswer = Uint8Array | 'torn';

/** A card for one tap: gives an answer to each command. */
export type TapCard = (command: Uint8Array) => TapAnswer;

export const withoutStatus = (answer: Uint8Array): Uint8Array => answer.subarray(0, -2);

const keyOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const GENERATE_AC = 0xae;
/** What makes two commands the same question; P1 of GENERATE AC is a wish, which a card need not heed. */
const headerOf = (command: Uint8Array): string => keyOf(command.subarray(0, command[1] === GENERATE_AC ? 2 : 4));
const FILE_NOT_FOUND = Uint8Array.of(0x6a, 0x82);

/**
 * The card of a transcript, fresh for each tap: it answers the nth time as at the nth time. To a command that the transcript
 * does not hold (another PDOL, another name) it says what it last said to that instruction, so that a tap goes on behind a
 * change.
 */
export function honestCard({ exchanges, tears }: Transcript): () => TapCard {
  const known = new Map<string, Uint8Array[]>();
  const nearest = new Map<string, Uint8Array>();
  for (const { command, answer } of exchanges) {
    known.set(keyOf(command), [...(known.get(keyOf(command)) ?? []), answer]);
    nearest.set(headerOf(command), answer);
  }
  const tearing = tears && keyOf(tears);
  return () => {
    const asked = new Map<string, number>();
    let tore = false;
    return (command) => {
      const key = keyOf(command);
      if (key === tearing && !tore) {
        tore = true;
        return 'torn';
      }
      const nth = asked.get(key) ?? 0;
      asked.set(key, nth + 1);
      const answers = known.get(key);
      return answers?.[nth] ?? answers?.at(-1) ?? nearest.get(headerOf(command)) ?? FILE_NOT_FOUND;
    };
  };
}

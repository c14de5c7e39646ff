import { getResponse, parseAnswer } from '../apdu/index.ts';
import { concat } from '../values/index.ts';
import { MAX_ANSWER_BYTES, MAX_ROUNDS } from './bounds.ts';
import { exchangeAnswer, exchangeOf, type Requests, type Step } from './requests.ts';

export type CardReply =
  | { readonly kind: 'answered'; readonly data: Uint8Array; readonly sw: number }
  | { readonly kind: 'torn' }
  /** It answered, but its 61xx and 6Cxx find no end. */
  | { readonly kind: 'faulty' };

export const SUCCESS = 0x9000;
/** Answers to SELECT (EMV Book 1, §11.3.5 and §12.3). */
export const BLOCKED_APPLICATION = 0x6283;
export const BLOCKED_CARD = 0x6a81;
export const NOT_FOUND = 0x6a82;
const NOTHING: Uint8Array = new Uint8Array();
const MORE_DATA = 0x61;
const WRONG_LE = 0x6c;

const withLe = (command: Uint8Array, le: number): Uint8Array => concat(command.subarray(0, -1), Uint8Array.of(le));

/** Has a command an Le to correct (ISO/IEC 7816-3 cases 2 and 4)? Without one its last byte is data. */
function hasLe(command: Uint8Array): boolean {
  return command.length === 5 || command.length === 6 + (command[4] ?? 0);
}

/**
 * Sends a command and returns the whole answer: fetches what 61xx announces, repeats with the length that 6Cxx gives
 * (EMV Book 1, annex A). Asks MAX_ROUNDS times at most. `questionOf` puts one exchange to the card that is meant,
 * `replyOf` reads its answer: both without a step of their own, since this is what every step rests on.
 */
export function* transceiveWith<Asked, Answered>(
  questionOf: (command: Uint8Array) => Asked,
  replyOf: (answer: Answered) => Requests['exchange']['answer'],
  command: Uint8Array,
): Generator<Asked, CardReply, Answered> {
  let next = command;
  let data = NOTHING;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const reply = replyOf(yield questionOf(next));
    if (reply.kind === 'torn' || reply.response.length < 2) return { kind: 'torn' };
    const answer = parseAnswer(reply.response);
    const sw2 = answer.sw & 0xff;
    if (answer.sw >> 8 === WRONG_LE && hasLe(next)) {
      next = withLe(next, sw2);
      continue;
    }
    data = data.length === 0 ? answer.data : concat(data, answer.data);
    if (data.length > MAX_ANSWER_BYTES) return { kind: 'faulty' };
    if (answer.sw >> 8 !== MORE_DATA) return { kind: 'answered', data, sw: answer.sw };
    next = getResponse(sw2);
  }
  return { kind: 'faulty' };
}

/** The same for the card of a tap. */
export function transceive(command: Uint8Array): Step<CardReply> {
  return transceiveWith(exchangeOf, exchangeAnswer, command);
}

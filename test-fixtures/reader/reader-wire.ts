import { z } from 'zod';
import { parseHex, toHex } from '../../emv/values/index.ts';

/** What a reader server and its clients say to each other: one JSON object a line, bytes as hex. */

const bytes = z.string().transform((text, context) => {
  const parsed = parseHex(text);
  if (parsed) return parsed;
  context.addIssue('not hex');
  return z.NEVER;
});

const count = z.int().nonnegative();

const readerView = z.strictObject({
  id: count,
  name: z.string(),
  role: z.enum(['contactless', 'contact', 'sam']),
  state: z.enum(['empty', 'card', 'unresponsive', 'unplugged']),
  card: z.strictObject({ arrival: count, atr: bytes }).nullable(),
});

const exchangeAnswer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('answered'), response: bytes }),
  z.strictObject({ kind: z.literal('torn'), cause: z.enum(['removed', 'silent', 'short-answer', 'reader-error']) }),
]);

/** `ask` numbers the question, and its answer. */
const asked = { ask: count };

const fromServer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('readers'), readers: z.array(readerView) }),
  z.strictObject({ kind: z.literal('reader'), reader: readerView }),
  z.strictObject({ kind: z.literal('opened'), ...asked, channel: count.nullable() }),
  z.strictObject({ kind: z.literal('exchanged'), ...asked, answer: exchangeAnswer }),
  z.strictObject({ kind: z.literal('closed'), ...asked }),
]);

const fromClient = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('open'), ...asked, reader: count, arrival: count }),
  z.strictObject({ kind: z.literal('exchange'), ...asked, channel: count, command: bytes, timeoutMs: z.number() }),
  z.strictObject({ kind: z.literal('close'), ...asked, channel: count }),
]);

/** A reader as it is now. */
export type ReaderView = z.output<typeof readerView>;
export type FromServer = z.output<typeof fromServer>;
export type FromClient = z.output<typeof fromClient>;

/** Nothing that is said is nearly as long. */
const MAX_LINE = 65_536;

/** One message, as it goes over the wire. */
export function wireLine(message: FromServer | FromClient): string {
  const text = JSON.stringify(message, (_, value: unknown) => (value instanceof Uint8Array ? toHex(value) : value));
  return `${text}\n`;
}

/** Takes what was received apart into messages, however it was cut. Undefined when it holds anything else: let the peer go then. */
export const serverMessages = (): Receiver<FromServer> => receiver((value) => fromServer.parse(value));
export const clientMessages = (): Receiver<FromClient> => receiver((value) => fromClient.parse(value));

type Receiver<T> = (piece: string) => T[] | undefined;

function receiver<T>(parse: (value: unknown) => T): Receiver<T> {
  let rest = '';
  return (piece) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) return undefined;
    try {
      return lines.map((line) => parse(JSON.parse(line)));
    } catch {
      return undefined;
    }
  };
}

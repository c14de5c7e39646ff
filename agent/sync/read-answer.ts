import { z } from 'zod';
import { parseJson } from '../json.ts';
import { present } from '../present.ts';

/** What a body came to. */
export type BodyRead =
  | { readonly kind: 'json'; readonly value: unknown; readonly text: string }
  | { readonly kind: 'bad'; readonly why: string };

/** Reads a body of JSON, `maxBytes` at most; the rest of a longer one is not read. Throws what the network throws. */
export async function readJson(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<BodyRead> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) return { kind: 'bad', why: `the answer is longer than ${maxBytes} bytes` };
    try {
      text += decoder.decode(chunk, { stream: true });
    } catch {
      return { kind: 'bad', why: 'the answer is not UTF-8' };
    }
  }
  const value = parseJson(text);
  return value === undefined ? { kind: 'bad', why: 'the answer is not JSON' } : { kind: 'json', value, text };
}

/** Is a Content-Type one of JSON, problem details included? */
export const isJson = (contentType: string | undefined): boolean =>
  /^application\/(problem\+)?json *(;|$)/i.test(contentType ?? '');

/** A refusal of the host, as far as the terminal acts on it. */
export interface Problem {
  /** Stable; `unknown` when the answer is no problem document. */
  readonly code: string;
  readonly detail?: string;
  /** JSON pointers to what the host's schema refuses. */
  readonly pointers?: readonly string[];
  /** Of `gap` and `overlap`: what the host expects next. */
  readonly expectedSequence?: number;
}

const MAX_POINTERS = 1_000;

const problem = z.looseObject({
  code: z.string().max(100),
  detail: z.string().optional(),
  errors: z
    .array(z.looseObject({ pointer: z.string().max(200) }))
    .max(MAX_POINTERS)
    .optional()
    .catch(undefined),
  expectedSequence: z.int().min(1).optional().catch(undefined),
});

/** What a problem document says. */
export function problemIn(value: unknown): Problem {
  const parsed = problem.safeParse(value);
  if (!parsed.success) return { code: 'unknown' };
  const { code, detail, errors, expectedSequence } = parsed.data;
  return present({ code, detail, pointers: errors?.map(({ pointer }) => pointer), expectedSequence });
}

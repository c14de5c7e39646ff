import { z } from 'zod';
import { parseJson } from '../json.ts';

/** What a body came to. */
export type BodyRead =
  | { readonly kind: 'json'; readonly value: unknown }
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
  return value === undefined ? { kind: 'bad', why: 'the answer is not JSON' } : { kind: 'json', value };
}

const problem = z.looseObject({ code: z.string().max(100), detail: z.string().optional() });

/** The stable code of a problem document, and its sentence; `unknown` when it is none. */
export function problemIn(value: unknown): { code: string; detail?: string } {
  const parsed = problem.safeParse(value);
  if (!parsed.success) return { code: 'unknown' };
  const { code, detail } = parsed.data;
  return { code, ...(detail !== undefined && { detail }) };
}
